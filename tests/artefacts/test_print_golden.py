"""Golden pages: what is printed looks as somebody once judged it to be good, in three languages."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from PIL import Image, ImageChops

from devtools.golden_pages import differences, drawn, kept


@pytest.fixture(scope="module")
def now() -> Mapping[str, Image.Image]:
    return drawn()


def test_every_page_looks_like_its_golden_picture(now: Mapping[str, Image.Image]) -> None:
    found = differences(now, kept())
    assert found == [], "look at these pages; if they are better, run: make golden"


def test_a_page_that_moved_by_a_millimetre_or_lost_a_word_is_named(now: Mapping[str, Image.Image]) -> None:
    moved = ImageChops.offset(now["ar-2.png"], 0, 2)
    wiped = now["nl-1.png"].copy()
    wiped.paste(255, (40, 280, 90, 290))
    assert [line.partition(":")[0] for line in differences({**now, "ar-2.png": moved, "nl-1.png": wiped}, kept())] == [
        "ar-2.png",
        "nl-1.png",
    ]
    assert differences({}, {"nl-1.png": wiped}) == ["nl-1.png: no longer made"]
    assert differences({"nl-1.png": wiped}, {}) == ["nl-1.png: not among the golden pages"]
