"""What fell away of a text, or came out otherwise: what, how often, under which heading, and some of its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mailer.intake.lines import Line

_MOST_WORDS, _MOST_EXAMPLES, _MOST_LOSSES = 100, 3, 200


class Lost(StrEnum):
    """The gravest first: what is gone, what stands there otherwise, what is only told."""

    CLIPBOARD_PICTURE = "clipboard picture"
    PICTURE = "picture"
    CHART = "chart"
    FORMULA = "formula"
    EMBEDDED = "embedded"
    BIG_TABLE = "big table"
    DEEP = "deep"
    LINK = "link"
    COMMENT = "comment"
    NOTE = "note"
    TEXT_BOX = "text box"
    TRACKED = "tracked"
    MERGED = "merged"
    IN_CELL = "in cell"
    HEADING = "heading"
    EMPHASIS = "emphasis"
    LONG = "long"
    SIGN = "sign"
    UNDERLINE = "underline"
    RAISED = "raised"
    COLOUR = "colour"
    MENU = "menu"
    MACRO = "macro"
    HTTP = "http"
    TRACKING = "tracking"


@dataclass(frozen=True)
class Loss:
    """One line for the editor. `under` is the heading it stands under, "" before the first."""

    what: Lost
    times: int
    under: str = ""
    words: tuple[str, ...] = ()


@dataclass
class Told:
    """Gathers losses while lines are read. `at` is the number of the line that is read now, from 0."""

    at: int = 0
    _open: dict[tuple[Lost, int], tuple[int, list[str]]] = field(default_factory=dict)
    _settled: dict[tuple[Lost, str], tuple[int, list[str]]] = field(default_factory=dict)

    def add(self, what: Lost, words: str = "", times: int = 1) -> None:
        if times:
            _count(self._open, (what, self.at), times, [" ".join(words.split())])

    def has(self, what: Lost) -> bool:
        return any(key[0] is what for key in (*self._open, *self._settled))

    def settle(self, lines: Sequence[Line]) -> None:
        """Say under which heading each is that was told so far; after this `lines` may change."""
        heading, headings = "", []
        for line in lines:
            heading = line.words if line.is_heading and not line.path else heading
            headings.append(heading)
        for (what, at), (times, words) in self._open.items():
            there = headings[min(at, len(headings) - 1)] if headings else ""
            _count(self._settled, (what, there[:_MOST_WORDS]), times, words)
        self._open.clear()
        self.at = 0

    @property
    def losses(self) -> list[Loss]:
        """What was settled: the gravest first, and then in the order of the text."""
        order = list(Lost)
        found = [Loss(what, times, under, tuple(words)) for (what, under), (times, words) in self._settled.items()]
        return sorted(found, key=lambda one: order.index(one.what))[:_MOST_LOSSES]


def _count(found: dict[Any, tuple[int, list[str]]], key: object, times: int, words: Sequence[str]) -> None:
    before, said = found.get(key, (0, []))
    new = [one[:_MOST_WORDS] for one in words if one and one[:_MOST_WORDS] not in said]
    found[key] = (before + times, [*said, *new][:_MOST_EXAMPLES])
