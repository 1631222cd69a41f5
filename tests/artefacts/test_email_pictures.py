"""The committed pictures show the template as it is, and the browser behind a preview works or says why not."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from commands.__main__ import app
from devtools.email_pictures import MARK, PICTURES, mark, names
from devtools.email_tools import example_email
from mailer.artefacts.email.preview import page_from, sample_values
from mailer.services.writing.sheets import NARROW, WIDE
from mailer.typesetting import browser
from mailer.typesetting.browser import height_of, picture_of
from tests.support.house import ROOT
from wording.errors import SettingsError
from wording.interface import interface


def test_the_pictures_are_of_this_template() -> None:
    assert MARK.read_text("ascii").strip() == mark(), "run: python -m devtools.email_pictures"


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
    red_green_blue = shown.getpixel((2, height - 3))
    assert isinstance(red_green_blue, tuple)
    assert sum(red_green_blue) < 150  # the dark ground reaches the last line


def test_without_a_browser_a_preview_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "NAMES", ("no-such-browser",))
    with pytest.raises(SettingsError, match="apt-get install chromium"):
        browser.chromium()


@pytest.mark.parametrize("audience", ["detention", "detention-friends"])
def test_the_command_makes_a_picture_of_a_mail_and_of_a_booklet(audience: str, tmp_path: Path) -> None:
    target = tmp_path / "preview.png"
    command = ["--content", str(ROOT), "preview", "meldpunt-2026-3", "--audience", audience, "--locale", "ar"]
    assert CliRunner().invoke(app, [*command, "--as", "png", "-o", str(target)]).exit_code == 0
    assert Image.open(BytesIO(target.read_bytes())).width > 500


def test_all_editions_of_an_issue_fit_in_one_picture(tmp_path: Path) -> None:
    target = tmp_path / "all.png"
    command = ["--content", str(ROOT), "preview", "noo-2026-11", "--all", "-o", str(target)]
    assert CliRunner().invoke(app, command).exit_code == 0
    # three audiences, in two looks each, at a third of their size
    assert Image.open(BytesIO(target.read_bytes())).width > WIDE + NARROW


def test_a_preview_needs_an_edition_or_all() -> None:
    for wanted in ([], ["--audience", "detention"]):
        assert CliRunner().invoke(app, ["--content", str(ROOT), "preview", "noo-2026-11", *wanted]).exit_code == 2
