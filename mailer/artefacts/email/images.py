"""Bytes of an image from an issue's folder in, a picture that is safe to send out.

Every picture is decoded and encoded anew, so nothing but its pixels survives: no place where a photo was taken (EXIF),
no comment, no second file behind the first. SVG is never decoded: it can hold a script.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from wording import _
from wording.errors import InvalidInputError

MAX_WIDTH = 1200
"""Pixels. Twice the width of the column, for screens with two pixels to the point."""

MAX_PIXELS = 40_000_000
"""A photo of a telephone has 12 to 24 million; 30,000 x 30,000 is an attack on the memory of the server."""

MAX_BYTES = 20_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class ImageUnusableError(InvalidInputError):
    """The editor can mend it: another file, or a smaller one."""


@dataclass(frozen=True, slots=True)
class Picture:
    """JPEG or PNG; `subtype` is that of its MIME type, `width` and `height` are pixels."""

    data: bytes
    subtype: str
    width: int
    height: int


def picture_from(data: bytes, *, max_width: int = MAX_WIDTH) -> Picture:
    """The image upright, at most `max_width` wide, on a white ground where it was transparent (dark text on a
    transparent ground cannot be read in dark mode). Raises ImageUnusableError.
    """
    image = _pixels(data)
    if image.width > max_width:
        image = image.resize((max_width, round(image.height * max_width / image.width)), Image.Resampling.LANCZOS)
    encoded, subtype = _encoded(image)
    return Picture(encoded, subtype, *image.size)


def _pixels(data: bytes) -> Image.Image:
    if len(data) > MAX_BYTES:
        raise ImageUnusableError(_("De afbeelding is groter dan 20 MB; verklein haar eerst."))
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ImageUnusableError(_("De afbeelding heeft meer dan 40 miljoen beeldpunten; verklein haar eerst."))
            return _on_white(ImageOps.exif_transpose(image))
    except ImageUnusableError:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageUnusableError(_NO_IMAGE) from error
    except (OSError, SyntaxError, ValueError, IndexError) as error:  # what Pillow raises for a file that is cut off
        raise ImageUnusableError(_NO_IMAGE) from error


def _on_white(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        ground.alpha_composite(layer)
        return ground.convert("RGB")
    return image.convert("RGB")


def _encoded(image: Image.Image) -> tuple[bytes, str]:
    """The smaller of PNG with at most 256 colours (drawings, logos) when that loses nothing, and JPEG (photos)."""
    jpeg = BytesIO()
    image.save(jpeg, "JPEG", quality=82, optimize=True, progressive=True)
    if image.getcolors(256) is None:
        return jpeg.getvalue(), "jpeg"
    png = BytesIO()
    image.quantize(256).save(png, "PNG", optimize=True)
    return png.getvalue(), "png"


_NO_IMAGE = _("Het bestand is geen leesbare JPEG-, PNG-, WebP- of GIF-afbeelding.")
