"""The committed pictures show the template as it is, and the browser behind a preview works or says why not."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from commands import browser
from commands.browser import height_of, picture_of
from mailer.artefacts.preview import page_from, sample_values
from mailer.errors import SettingsError
from tests.artefacts.email_pictures import MARK, PICTURES, mark, names
from tests.artefacts.email_tools import example_email
from wording.interface import interface


def test_the_pictures_are_of_this_template() -> None:
    assert MARK.read_text("ascii").strip() == mark(), "run: python -m tests.artefacts.email_pictures"


def test_every_language_width_and_scheme_has_its_picture_and_none_is_large() -> None:
    for name in [*names(), "email-sheet.png"]:
        data = (PICTURES / name).read_bytes()
        assert len(data) < 100_000, name
        Image.open(BytesIO(data)).verify()


def test_a_preview_is_as_wide_as_asked_and_as_high_as_the_page() -> None:
    page = page_from(example_email("noo-2026-11", "noo-national", "nl"), sample_values(interface("nl")), "dark")
    height = height_of(page, 360)
    shown = Image.open(BytesIO(picture_of(page, 360, height))).convert("RGB")
    assert shown.size == (360, height)
    assert sum(shown.getpixel((2, height - 3))) < 150  # the dark ground reaches the last line


def test_without_a_browser_a_preview_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "NAMES", ("no-such-browser",))
    with pytest.raises(SettingsError, match="apt-get install chromium"):
        browser.chromium()
