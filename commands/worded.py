"""A code that is typed or shown as a word of the person's own language; the code itself is accepted too."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import typer

from commands.words import say
from wording import Text, _


def reader_of(words: Mapping[str, Text]) -> Callable[[str], str]:
    """What reads a code from what was typed: the code, or its word here. Raises typer.BadParameter."""

    def read(typed: str) -> str:
        wanted = typed.strip().casefold()
        for code, word in words.items():
            if wanted in (code, say(word).casefold()):
                return code
        raise typer.BadParameter(say(_("‘{value}’ kan niet; wel: {known}.", value=typed, known=known_of(words))))

    return read


def known_of(words: Mapping[str, Text]) -> str:
    """The words that may be typed, for help."""
    return ", ".join(map(say, words.values()))


def word_of(words: Mapping[str, Text], code: str | None) -> str | None:
    """The word for a code; a code of a later version is shown as it is."""
    return say(words[code]) if code is not None and code in words else code
