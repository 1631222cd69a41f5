"""One decoder for every channel: a picture comes out as a viewer shows it, whatever made the file."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms, ImageDraw, ImageStat

from mailer.artefacts.email import images as mail
from mailer.document.pixels import UnreadableImageError, is_pale, pixels
from mailer.typesetting.images import gray


def png_16(width: int, height: int, *, alpha: bool = False) -> bytes:
    """A PNG of a scanner: a ramp from black to white in gray of sixteen bits (Pillow cannot write one with alpha)."""
    ramp = [x * 65535 // (width - 1) for x in range(width)]
    row = b"\0" + b"".join(struct.pack(">HH", shade, 65535) if alpha else struct.pack(">H", shade) for shade in ramp)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 16, 4 if alpha else 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def shades(data: bytes) -> tuple[float, float]:
    stat = ImageStat.Stat(Image.open(BytesIO(data)).convert("L"))
    return stat.mean[0], stat.stddev[0]


@pytest.mark.parametrize("alpha", [False, True], ids=["gray", "gray with alpha"])
def test_a_scan_of_sixteen_bits_keeps_its_grays_in_mail_and_print(alpha: bool) -> None:
    scan = png_16(300, 40, alpha=alpha)
    for made in (mail.encoded(pixels(scan)).data, gray(scan)):
        mean, deviation = shades(made)
        assert mean == pytest.approx(127, abs=3)
        assert deviation == pytest.approx(74, abs=3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_white_on_transparent_gets_a_ground_on_which_it_can_be_seen(kind: str) -> None:
    logo = Image.new("RGBA", (200, 60), (0, 0, 0, 0))
    ImageDraw.Draw(logo).rectangle((20, 20, 180, 40), fill=(255, 255, 255, 255))
    data = encoded(logo, kind)
    assert is_pale(Image.open(BytesIO(data)))
    for made in (mail.encoded(pixels(data)).data, gray(data)):
        assert shades(made)[1] > 50


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_dark_on_transparent_gets_a_white_ground(mode: str) -> None:
    logo = Image.new("RGBA", (200, 60), (0, 0, 0, 0))
    ImageDraw.Draw(logo).rectangle((20, 20, 180, 40), fill=(0, 0, 60, 255))
    image = logo.convert(mode)
    if mode == "P":
        image.info["transparency"] = image.getpixel((0, 0))
    data = encoded(image, "PNG")
    assert not is_pale(Image.open(BytesIO(data)))
    assert pixels(data).convert("L").getpixel((2, 2)) == 255
    assert pixels(data).convert("L").crop((100, 30, 101, 31)).getextrema()[1] < 40  # type: ignore[operator]


def test_the_colours_of_a_printer_become_those_of_a_screen() -> None:
    data = encoded(Image.new("CMYK", (60, 60), (0, 255, 255, 0)), "JPEG", quality=95)
    red, green, blue = pixels(data).tobytes()[:3]
    assert red > 200
    assert max(green, blue) < 60


def test_a_profile_in_the_file_is_followed_and_a_broken_one_is_left_aside() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = Image.new("RGB", (20, 20), (200, 30, 40))
    for profile in (lab, b"no profile at all"):
        assert pixels(encoded(plain, "PNG", icc_profile=profile)).getpixel((5, 5)) == pytest.approx(
            (200, 30, 40), abs=2
        )


@pytest.mark.parametrize("mode", ["RGB", "L", "I;16"])
def test_a_photo_taken_sideways_is_turned_upright(mode: str) -> None:
    image = Image.new(mode, (40, 20))
    exif = image.getexif()
    exif[0x0112] = 6  # orientation: turn a quarter
    assert pixels(encoded(image, "PNG", exif=exif.tobytes())).size == (20, 40)


def test_what_cannot_be_read_says_why() -> None:
    for data, reason in ((b"geen beeld", "format"), (png_16(300, 40)[:100], "broken"), (b"x" * 20_000_001, "size")):
        with pytest.raises(UnreadableImageError) as caught:
            pixels(data)
        assert caught.value.reason == reason


@pytest.mark.parametrize("tag", [0x01, 0x1A], ids=["length", "resolution"])
def test_a_photo_whose_metadata_lie_about_themselves_is_broken(tag: int) -> None:
    """Words where a number belongs, in a photo taken sideways: Pillow raises struct.error and TypeError over them."""
    image = Image.new("RGB", (40, 20))
    exif = image.getexif()
    exif[0x010E], exif[0x0112] = "zee", 6
    said = bytearray(exif.tobytes())
    said[said.index(b"\x01\x0e\x00\x02") + 1] = tag
    with pytest.raises(UnreadableImageError) as caught:
        pixels(encoded(image, "JPEG", exif=bytes(said)))
    assert caught.value.reason == "broken"
