"""What an editor sees of a mistake in the front matter, where a YAML parser only says at which sign it gave up."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from wording import Text, _

_WHOLE = re.compile(r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')[ \t]*(?:#.*)?")
"""A text between quotation marks, with nothing but a comment after it."""
_SIGNS = "[]{}&*!|>%@`,"
"""What means something to YAML at the beginning of a text."""
_CURLY = re.compile("[“„«‘].*[”“»’]")


@dataclass(frozen=True)
class Slip:
    line: int
    text: Text
    is_silent: bool = False
    """The file can be read, but not as it was meant."""


def slips(head: str, keys: Collection[str], texts: Collection[str]) -> Iterator[Slip]:
    """What is wrong in the lines between the two `---`, of which the first is line 2. `keys` are all that may be
    there, `texts` those of them that hold a text.
    """
    for number, line in enumerate(head.split("\n"), start=2):
        if (text := _shape(line, keys)) is not None:
            yield Slip(number, text)
        elif (found := re.fullmatch(r"([a-z]+): +(.*?)[ \t]*", line)) and found[1] in keys and found[2]:
            yield from _in_value(number, found[1], found[2], texts)


def _shape(line: str, keys: Collection[str]) -> Text | None:
    """What is wrong before the value."""
    found = re.match(r"([ \t\u00a0]*)([a-z]+)", line)
    if found is None or found[2] not in keys:
        return _("Deze regel begint met een tab; gebruik spaties.") if re.match(" *\t *\\S", line) else None
    space, key, rest = found[1], found[2], line[found.end() :]
    if space:
        return _("Voor ‘{key}’ staat een spatie; haal die weg.", key=key)
    if re.match(r"[:：](?! |$)|：", rest):
        return _("Achter ‘{key}:’ hoort een gewone spatie.", key=key)
    if not rest.startswith(":") and not rest[:1].isalnum():
        return _("Achter ‘{key}’ hoort een dubbele punt en een spatie.", key=key)
    return None


def _in_value(line: int, key: str, value: str, texts: Collection[str]) -> Iterator[Slip]:
    if value[0] in "\"'":
        if not _WHOLE.fullmatch(value):
            said = _("Het aanhalingsteken bij ‘{key}’ is niet gesloten, of er staat nog tekst achter.", key=key)
            yield Slip(line, said)
    elif key in texts:
        yield from _bare(line, key, value)
    elif key == "audiences" and "," in value and not value.startswith("["):
        yield Slip(line, _("Zet haken om de doelgroepen: audiences: [{value}].", value=value))


def _bare(line: int, key: str, value: str) -> Iterator[Slip]:
    """Of a text without quotation marks."""
    written = _quoted(value)
    if re.search(r":(?: |$)", value):
        said = _(
            "In ‘{key}’ staat een dubbele punt; zet er aanhalingstekens om: {key}: {value}", key=key, value=written
        )
        yield Slip(line, said)
    elif value[0] in _SIGNS or re.match(r"[-?](?: |$)", value):
        said = _(
            "‘{key}’ begint met {sign}; zet er aanhalingstekens om: {key}: {value}",
            key=key,
            sign=value[0],
            value=written,
        )
        yield Slip(line, said)
    if re.search(r"(?:^| )#[^\s#]", value):  # with a space after it, it is a comment that someone meant
        said = _("Wat achter # staat, valt weg; zet er aanhalingstekens om: {key}: {value}", key=key, value=written)
        yield Slip(line, said, is_silent=True)
    if _CURLY.fullmatch(value):
        said = _("Deze aanhalingstekens komen mee in ‘{key}’; haal ze weg als dat niet de bedoeling is.", key=key)
        yield Slip(line, said, is_silent=True)


def _quoted(value: str) -> str:
    return f'"{value}"' if '"' not in value and "\\" not in value else "'" + value.replace("'", "''") + "'"


def of_error(found: Sequence[Slip], line: int) -> Slip | None:
    """The slip for which YAML gave up at `line`: the last at or before it, else the first of all."""
    seen = [slip for slip in found if not slip.is_silent]
    return next((slip for slip in reversed(seen) if slip.line <= line), next(iter(seen), None))
