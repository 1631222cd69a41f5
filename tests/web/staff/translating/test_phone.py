"""The desk in a browser, on a phone: by hand, in Arabic, with the connection cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from mailer.services.translating import remarks
from mailer.services.translating.desk import desk
from mailer.services.translating.rows import Stand, key_of
from mailer.translation.catalog import Catalog, Entry
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
        page.wait_for_function("Object.keys(localStorage).length === 0")
        # what waits on the device when its person leaves goes with them
        page.context.set_offline(True)
        page.locator("#t").fill("لم يُرسل")
        expect(page.locator("#kept")).to_contain_text("Geen verbinding")
        page.wait_for_function("Object.keys(localStorage).length === 1")
        page.evaluate("document.querySelector('form[action=\"/staff/sign-out\"]').dispatchEvent(new Event('submit'))")
        page.wait_for_function("Object.keys(localStorage).length === 0")


@dataclass(frozen=True)
class Volunteer:
    """Yasmin on her phone, in a train where the connection may be gone while she presses a button."""

    page: Page
    loses_connection: bool

    def press(self, deed: str) -> None:
        """A button of the box; without a connection the deed waits, and is done when there is one."""
        button = self.page.locator(f'button[value="{deed}"]').first
        if not self.loses_connection:
            button.click()
            return
        self.page.context.set_offline(True)
        typed = self.page.locator("#t").input_value()
        button.click()
        expect(self.page.locator("#kept")).to_contain_text("wordt bewaard zodra het kan")
        expect(self.page.locator("#t")).to_have_value(typed)
        self.page.context.set_offline(False)

    def type(self, words: str) -> None:
        self.page.locator("#t").fill(words)


def mended(at: AtDesk, entry: Entry) -> Entry:
    """The editor mends the source while it is being translated."""
    new = replace(entry, msgid=f"{entry.msgid} Anders.", fuzzy=True, was=entry.msgid)

    def mend(catalog: Catalog) -> Catalog:
        found = [new if one.msgid == entry.msgid else one for one in catalog.entries.values()]
        return replace(catalog, entries={one.msgid: one for one in found})

    at.desks.staff.office.content.change_catalog(SLUG, "ar", mend)
    return new


@pytest.mark.parametrize(("lang", "number", "cut"), [("ar", 9, False), ("nl", 12, True)])
def test_a_volunteer_fills_the_arabic_edition_and_another_reviews_it(
    at: AtDesk, browser: Browser, lang: str, number: int, cut: bool
) -> None:
    """A source edit in the middle and a question to the editor; in the Arabic interface, and without a connection."""
    entry, bram, office = at.entry(number), at.desks.people["Bram"], at.desks.staff.office
    for page in as_yasmin(at.desks, browser, lang):
        said, yasmin = overhear(page, at.desks.base), Volunteer(page, cut)
        page.goto(f"{at.desks.base}{PATH}?m={key_of(entry.msgid)}&f=all")
        assert faults_in(page, lang, [Sight(390, "light")]) == []
        expect(page.locator("#t")).to_have_attribute("dir", "rtl")
        yasmin.type("نص أول")
        expect(page.locator("#kept")).to_contain_text("محفوظ كمسودة" if lang == "ar" else "bewaard als klad")
        new = mended(at, entry)
        yasmin.type("نص أول وثان")
        expect(page.locator("#meanwhile")).to_be_visible()
        yasmin.press("next")
        expect(page.locator("del").first).to_be_visible()
        expect(page.locator("#t")).to_have_value("نص أول وثان")
        page.locator("#say").fill("Wie is dit?")
        yasmin.press("doubt")
        expect(page.locator("#told")).to_contain_text("طُرح سؤالك" if lang == "ar" else "vraag")
        remarks.answer(office, bram, remarks.questions(office, bram, SLUG)[-1].number, words="De directeur.")
        page.reload()
        expect(page.get_by_text("De directeur.")).to_be_visible()
        page.locator("#t").focus()
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**saved=**")
        expect(page.locator("#t")).to_be_focused()
        assert at.now(new.msgid).msgstr == "نص أول وثان"
        page.locator('button[value="undo"]').click()
        expect(page.locator("#told")).to_contain_text("تم التراجع" if lang == "ar" else "Teruggenomen")
        page.goto(f"{at.desks.base}{PATH}?m={key_of(new.msgid)}&f=all")
        yasmin.type(entry.msgstr)
        yasmin.press("next")
        page.wait_for_url("**saved=**")
        assert [one for one in said if "409" not in one and "ERR_INTERNET_DISCONNECTED" not in one] == []
    assert at.now(new.msgid).msgstr == entry.msgstr
    with looking(browser, lang="nl", scheme="light", width=390) as context:
        page = at.desks.visit(context, "Bram")
        page.goto(f"{at.desks.base}/staff/issues/{SLUG}/review/ar")
        expect(page.locator(f'input[name="read"][value="{new.msgid}"]')).to_be_checked()
        page.locator('button[value="approve"]').click()
        page.wait_for_url("**done=**")
    sentence = desk(office, bram, SLUG, "ar", key=key_of(new.msgid)).sentence
    assert sentence is not None
    assert (sentence.row.stand, sentence.approved_by) == (Stand.READY, bram.name)
