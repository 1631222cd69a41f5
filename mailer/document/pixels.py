"""Bytes of an image in, its pixels as a viewer shows them out: the one decoder for e-mail, archive, paper and upload.

Sixteen bits of gray are brought back to eight, colours of a printer to those of a screen, a photo is turned upright,
and what was transparent gets a ground. Imports Pillow only, so that the typesetter's child process starts quickly.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, ImageStat, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
"""A photo of a telephone has 12 to 24 million; 30,000 x 30,000 is an attack on the memory of the server."""
MAX_SIDE = 12_000
"""Pixels: a panorama of a telephone. Of 1 x 40,000,000 every line takes memory that the number of pixels hides."""

DEEP_GRAY = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
"""Gray of a scanner, 0 to 65,535: Pillow's own conversion would cut everything above 255 off to white."""

PALE = 225
"""Of 255: lighter than this on average, a drawing cannot be seen on white paper."""
DARK_GROUND = (60, 60, 60)

_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    ArithmeticError,
    EOFError,
    NotImplementedError,
    TypeError,
    struct.error,
)
"""What Pillow raises for a file that is cut off, or that says of itself what is not so."""


class UnreadableImageError(ValueError):
    """`reason` is "format", "broken" or "size"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def pixels(data: bytes, *, within: tuple[int, int] | None = None) -> Image.Image:
    """The picture in RGB or L, upright, on a ground, and no larger than `within` (width, height).

    Its `format` is that of the file. Raises UnreadableImageError.
    """
    with opened(data) as image:
        seen = _on_ground(_small_enough(image, within))
        seen.format = image.format
        return seen


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """The picture, of a size that may be decoded, while it is worked on. Raises UnreadableImageError, also for what
    Pillow finds only then."""
    if len(data) > MAX_BYTES:
        raise UnreadableImageError("size")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            _require_size(image)
            yield image
    except UnreadableImageError:
        raise
    except UnidentifiedImageError as error:
        raise UnreadableImageError("format") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableImageError("size") from error
    except _BROKEN as error:
        raise UnreadableImageError("broken") from error


def _require_size(image: Image.Image) -> None:
    """Raises UnreadableImageError for a picture that has too many pixels, or too many on one side."""
    if max(image.size) > MAX_SIDE or image.width * image.height > MAX_PIXELS:
        raise UnreadableImageError("size")


def is_pale(image: Image.Image) -> bool:
    """Whether what can be seen of a transparent picture is so light that white paper would hide it."""
    if not image.has_transparency_data:
        return False
    layer = image.convert("RGBA")
    seen = ImageStat.Stat(layer.convert("L"), mask=layer.getchannel("A"))
    return bool(seen.count[0]) and seen.mean[0] > PALE


def _small_enough(image: Image.Image, within: tuple[int, int] | None) -> Image.Image:
    if within is not None:
        image.draft(image.mode if image.mode in ("L", "RGB") else None, within)
    upright = ImageOps.exif_transpose(_eight_bits(image))
    if within is not None:
        upright.thumbnail(within, Image.Resampling.LANCZOS)
    return _screen_colours(upright)


def _eight_bits(image: Image.Image) -> Image.Image:
    """In a mode that can be made smaller without loss of lines: no palette, no sixteen bits."""
    if image.mode in ("P", "PA", "1"):
        return image.convert("RGBA" if image.has_transparency_data else "L" if image.mode == "1" else "RGB")
    if image.mode not in DEEP_GRAY:
        return image
    exif = image.getexif()
    shallow = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    shallow.info = {"exif": exif.tobytes()} if exif else {}
    return shallow


def _screen_colours(image: Image.Image) -> Image.Image:
    """In the colours of a screen (sRGB), by the profile that the file brings; a broken profile is left aside."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image
        return image if made is None else made
    return image


def _on_ground(image: Image.Image) -> Image.Image:
    """On white where it was transparent; a drawing in white on a dark ground, or no one would see it."""
    if not image.has_transparency_data:
        return image if image.mode in ("L", "RGB") else image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, DARK_GROUND if is_pale(layer) else "white")
    ground.alpha_composite(layer)
    return ground.convert("RGB")
