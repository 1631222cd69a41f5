"""While everything is held back each staff page says so on top: what, since when, and where to look."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from mailer.ledger import installation
from mailer.services.keeping.restore import PUT_BACK
from staff.people import set_interface
from tests.web.staff.conftest import Desks
from tests.web.staff.looking import EVERY_SIGHT, faults_in, looking

SINCE = datetime(2026, 11, 28, 9, 5, tzinfo=UTC)
LINE = "Alles staat stil sinds 28 november 10:05."
SAID = {
    "nl": LINE,
    "en": "Everything is on hold since",
    "ar": "كل شيء متوقف منذ",
}


def hold(desks: Desks) -> None:
    with desks.store.transaction() as session:
        installation.hold(session, PUT_BACK, SINCE)


def test_it_stands_on_top_of_each_page_for_each_person_until_it_is_lifted(desks: Desks) -> None:
    paths = {
        "Bram": ("/", "/issues/", "/me", "/mailings/", "/issues/nergens"),
        "Noor": ("/", "/people", "/organisation"),
        "Sem": ("/", "/post/"),
    }
    clients = {who: desks.as_(who) for who in paths}

    def told(who: str, path: str) -> str:
        return clients[who].get(f"/staff{path}", base_url=desks.base, follow_redirects=True).get_data(as_text=True)

    assert LINE not in told("Bram", "/")
    hold(desks)
    for who, some in paths.items():
        for path in some:
            page = told(who, path)
            assert page.count(LINE) == 1, (who, path)
            assert page.index(LINE) < page.index("<main"), "before the page itself"
            assert str(PUT_BACK) in page
            assert ("postduif hold show" in page) == (who == "Noor"), "a command for who administers"
            assert ("tot een beheerder heeft gekeken" in page) == (who != "Noor")
    assert LINE not in desks.client().get("/staff/sign-in", base_url=desks.base).get_data(as_text=True)
    assert LINE not in desks.client().get("/nl/aanmelden", base_url=desks.base).get_data(as_text=True)
    with desks.store.transaction() as session:
        installation.lift(session)
    assert LINE not in told("Noor", "/")


@pytest.mark.parametrize("lang", SAID)
def test_it_is_said_in_ones_own_language_and_has_no_fault_at_any_sight(
    served: Desks, browser: Browser, lang: str
) -> None:
    hold(served)
    with served.store.transaction() as session:
        set_interface(session, served.people["Noor"].uid, lang)
    with looking(browser, lang=lang, scheme="light", width=1280) as context:
        page = served.visit(context, "Noor")
        page.goto(f"{served.base}/staff/")
        expect(page.locator("aside.still")).to_contain_text(SAID[lang])
        assert faults_in(page, lang, EVERY_SIGHT) == []
