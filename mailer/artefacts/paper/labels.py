"""Addresses become a print job: sheets of labels, or an A4 letter each whose address shows through a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum

from mailer.artefacts.paper.job import FOR_THE_DESK, PrintJob


@dataclass(frozen=True)
class Sheet:
    """A sheet of labels on A4, in millimetres: steps are from one label's edge to the same edge of the next."""

    columns: int
    rows: int
    left: float
    top: float
    width: float
    height: float
    step_x: float
    step_y: float


SHEETS = {
    # The top margin is Avery's 15.1 mm; other sources differ by 1.4 mm, hence the offset and the test sheet.
    "L7163": Sheet(2, 7, 4.65, 15.1, 99.1, 38.1, 101.6, 38.1),
    "L7160": Sheet(3, 7, 7.2, 15.1, 63.5, 38.1, 66.0, 38.1),
}


class Window(StrEnum):
    """Where the window of a C5 envelope is (NEN 1026)."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class AddressBlock:
    """What one piece bears: its number in the run and the lines of the envelope."""

    number: int
    lines: tuple[str, ...]
    edition: str = ""
    """Which booklet goes in, at the edge of the label: "nl", "ar groot"."""


def labels(
    blocks: Sequence[AddressBlock],
    day: date,
    *,
    sheet: str = "L7163",
    offset: tuple[float, float] = (0.0, 0.0),
    skip: int = 0,
) -> PrintJob:
    """Sheets of labels. `offset` moves everything right and down, in millimetres; `skip` labels are used already.

    Raises KeyError for a sheet that is not in `SHEETS`.
    """
    data = {
        "sheet": asdict(SHEETS[sheet]),
        "offset": offset,
        "skip": skip,
        "outline": False,
        "labels": [asdict(block) for block in blocks],
    }
    return PrintJob("labels", data, day, standards=FOR_THE_DESK)


def proof_sheet(day: date, *, sheet: str = "L7163", offset: tuple[float, float] = (0.0, 0.0)) -> PrintJob:
    """One sheet of outlines and numbers, to hold against the light with a sheet of labels behind it."""
    geometry = SHEETS[sheet]
    count = geometry.columns * geometry.rows
    blocks = [AddressBlock(number, (sheet, "Proefblad", "9999 ZZ  PLAATS")) for number in range(1, count + 1)]
    job = labels(blocks, day, sheet=sheet, offset=offset)
    return replace(job, data={**job.data, "outline": True})


def letters(
    blocks: Sequence[AddressBlock],
    day: date,
    *,
    return_line: str,
    window: Window = Window.RIGHT,
    offset: tuple[float, float] = (0.0, 0.0),
) -> PrintJob:
    """An A4 sheet per piece, with the address where the window of a C5 envelope is once the sheet is folded.

    `return_line` is neutral and may be empty.
    """
    data = {
        "window": window.value,
        "offset": offset,
        "return_line": return_line,
        "letters": [asdict(block) for block in blocks],
    }
    return PrintJob("letter", data, day, standards=FOR_THE_DESK)
