"""A PDF in, the same PDF out with every gray as plain DeviceGray: a printer then uses black toner and nothing else.

Typst writes grays through an ICC profile, as PDF/A asks; some drivers mix that from four colours, which costs colour
clicks and gives letters a rim. (Ghostscript's conversion would drop the tags.)
"""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pikepdf import Array, Name, Stream

from mailer.artefacts.paper.booklet import saved


def to_device_gray(pdf: bytes) -> bytes:
    """Raises ValueError when something on a page has colour."""
    with pikepdf.open(BytesIO(pdf)) as document:
        for found in document.objects:
            if isinstance(found, Array):
                _make_gray(found)
            elif isinstance(found, Stream):
                _look_at(found.get("/ColorSpace"))
        return saved(document)


def _look_at(space: pikepdf.Object | None) -> None:
    """The colour space of an image."""
    if isinstance(space, Array):
        _make_gray(space)
    elif space in (Name.DeviceRGB, Name.DeviceCMYK):
        raise ValueError("an image has colour")


def _make_gray(array: pikepdf.Array) -> None:
    """If the array is an ICC-based colour space, it becomes `[/DeviceGray]` in its place (ISO 32000-1, 8.6.3).

    Typst names one array in all its pages, so that this is done once for a file of 3,000 pages.
    """
    if len(array) != 2 or array[0] != Name.ICCBased:
        return
    if int(array[1].N) != 1:
        raise ValueError("a page has colour")
    array[0] = Name.DeviceGray
    del array[1]
