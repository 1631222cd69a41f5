"""A photo as a camera takes it, for what works on pictures."""

from __future__ import annotations

from io import BytesIO

from PIL import Image as Picture


def photo(width: int = 1600, height: int = 900) -> bytes:
    """A JPEG with more than 256 colours and a place in its EXIF."""
    image = Picture.effect_mandelbrot((width, height), (-2.2, -1.2, 1.2, 1.2), 80).convert("RGB")
    ramp = Picture.linear_gradient("L").resize((width, height))
    image = Picture.merge("RGB", (image.getchannel(0), ramp, Picture.new("L", (width, height), 150)))
    exif = image.getexif()
    exif[0x010E] = "Taken at Portelabaan"
    data = BytesIO()
    image.save(data, "JPEG", exif=exif.tobytes())
    return data.getvalue()
