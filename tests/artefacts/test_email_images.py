"""A picture that goes out holds its pixels and nothing else; what is no picture is the editor's to mend."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from devtools.email_house import HOUSE
from devtools.email_samples import edition
from devtools.photos import photo
from mailer.artefacts.email import images
from mailer.artefacts.email.artefact import email_from
from mailer.document.pixels import UnreadableImageError, pixels
from wording.errors import ContentError, Place
from wording.interface import interface


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    data = BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def picture(data: bytes) -> images.Picture:
    return images.encoded(pixels(data, within=(images.MAX_WIDTH, images.MAX_HEIGHT)))


def test_a_photo_loses_its_exif_and_is_at_most_1200_wide() -> None:
    made = picture(photo(3000, 1500))
    assert (made.width, made.height, made.subtype) == (1200, 600, "jpeg")
    assert b"Portelabaan" not in made.data
    assert not Image.open(BytesIO(made.data)).getexif()


def test_a_photo_that_was_taken_sideways_is_turned_upright() -> None:
    image = Image.new("RGB", (40, 20), "red")
    exif = image.getexif()
    exif[0x0112] = 6  # orientation: turn a quarter
    assert picture(encoded(image, "JPEG", exif=exif.tobytes())).width == 20


def test_a_transparent_drawing_gets_a_white_ground_so_that_dark_mode_can_show_it() -> None:
    made = picture(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG"))
    shown = Image.open(BytesIO(made.data)).convert("RGB")
    assert made.subtype == "png"
    assert shown.getpixel((3, 3)) == (255, 255, 255)


def test_a_second_file_behind_the_picture_does_not_go_out() -> None:
    assert b"<script>" not in picture(photo(50, 50) + b"<script>alert(1)</script>").data


NO_PICTURES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": lambda: b"<html><body>photo.png</body></html>",
    "cut off": lambda: photo(200, 200)[:900],
    "bomb": lambda: encoded(Image.new("1", (30_000, 30_000)), "PNG"),
    "bmp": lambda: encoded(Image.new("RGB", (9, 9)), "BMP"),
}
"""Made when they are asked for: a bomb takes two seconds, and every process of the tests collects them all."""


@pytest.mark.parametrize("what", NO_PICTURES)
def test_what_is_no_picture_is_refused(what: str) -> None:
    with pytest.raises(UnreadableImageError):
        picture(NO_PICTURES[what]())


def test_every_missing_picture_is_named_with_its_line() -> None:
    with pytest.raises(ContentError) as caught:
        email_from(edition(), HOUSE, interface("nl"), {})
    assert [problem.place for problem in caught.value.problems] == [Place("issues/meldpunt-2026-3/issue.md", 40)]
    assert "foto.jpg" in str(caught.value.problems[0].text)
