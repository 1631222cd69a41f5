"""An image of an editor becomes a gray image for paper: re-encoded, without metadata, no larger than the page needs."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
LARGEST_PIXELS = 40_000_000
"""A 40-megapixel photograph is the largest a camera in the office makes; a bomb claims far more in its header."""
WIDEST = 1400
"""Pixels: the text of an A5 page is 118 mm wide, and 300 dpi is what an office printer shows."""


class UnusableImageError(ValueError):
    """Why, in one word: "format", "broken" or "size"."""


def gray(data: bytes) -> bytes:
    """The image in shades of gray: JPEG for a photograph, PNG for a drawing. Raises UnusableImageError."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            return _encoded(_on_white(_small_enough(image)), drawing=image.format in ("PNG", "GIF"))
    except UnidentifiedImageError as error:
        raise UnusableImageError("format") from error
    except UnusableImageError:
        raise
    except Image.DecompressionBombError as error:
        raise UnusableImageError("size") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise UnusableImageError("broken") from error


def _small_enough(image: Image.Image) -> Image.Image:
    """Looks at the header before a pixel is decoded."""
    if image.width * image.height > LARGEST_PIXELS:
        raise UnusableImageError("size")
    image.draft("L", (WIDEST, WIDEST))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((WIDEST, 2 * WIDEST), Image.Resampling.LANCZOS)
    return upright


def _on_white(image: Image.Image) -> Image.Image:
    """Transparent parts become paper; the tones are stretched a little, because copying takes contrast away."""
    if image.has_transparency_data:
        colour = image.convert("RGBA")
        paper = Image.new("RGBA", colour.size, "white")
        image = Image.alpha_composite(paper, colour)
    return ImageOps.autocontrast(image.convert("L"), cutoff=0.5)


def _encoded(image: Image.Image, *, drawing: bool) -> bytes:
    file = BytesIO()
    if drawing:
        image.save(file, "PNG", optimize=True)
    else:
        image.save(file, "JPEG", quality=85, optimize=True)
    return file.getvalue()
