"""Finished pages to sheets, at the door `booklet`: asserted by folding the sheets and reading the page numbers."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from devtools.print_tools import check
from mailer.artefacts.paper.booklet import Flip, booklet

HALF = 148 / 25.4 * 72
"""PDF units: the width of an A5 page."""


def numbered(pages: int) -> bytes:
    """A PDF of A5 pages whose content is nothing but the comment `%page N`."""
    with pikepdf.new() as pdf:
        for number in range(1, pages + 1):
            contents = pdf.make_stream(f"%page {number}\n0 0 1 1 re f".encode())
            page = Dictionary(
                Type=Name.Page, MediaBox=Array([0, 0, HALF, 595]), Contents=contents, Resources=Dictionary()
            )
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        file = BytesIO()
        pdf.save(file)
    return file.getvalue()


def folded(sheets: bytes, *, right_bound: bool) -> list[int | None]:
    """The page numbers a reader meets who folds the nested sheets and turns the leaves."""
    with pikepdf.open(BytesIO(sheets)) as pdf:
        sides = [_left_and_right(page) for page in pdf.pages]
    fronts, backs = sides[0::2], sides[1::2]
    first_half: list[int | None] = []
    second_half: list[int | None] = []
    for front, back in zip(fronts, backs, strict=True):
        # Bound on the left the leaf under the right hand comes first, bound on the right the one under the left hand.
        opening, closing = (0, 1) if right_bound else (1, 0)
        first_half += [front[opening], back[closing]]
        second_half = [back[opening], front[closing], *second_half]
    return first_half + second_half


def instructions(page: pikepdf.Page) -> Iterator[tuple[list[Any], str]]:
    """The operands and the operator of each step that draws the page."""
    for step in pikepdf.parse_content_stream(page):
        yield list(step.operands), str(step.operator)


def _left_and_right(page: pikepdf.Page) -> tuple[int | None, int | None]:
    """Which page is drawn on each half, from where the content stream puts it (the sheet turned upright)."""
    found: list[int | None] = [None, None]
    at = 0.0
    for operands, operator in instructions(page):
        if operator == "cm":
            at = float(operands[4])
        if operator == "Do":
            drawn = page.Resources.XObject[str(operands[0])].read_bytes()
            found[at > HALF / 2] = int(drawn.split()[1])
    return found[0], found[1]


@pytest.mark.parametrize("right_bound", [False, True])
@pytest.mark.parametrize("flip", list(Flip))
def test_folded_sheets_read_from_first_to_last_for_four_to_sixty_four_pages(right_bound: bool, flip: Flip) -> None:
    for pages in range(4, 65):
        sheets = booklet(numbered(pages), right_bound=right_bound, flip=flip, creep=0.1)
        blanks: list[int | None] = [None] * (-pages % 4)
        assert folded(sheets, right_bound=right_bound) == [*range(1, pages + 1), *blanks]


def test_the_cover_is_on_the_outermost_sheet_right_in_dutch_and_left_in_arabic() -> None:
    with pikepdf.open(BytesIO(booklet(numbered(8), right_bound=False))) as dutch:
        assert _left_and_right(dutch.pages[0]) == (8, 1)
    with pikepdf.open(BytesIO(booklet(numbered(8), right_bound=True))) as arabic:
        assert _left_and_right(arabic.pages[0]) == (1, 8)
        assert arabic.Root.ViewerPreferences.Direction == Name.R2L


def test_a_printer_that_flips_on_the_long_edge_gets_its_backs_upside_down() -> None:
    with pikepdf.open(BytesIO(booklet(numbered(8), right_bound=False, flip=Flip.LONG))) as pdf:
        turned = [page.Contents.read_bytes().startswith(b"-1 0 0 -1") for page in pdf.pages]
    assert turned == [False, True, False, True]


def test_creep_moves_the_pages_of_inner_sheets_towards_the_fold() -> None:
    with pikepdf.open(BytesIO(booklet(numbered(16), right_bound=False, creep=0.5))) as pdf:
        places = [[float(o[4]) for o, op in instructions(page) if op == "cm"] for page in pdf.pages]
    for number, (left, right) in enumerate(places):
        moved = 0.5 / 25.4 * 72 * (number // 2)
        assert left == pytest.approx(moved, abs=0.01)
        assert right == pytest.approx(HALF - moved, abs=0.01)


def test_sheets_are_a_sound_file_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    made = booklet(numbered(10), right_bound=True)
    assert made == booklet(numbered(10), right_bound=True)
    (tmp_path / "sheets.pdf").write_bytes(made)
    check(tmp_path / "sheets.pdf")
