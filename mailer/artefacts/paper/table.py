"""A table for paper, with what the typesetter needs to know to choose its columns."""

from __future__ import annotations

from mailer.artefacts.paper.breaking import widest
from mailer.artefacts.paper.text import Inline
from mailer.artefacts.paper.unbroken import Json
from mailer.artefacts.tree import words_of
from mailer.document.nodes import Spans, Table

LONG_HEAD = 40
"""Characters of a head that may be several lines high; shorter ones need not be measured."""


def table(table: Table[Spans], inline: Inline) -> Json:
    """Cells as text, and of each column its words that may not break and its longest line."""
    columns = zip(table.head, *table.rows, strict=True)
    return {
        "t": "table",
        "align": [alignment or "start" for alignment in table.alignments],
        "head": [inline.spans(cell) for cell in table.head],
        "rows": [[inline.spans(cell) for cell in row] for row in table.rows],
        "long_head": any(len(words_of(cell, inline.formats)) > LONG_HEAD for cell in table.head),
        "columns": [_column(head, cells, inline.formats) for head, *cells in columns],
    }


def _column(head: Spans, cells: list[Spans], formats: str) -> Json:
    texts = [words_of(cell, formats) for cell in cells]
    return {
        "head": widest([words_of(head, formats)]),
        "words": widest(texts),
        "line": max(texts, key=len, default=""),
    }
