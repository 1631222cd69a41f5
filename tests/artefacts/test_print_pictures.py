"""Pictures on paper: whole, no larger than their pixels bear, and as a viewer shows them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from devtools.print_editions import DAY, edition, house, plain
from devtools.print_tools import Box, pictures_on
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.tree import print_tree_from
from mailer.document import nodes as n
from mailer.typesetting.typesetter import Typesetter
from wording.interface import interface

INSIDE, OUTSIDE, TOP, BOTTOM = (mm * 72 / 25.4 for mm in (17, 14, 17, 18))
WIDTH, HEIGHT = 148 * 72 / 25.4, 210 * 72 / 25.4


def drawing(width: int, height: int) -> bytes:
    image = Image.new("L", (width, height), 255)
    ImageDraw.Draw(image).rectangle((0, 0, width - 1, height - 1), outline=0)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def printed(folder: Path, block: n.Block[n.Spans], data: bytes, locale: str = "nl") -> Box:
    """Where the one picture of an edition stands."""
    lead = (n.Paragraph(plain("Tekst ervoor.")), block)
    cut = edition(locale, extra=lead, times=0)
    pdf = folder / "picture.pdf"
    tree = print_tree_from(cut, house(), interface(locale))
    pdf.write_bytes(Typesetter().pdf(PrintJob("newsletter", tree, DAY, {"beeld.png": data})))
    [box] = pictures_on(pdf)
    return box


def figure(caption: str = "") -> n.Figure[n.Spans]:
    return n.Figure("beeld.png", plain("Een beeld"), plain(caption) if caption else None, 1)


@pytest.mark.parametrize("locale", ["nl", "ar"])
@pytest.mark.parametrize(
    ("width", "height"),
    [(1080, 2340), (700, 6000), (1, 10_000), (3000, 200)],
    ids=["screenshot", "long", "line", "wide"],
)
def test_a_picture_of_any_shape_stands_whole_on_its_page(width: int, height: int, locale: str, tmp_path: Path) -> None:
    box = printed(tmp_path, figure("Een bijschrift van een paar woorden"), drawing(width, height), locale)
    assert box.top >= TOP
    assert box.top + box.height <= HEIGHT - BOTTOM
    assert min(INSIDE, OUTSIDE) - 0.1 <= box.left
    assert box.left + box.width <= WIDTH - min(INSIDE, OUTSIDE) + 0.1
    assert box.width / box.height == pytest.approx(width / height, rel=0.03) or min(box.width, box.height) < 1


@pytest.mark.parametrize("inside", ["alone", "in a list"])
def test_a_small_picture_is_not_blown_up(inside: str, tmp_path: Path) -> None:
    alone = figure()
    block = (
        alone if inside == "alone" else n.BulletList((n.Item((n.Paragraph(plain("Een punt")), alone)),), tight=False)
    )
    assert printed(tmp_path, block, drawing(100, 50)).width == pytest.approx(72, abs=0.5)
