"""Sentences for people: written here in Dutch, shown in the language of whoever reads them.

A `Text` is a sentence that has not been put into a language yet. Every floor may make one; only the edges (commands,
web, templates) turn it into words with an `Interface`, so no room below needs to know who is reading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_SLOT = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Text:
    """A Dutch sentence with named slots `{name}`, and the values for them.

    `plural` and `count` are set together; `count` chooses the form by the rules of the language (CLDR) that shows it.
    """

    msgid: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    plural: str | None = None
    count: int = 0

    def __str__(self) -> str:
        return fill(self.msgid if self.plural is None or self.count == 1 else self.plural, self.values)


def _(msgid: str, **values: Any) -> Text:
    """A sentence to be shown later. Babel extracts the literal."""
    return Text(msgid, values)


def ngettext(singular: str, plural: str, count: int, **values: Any) -> Text:
    """A sentence that counts something; `{count}` is filled in too."""
    return Text(singular, {"count": count, **values}, plural, count)


class ExplainedError(Exception):
    """An error a person can mend; `text` tells them how, in whatever language they read."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


def fill(pattern: str, values: Mapping[str, Any]) -> str:
    """Put values into `{name}` slots, and nothing else: no attribute, index or format is ever evaluated.

    A slot without a value stays as it is written.
    """
    return _SLOT.sub(lambda slot: str(values.get(slot[1], slot[0])), pattern)
