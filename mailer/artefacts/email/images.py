"""Bytes of an image from an issue's folder in, a picture that is safe to send out.

Every picture is decoded and encoded anew, so nothing but its pixels survives: no place where a photo was taken (EXIF),
no comment, no second file behind the first. SVG is never decoded: it can hold a script.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from wording import _
from wording.errors import InvalidInputError

MAX_WIDTH = 1200
"""Pixels. Twice the width of the column, for screens with two pixels to the point."""
MAX_HEIGHT = 4 * MAX_WIDTH
"""Pixels: a long screenshot of a telephone stays readable, and no mail gets metres long."""


class ImageUnusableError(InvalidInputError):
    """The editor can mend it: another file, or a smaller one."""


@dataclass(frozen=True, slots=True)
class Picture:
    """JPEG or PNG; `subtype` is that of its MIME type, `width` and `height` are pixels."""

    data: bytes
    subtype: str
    width: int
    height: int


def encoded(image: Image.Image) -> Picture:
    """The smaller of PNG with at most 256 colours (drawings, logos) when that loses nothing, and JPEG (photos)."""
    jpeg = BytesIO()
    image.save(jpeg, "JPEG", quality=82, optimize=True, progressive=True)
    if image.getcolors(256) is None:
        return Picture(jpeg.getvalue(), "jpeg", *image.size)
    png = BytesIO()
    (image if image.mode == "L" else image.quantize(256)).save(png, "PNG", optimize=True)
    return Picture(png.getvalue(), "png", *image.size)


TOO_LARGE = _(
    "De afbeelding is te groot: hooguit 20 MB, 40 miljoen beeldpunten en 12.000 op een zijde; verklein haar eerst."
)
NO_IMAGE = _("Het bestand is geen leesbare JPEG-, PNG-, WebP- of GIF-afbeelding.")
