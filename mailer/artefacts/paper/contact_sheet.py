"""Pictures of pages in, one picture out: an editor sees a whole booklet at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

COLUMNS = 4
"""Pages beside each other: a sheet of a booklet is four pages."""
GAP = 16
"""Pixels between pages, on a gray that shows where the paper ends."""
BEHIND = 150


def contact_sheet(pages: Sequence[bytes], *, right_to_left: bool = False) -> bytes:
    """A PNG of all pages in rows, in the direction in which the language is read. `pages` are PNG files of one size."""
    images = [Image.open(BytesIO(page)).convert("L") for page in pages]
    width, height = images[0].size
    columns = min(COLUMNS, len(images))
    rows = -(-len(images) // columns)
    sheet = Image.new("L", (columns * (width + GAP) + GAP, rows * (height + GAP) + GAP), BEHIND)
    for number, image in enumerate(images):
        row, column = divmod(number, columns)
        if right_to_left:
            column = columns - 1 - column
        sheet.paste(image, (GAP + column * (width + GAP), GAP + row * (height + GAP)))
    file = BytesIO()
    sheet.save(file, "PNG", optimize=True)
    return file.getvalue()
