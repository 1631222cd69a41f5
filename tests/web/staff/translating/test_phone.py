"""The desk in a browser, on a phone: by hand, in Arabic, with the connection cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from mailer.services.translating import messages
from mailer.services.translating.rows import key_of
from mailer.translation.catalog import Catalog
from staff.people import set_interface
from tests.web.staff.conftest import Desks, answering, desks_in
from tests.web.staff.looking import Sight, faults_in, looking, overhear
from tests.web.staff.translating.conftest import PATH, SLUG, AtDesk


@pytest.fixture(scope="module")
def at(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtDesk]:
    with desks_in(tmp_path_factory.mktemp("phone") / "desks", migrated_file) as desks, answering(desks):
        yield AtDesk(desks)


def as_yasmin(desks: Desks, browser: Browser, lang: str) -> Iterator[Page]:
    with desks.store.transaction() as session:
        set_interface(session, desks.people["Yasmin"].uid, lang)
    with looking(browser, lang=lang, scheme="light", width=390) as context:
        yield desks.visit(context, "Yasmin")


def test_a_volunteer_types_without_a_connection_and_nothing_is_lost(at: AtDesk, browser: Browser) -> None:
    entry = at.entry(8)
    for page in as_yasmin(at.desks, browser, "nl"):
        page.goto(f"{at.desks.base}{PATH}?m={key_of(entry.msgid)}")
        box = page.locator("#t")
        page.context.set_offline(True)
        box.fill("كتبت هذا في القطار")
        expect(page.locator("#kept")).to_contain_text("Geen verbinding")
        page.get_by_role("button", name="Bewaar en verder").click()
        expect(page.locator("#kept")).to_contain_text("wordt bewaard zodra het kan")
        expect(box).to_have_value("كتبت هذا في القطار")
        page.context.set_offline(False)
        page.wait_for_url("**saved=**")
        assert at.now(entry.msgid).msgstr == "كتبت هذا في القطار"
        assert page.evaluate("Object.keys(localStorage)") == []
        # what waits on the device when its person leaves goes with them
        page.context.set_offline(True)
        page.locator("#t").fill("لم يُرسل")
        expect(page.locator("#kept")).to_contain_text("Geen verbinding")
        assert len(page.evaluate("Object.keys(localStorage)")) == 1
        page.evaluate("document.querySelector('form[action=\"/staff/sign-out\"]').dispatchEvent(new Event('submit'))")
        assert page.evaluate("Object.keys(localStorage)") == []


def test_a_volunteer_fills_the_arabic_edition_and_another_reviews_it(at: AtDesk, browser: Browser) -> None:
    entry = at.entry(9)
    office, bram = at.desks.staff.office, at.desks.people["Bram"]
    for page in as_yasmin(at.desks, browser, "ar"):
        said = overhear(page, at.desks.base)
        page.goto(f"{at.desks.base}{PATH}?m={key_of(entry.msgid)}&f=all")
        assert faults_in(page, "ar", [Sight(390, "light")]) == []
        assert page.locator("#t").get_attribute("dir") == "rtl"
        page.locator("#t").fill("نص أول")
        expect(page.locator("#kept")).to_contain_text("محفوظ كمسودة")

        def mend(catalog: Catalog) -> Catalog:
            new = replace(entry, msgid=f"{entry.msgid} Anders.", fuzzy=True, was=entry.msgid)
            found = [new if one.msgid == entry.msgid else one for one in catalog.entries.values()]
            return replace(catalog, entries={one.msgid: one for one in found})

        office.content.change_catalog(SLUG, "ar", mend)
        page.locator("#t").fill("نص أول وثان")
        expect(page.locator("#meanwhile")).to_be_visible()
        page.get_by_role("button", name="احفظ وتابع").click()
        expect(page.locator("del").first).to_be_visible()
        expect(page.locator("#t")).to_have_value("نص أول وثان")
        page.locator("#say").fill("من هو؟")
        page.get_by_role("button", name="اسأل هيئة التحرير").click()
        expect(page.locator("#told")).to_contain_text("طُرح سؤالك")
        page.locator("#t").focus()
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**saved=**")
        assert page.evaluate("document.activeElement.id") == "t"
        assert at.now(f"{entry.msgid} Anders.").msgstr == "نص أول وثان"
        page.get_by_role("button", name="تراجع").click()
        expect(page.locator("#told")).to_contain_text("تم التراجع")
        assert [one for one in said if "409" not in one] == []
    mended = at.now(f"{entry.msgid} Anders.")
    messages.save(
        office, at.desks.people["Yasmin"], SLUG, "ar", msgid=mended.msgid, msgstr=entry.msgstr, seen=mended.msgstr
    )
    assert messages.approve(office, bram, SLUG, "ar", msgids=[mended.msgid]).count == 1
