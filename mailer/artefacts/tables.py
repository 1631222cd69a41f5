"""How wide a table must be on a screen, and so how it is written: as a table, as one that is stacked on a telephone, or
as lines from the start. No mail program can be asked, so widths are estimated, rather too wide than too narrow.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from mailer.artefacts.pieces import Kind, pieces
from mailer.artefacts.tree import words_of
from mailer.document.nodes import Spans, Table

TELEPHONE = 262
"""CSS pixels between the margins of the narrowest telephone (320), less what a card or a list takes."""

_LETTER, _BETWEEN, _BETWEEN_THERE = 15, 20, 12
"""Size of the letters and room between two columns, the last on a telephone, in CSS pixels."""
_SPARE = 12
"""CSS pixels: letters of another font are wider."""
_NARROW, _BROAD = frozenset("iljtfrI.,:;'’|!()[] "), frozenset("mwMWÆŒ@%‰—")


class Shape(StrEnum):
    TABLE = "table"
    STACKED = "stacked"
    """A table on a wide screen, lines on a telephone."""
    LINES = "lines"


def shape(table: Table[Spans], formats: str, room: int) -> Shape:
    """What fits in `room` CSS pixels, the width of the column it stands in on a wide screen."""
    columns = zip(table.head, *table.rows, strict=True)
    words = _SPARE + sum(_widest(words_of(cell, formats) for cell in column) for column in columns)
    gaps = len(table.head) - 1
    if words + gaps * _BETWEEN <= room:
        return Shape.TABLE if words + gaps * _BETWEEN_THERE <= TELEPHONE else Shape.STACKED
    return Shape.LINES


def _widest(cells: Iterable[str]) -> float:
    return max((_width(unit) for cell in cells for unit in _units(cell)), default=0)


def _units(text: str) -> Iterable[str]:
    """What a line end cannot divide: words, numbers, addresses."""
    for piece in pieces(text):
        yield from piece.text.split() if piece.kind is Kind.TEXT else (piece.text,)


def _width(text: str) -> float:
    return sum(map(_share, text)) * _LETTER


def _share(letter: str) -> float:
    """Of the size of the letters, in bold Segoe UI or Arial, whichever is wider."""
    if letter in _NARROW:
        return 0.38
    return 0.95 if letter in _BROAD else 0.75 if letter.isupper() else 0.61
