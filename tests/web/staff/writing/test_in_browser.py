"""Two windows, a keyboard and a picture in Chromium: the letter follows what is typed, and Ctrl+Z undoes it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.support.house import ROOT
from tests.web.staff.conftest import Desks
from tests.web.staff.looking import looking, overhear

SLUG = "meldpunt-2026-3"
LETTER = "#frames iframe:not(.coming)"


def test_the_letter_follows_the_keys_and_nothing_typed_is_lost(served: Desks, browser: Browser) -> None:
    file: Path = served.staff.office.content.folder / f"issues/{SLUG}/issue.md"
    with looking(browser, lang="nl", scheme="light", width=1280) as context:
        page = served.visit(context, "Bram")
        said = overhear(page, served.base)
        page.goto(f"{served.base}/staff/issues/{SLUG}/write")
        box, letter = page.get_by_label("Tekst van In het kort"), page.frame_locator(LETTER)
        letter.get_by_text("Beste lezer").wait_for()
        box.press("Control+End")
        page.keyboard.type("\n- Een nieuw punt.")
        letter.get_by_text("Een nieuw punt.").wait_for()
        page.locator("#kept", has_text="Klad bewaard").wait_for()
        page.keyboard.press("Shift+Home")
        page.keyboard.press("Control+b")
        expect(box).to_have_value(re.compile(r"\*\*- Een nieuw punt\.\*\*$"))
        page.keyboard.press("Control+z")
        page.keyboard.press("End")
        page.locator(".toolbar summary").click()
        page.get_by_role("button", name="Een agendapunt").click()
        dialog = page.locator("#d-agenda")
        dialog.get_by_label("Wat is er te doen?").fill("Muziek")
        dialog.get_by_label("Dag").fill("2026-12-18")
        dialog.frame_locator("iframe").get_by_text("Muziek").first.wait_for()
        dialog.get_by_role("button", name="Voeg in", exact=True).click()
        expect(box).to_have_value(re.compile(r'punt\.\n\n::: agenda Muziek \{date="2026-12-18"\}\n:::$'))
        page.keyboard.press("Alt+Shift+ArrowDown")
        expect(page.locator('[name="body-1"]')).to_be_focused()
        box.press("Control+s")
        page.locator("#kept", has_text=re.compile("^Bewaard om")).wait_for()
        text = file.read_text("utf-8")
        assert text.index("## Wat u ons vertelde") < text.index("## In het kort") < text.index("::: agenda Muziek")
        page.get_by_label("Tekst van Inleiding").press("Control+Home")
        page.keyboard.type("::: number 3\n")
        page.locator("#look-stops", has_text="in ‘Inleiding’").wait_for()
        expect(letter.get_by_text("Beste lezer")).to_have_count(1)
        page.get_by_title("Foto", exact=True).click()
        page.set_input_files("#picture-file", str(ROOT / "issues/los-2026-24/grachtenhuizen.png"))
        page.locator("#picture-seen").wait_for()
        page.locator("#picture-alt").fill("image1")
        page.locator("#d-picture button.primary").click()
        expect(page.locator("#d-picture[open]")).to_have_count(1)
        page.locator("#picture-alt").fill("Huizen aan een gracht")
        page.locator("#d-picture button.primary").click()
        expect(page.get_by_label("Tekst van Inleiding")).to_have_value(
            re.compile(r"!\[Huizen aan een gracht\]\(grachtenhuizen\.png\)")
        )
        assert said == []
