"""A table of lines as a table of Markdown: the first row is its head, and each cell is one text."""

from __future__ import annotations

from collections.abc import Sequence

from mailer.intake.inline import inline
from mailer.intake.lines import MOST_CELLS, MOST_COLUMNS, Line, Run
from mailer.intake.losses import Lost, Told
from mailer.intake.tidying import tidy

Grid = list[list[list[Line]]]
"""Rows of cells of lines."""
_LONGEST = 1_500
"""Characters of a cell: more is a column of a page."""
_FEW = 100
"""Brackets in a cell."""


def as_lines(grid: Grid, told: Told, *, has_head: bool = False) -> list[Line]:
    """A table; or, where it only places things (one row, one column, nested), what stands in it, in order."""
    wide = max(map(len, grid), default=0)
    inside = [line for row in grid for cell in row for line in cell]
    nested = any(line.kind in ("table", "hr") or line.is_heading for line in inside)
    nested |= any(_is_long(cell) for row in grid for cell in row)
    if nested or (not has_head and (wide < 2 or len(grid) < 2)):
        return inside
    if wide * len(grid) > MOST_CELLS or wide > MOST_COLUMNS:
        told.add(Lost.BIG_TABLE, next((line.words for line in inside), ""))
        return []
    pictures = [line for line in inside if line.kind == "img"]
    return [Line("table", rows=[row + [[]] * (wide - len(row)) for row in grid]), *pictures] if wide else []


def _is_long(cell: Sequence[Line]) -> bool:
    words = "".join(line.words for line in cell)
    return len(words) > _LONGEST or words.count("[") > _FEW


def table(line: Line, told: Told) -> str:
    rows = [[_cell(cell, told, head=not number) for cell in row] for number, row in enumerate(line.rows)]
    dashes = ["---"] * len(rows[0])
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], dashes, *rows[1:]))


def _cell(lines: Sequence[Line], told: Told, *, head: bool) -> str:
    """Paragraphs joined by a space, items of a list by a semicolon. A head that is all bold is a head already."""
    runs: list[Run] = []
    for line in lines:
        if line.runs and line.kind != "note":
            runs += [*([Run("; " if line.path else " ")] if runs else []), *line.runs]
        if line.path or line.kind not in ("p", "img"):
            told.add(Lost.IN_CELL, line.words)
    runs = tidy(runs)
    if head and all("b" in run.marks or not run.text.strip() or run.note for run in runs):
        runs = tidy([Run(run.text, run.marks - {"b"}, run.href, run.note) for run in runs])
    return inline(runs, told, cell=True)
