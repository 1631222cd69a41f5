"""An image of an editor becomes a gray image for paper: re-encoded, without metadata, no larger than the page needs."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

from mailer.document.pixels import pixels

WIDEST = 1400
"""Pixels: the text of an A5 page is 118 mm wide, and 300 dpi is what an office printer shows."""


def gray(data: bytes) -> bytes:
    """The image in shades of gray: JPEG for a photograph, PNG for a drawing. Raises UnreadableImageError."""
    image = pixels(data, within=(WIDEST, 2 * WIDEST))
    # the tones are stretched a little, because copying takes contrast away
    return _encoded(ImageOps.autocontrast(image.convert("L"), cutoff=0.5), drawing=image.format in ("PNG", "GIF"))


def _encoded(image: Image.Image, *, drawing: bool) -> bytes:
    file = BytesIO()
    if drawing:
        image.save(file, "PNG", optimize=True)
    else:
        image.save(file, "JPEG", quality=85, optimize=True)
    return file.getvalue()
