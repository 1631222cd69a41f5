"""A PDF in, the same PDF out with every gray as plain DeviceGray: a printer then uses black toner and nothing else.

Typst writes grays through an ICC profile, as PDF/A asks; some drivers mix that from four colours, which costs colour
clicks and gives letters a rim. (Ghostscript's conversion would drop the tags.)
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from mailer.artefacts.booklet import saved


def to_device_gray(pdf: bytes) -> bytes:
    """Raises ValueError when something on a page has colour."""
    with pikepdf.open(BytesIO(pdf)) as document:
        for holder, key in _colour_spaces(document):
            space = holder[key]
            if _components(space) == 1:
                holder[key] = Name.DeviceGray
            elif _components(space) or space in (Name.DeviceRGB, Name.DeviceCMYK):
                raise ValueError("a page has colour")
        return saved(document)


def _colour_spaces(document: pikepdf.Pdf) -> Iterator[tuple[pikepdf.Object, str]]:
    """Every place that names a colour space: of an image or a shading, and those that a page's resources list."""
    for found in document.objects:
        if not isinstance(found, Dictionary | Stream):
            continue
        if "/ColorSpace" in found and not isinstance(found["/ColorSpace"], Dictionary):
            yield found, "/ColorSpace"
        elif "/ColorSpace" in found:
            listed = found["/ColorSpace"]
            yield from ((listed, key) for key in list(listed.keys()))
        resources = found.get("/Resources")
        if isinstance(resources, Dictionary) and isinstance(resources.get("/ColorSpace"), Dictionary):
            listed = resources["/ColorSpace"]
            yield from ((listed, key) for key in list(listed.keys()))
        if "/CS" in found:
            yield found, "/CS"


def _components(space: pikepdf.Object) -> int:
    """How many colours an ICC-based space has (ISO 32000-1, 8.6.5.5); 0 when it is not one."""
    if isinstance(space, Array) and len(space) == 2 and space[0] == Name.ICCBased:
        return int(space[1].N)
    return 0
