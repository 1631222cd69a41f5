"""Finished pages become sheets: two pages beside each other on paper twice as large, to be folded in the middle.

Sheets are nested and folded, never stapled, because a detention centre refuses staples. An Arabic booklet is bound on
the right: its first page is on the left of the outermost sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name

MILLIMETRE = 72 / 25.4
"""PDF units (1/72 inch)."""
TICK = 3 * MILLIMETRE
"""Length of the marks that show where to fold, at the edges that a copier cannot print on anyway."""


class Flip(StrEnum):
    """The edge over which a printer turns a landscape sheet; the wrong one prints every back upside down."""

    SHORT = "short"
    LONG = "long"


def imposition(pages: int, *, right_bound: bool) -> list[tuple[int | None, int | None]]:
    """Which page stands left and right on each side: front, back, front, back …, the outermost sheet first.

    Numbers from 0; None is blank, because sheets hold four pages and blanks come last.
    """
    padded = pages + -pages % 4
    numbers: list[int | None] = [*range(pages), *[None] * (padded - pages)]
    sides = []
    for sheet in range(padded // 4):
        first, last = 2 * sheet, padded - 1 - 2 * sheet
        for left, right in ((last, first), (first + 1, last - 1)):
            sides.append((numbers[right], numbers[left]) if right_bound else (numbers[left], numbers[right]))
    return sides


def booklet(pdf: bytes, *, right_bound: bool, flip: Flip = Flip.SHORT, creep: float = 0.0) -> bytes:
    """Sheets for a duplex printer: A5 pages on A4.

    `creep` is how many millimetres the pages of each inner sheet move towards the fold, for a thick booklet: paper
    around paper pushes the inner sheets outwards. Tags do not survive; the edition itself is the accessible copy.
    """
    with pikepdf.open(BytesIO(pdf)) as source, pikepdf.new() as made:
        forms = [made.make_indirect(made.copy_foreign(page.as_form_xobject())) for page in source.pages]
        boxes = [_box(page) for page in source.pages]
        for number, side in enumerate(imposition(len(forms), right_bound=right_bound)):
            turned = flip is Flip.LONG and number % 2 == 1
            made.pages.append(_side(made, forms, boxes, side, shift=creep * MILLIMETRE * (number // 2), turned=turned))
        made.Root.ViewerPreferences = Dictionary(Direction=Name.R2L if right_bound else Name.L2R)
        return saved(made)


def two_up(pdf: bytes) -> bytes:
    """The first page twice beside each other on a sheet, to be cut in the middle."""
    with pikepdf.open(BytesIO(pdf)) as source, pikepdf.new() as made:
        form = made.make_indirect(made.copy_foreign(source.pages[0].as_form_xobject()))
        made.pages.append(_side(made, [form], [_box(source.pages[0])], (0, 0), shift=0.0, turned=False))
        return saved(made)


def saved(pdf: pikepdf.Pdf) -> bytes:
    """The bytes of a PDF, the same for the same content."""
    file = BytesIO()
    pdf.save(file, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def _box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """The page after trimming, in PDF units: left, bottom, right, top."""
    left, bottom, right, top = (float(value) for value in page.trimbox)
    return left, bottom, right, top


def _side(
    made: pikepdf.Pdf,
    forms: Sequence[pikepdf.Object],
    boxes: Sequence[tuple[float, float, float, float]],
    side: tuple[int | None, int | None],
    *,
    shift: float,
    turned: bool,
) -> pikepdf.Page:
    width, height = 2 * (boxes[0][2] - boxes[0][0]), boxes[0][3] - boxes[0][1]
    drawing = [f"-1 0 0 -1 {width:.3f} {height:.3f} cm"] if turned else []
    resources = Dictionary()
    for position, number in enumerate(side):
        if number is None:
            continue
        name = f"/P{position}"
        resources[name] = forms[number]
        drawing.append(_placed(name, boxes[number], width / 2 * position + (shift if position == 0 else -shift)))
    drawing.append(_ticks(width, height))
    contents = made.make_stream("\n".join(drawing).encode())
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(width, 3), round(height, 3)]),
        Resources=Dictionary(XObject=resources),
        Contents=contents,
    )
    return pikepdf.Page(made.make_indirect(page))


def _placed(name: str, box: tuple[float, float, float, float], at: float) -> str:
    """Content stream operators that show one page, and nothing outside its edges."""
    left, bottom, right, top = box
    clip = f"{left:.3f} {bottom:.3f} {right - left:.3f} {top - bottom:.3f} re W n"
    return f"q 1 0 0 1 {at - left:.3f} {-bottom:.3f} cm {clip} {name} Do Q"


def _ticks(width: float, height: float) -> str:
    middle = width / 2
    lines = ((middle, 0.0, middle, TICK), (middle, height, middle, height - TICK))
    drawn = " ".join(f"{x:.3f} {y:.3f} m {to_x:.3f} {to_y:.3f} l S" for x, y, to_x, to_y in lines)
    return f"q 0.3 w 0 G {drawn} Q"
