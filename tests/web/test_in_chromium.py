"""What a browser makes of the pages: readable by everybody, on every screen, and changed by nothing but a button."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser

from devtools.npm import package
from mailer.services.notices.letters import ask_to_confirm
from mailer.services.sending.links import personal_links
from tests.support.browsing import visitor
from tests.support.people import ANNA, BAS, ask, gets, reader
from tests.support.shown import SLUG, on_show
from tests.web.conftest import HOST, Pages, link_in

BASE = f"https://{HOST}"
SECONDS_OF_A_SCANNER = 10


def links(pages: Pages, uid: UUID) -> list[str]:
    """The web addresses in a newsletter to this reader."""
    found = personal_links(pages.keys, pages.house, "los", uid)
    return [found["unsubscribe_url"], found["preferences_url"]]


def waiting_links(pages: Pages, address: str, locale: str = "nl") -> str:
    """The address in a confirmation mail that waits."""
    needed = ask(pages.store, address, locale=locale)
    assert needed is not None
    with pages.store.transaction() as session:
        ask_to_confirm(session, pages.house, needed)
    return BASE + link_in(pages.mails()[-1])


@pytest.mark.promise("P3")
def test_a_scanner_that_runs_scripts_changes_nothing_and_then_the_button_works(pages: Pages, browser: Browser) -> None:
    anna = reader(pages.store, ANNA)
    addresses = [*links(pages, anna), waiting_links(pages, BAS)]
    before = pages.contents()
    with visitor(browser, pages) as scanner:
        tabs = [scanner.new_page() for _ in addresses]
        for tab, address in zip(tabs, addresses, strict=True):
            tab.goto(address)
        tabs[0].wait_for_timeout(SECONDS_OF_A_SCANNER * 1000)
        assert scanner.cookies() == []
        assert pages.contents() == before
        tabs[2].get_by_role("button", name="Ja, mail mij").click()
        tabs[2].get_by_role("heading", name="U bent aangemeld").wait_for()
        assert len(gets(pages.store)) == 2
        tabs[0].get_by_role("button", name="Stop met alle nieuwsbrieven").click()
        tabs[0].get_by_role("heading", name="U bent afgemeld").wait_for()
    assert anna not in gets(pages.store)
    assert len(gets(pages.store)) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["nl", "en", "ar"])
def test_axe_finds_no_violation_on_any_page(pages: Pages, browser: Browser, lang: str, scheme: str) -> None:
    axe = (package("axe-core") / "axe.min.js").read_text("utf-8")
    addresses = every_page(pages, lang)
    with visitor(browser, pages, width=360, scheme=scheme) as person:
        tab = person.new_page()
        found: dict[str, list[str]] = {}
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        for name, address in addresses.items():
            tab.goto(address)
            if name == "mistakes":
                tab.get_by_role("main").get_by_role("button").click()
                tab.locator(".mistakes").wait_for()
            assert not [words for words in said if "Content Security Policy" in words], name
            tab.evaluate(axe)
            run = "async () => (await axe.run()).violations.map(v => [v.id, v.nodes[0].html])"
            assert tab.evaluate("document.documentElement.scrollWidth") <= 360, name
            assert tab.evaluate("document.documentElement.dir") == ("rtl" if lang == "ar" else "ltr")
            found |= {name: violations} if (violations := tab.evaluate(run)) else {}
    assert found == {}


def test_the_form_is_filled_in_by_keyboard_alone(pages: Pages, browser: Browser) -> None:
    with visitor(browser, pages) as person:
        tab = person.new_page()
        tab.goto(f"{BASE}/nl/aanmelden")
        tab.wait_for_timeout(2100)  # as long as a form must be looked at
        tab.get_by_label("Rechtshulp").focus()
        tab.keyboard.press("Space")
        while not tab.get_by_label("Uw e-mailadres").evaluate("one => one === document.activeElement"):
            tab.keyboard.press("Tab")
        tab.keyboard.type(ANNA)
        tab.keyboard.press("Enter")
        tab.get_by_role("heading", name="Kijk in uw mailbox").wait_for()
    assert [mail.to for mail in pages.mails()] == [ANNA]


def every_page(pages: Pages, lang: str) -> dict[str, str]:
    """Every page that a reader can see, by name; an issue is in the archive."""
    on_show(pages)
    uid = reader(pages.store, ANNA, locale=lang)
    leave, preferences = links(pages, uid)
    pages.client().post(preferences.removeprefix(BASE), data={"do": "manage"}, base_url=BASE)
    manage = BASE + link_in(pages.mails()[-1])
    return {
        "subscribe": f"{BASE}/{lang}/aanmelden",
        "mistakes": f"{BASE}/{lang}/aanmelden",
        "confirm": waiting_links(pages, BAS, lang),
        "unknown": f"{BASE}/{lang}/bevestigen/x",
        "leave": leave,
        "preferences": preferences,
        "manage": manage,
        "archive": f"{BASE}/{lang}/archief/",
        "issue": f"{BASE}/{lang}/archief/{SLUG}",
        "privacy": f"{BASE}/{lang}/privacy",
        "embedded": f"{BASE}/{lang}/aanvragen?email={ANNA}&audience=legal-aid",
        "found": f"{BASE}/{lang}/archief/?q=arts",
        "error": f"{BASE}/{lang}/nergens",
    }


@pytest.mark.promise("P4")
def test_no_public_page_needs_more_than_what_stands_in_this_repository() -> None:
    folder = Path(__file__).resolve().parents[2]
    templates = [folder / "templates" / "web" / "base.html.jinja", *(folder / "templates/web/public").rglob("*.jinja")]
    for path in [*templates, *(folder / "web" / "static" / name for name in ("shared.css", "public.css"))]:
        text = path.read_text("utf-8")
        assert "http" not in text.replace("https://www.w3.org", ""), path
        assert "|safe" not in text, path
        assert "<script" not in text, path
