"""Pages for a print shop: room around each page, boxes that say where to cut (ISO 32000-1, 14.11.2), and crop marks."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pikepdf import Array

from mailer.artefacts.paper.booklet import MILLIMETRE, saved

BLEED = 3 * MILLIMETRE
"""What a print shop asks for; our pages are white at the edge, so nothing has to be drawn there."""
MARK = 5 * MILLIMETRE
SLUG = BLEED + MARK + 1 * MILLIMETRE
"""Room on each side: bleed, marks, and a millimetre of air."""


def with_crop_marks(pdf: bytes) -> bytes:
    """Every page with a TrimBox where it is cut, a BleedBox around it, and marks outside both."""
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            left, bottom, right, top = (float(value) for value in page.mediabox)
            page.mediabox = Array([left - SLUG, bottom - SLUG, right + SLUG, top + SLUG])
            page.obj.BleedBox = Array([left - BLEED, bottom - BLEED, right + BLEED, top + BLEED])
            page.obj.TrimBox = Array([left, bottom, right, top])
            if "/CropBox" in page.obj:
                del page.obj["/CropBox"]
            page.contents_add(_marks(left, bottom, right, top), prepend=False)
        return saved(document)


def _marks(left: float, bottom: float, right: float, top: float) -> bytes:
    """Eight lines outside the bleed, in the middle of no page content; an artifact to a screen reader."""
    lines = []
    for x, outwards in ((left, -1), (right, 1)):
        for y, upwards in ((bottom, -1), (top, 1)):
            near, far = BLEED, BLEED + MARK
            lines.append(f"{x + outwards * near:.3f} {y:.3f} m {x + outwards * far:.3f} {y:.3f} l S")
            lines.append(f"{x:.3f} {y + upwards * near:.3f} m {x:.3f} {y + upwards * far:.3f} l S")
    return f"/Artifact BMC q 0.25 w 0 G {' '.join(lines)} Q EMC".encode()
