"""While everything is held back each staff page says so on top: what, since when, and where to look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from mailer.ledger import installation
from mailer.services.keeping.restore import PUT_BACK
from staff.people import set_interface
from tests.web.staff.conftest import SENT, Desks, fill
from tests.web.staff.looking import EVERY_SIGHT, faults_in, looking
from web.app import create_app

HOLD = "/staff/health/hold"
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


def test_an_administrator_sees_what_was_on_its_way_and_lifts_it_once_they_looked(desks: Desks) -> None:
    fill(desks)
    noor = desks.as_("Noor")

    def ask(**fields: str) -> tuple[int, str]:
        answer = desks.post(noor, HOLD, csrf=desks.csrf(noor), **fields)
        return answer.status_code, answer.get_data(as_text=True)

    assert "Er staat niets stil" in noor.get(HOLD, base_url=desks.base).get_data(as_text=True)
    assert ask(looked="yes", nobody_erased="yes")[0] == 409  # there is nothing to lift
    hold(desks)
    page = noor.get(HOLD, base_url=desks.base).get_data(as_text=True)
    assert str(PUT_BACK) in page
    assert SENT in page
    for fields, said in (
        ({}, "Zeg eerst dat je gekeken hebt"),
        ({"nobody_erased": "yes"}, "Zeg eerst dat je gekeken hebt"),
        ({"looked": "yes"}, "Wis eerst opnieuw wie na de back-up gewist is"),
    ):
        status, told = ask(**fields)
        assert (status, said in told, LINE in told) == (409, True, True)
    bram = desks.as_("Bram")
    assert desks.post(bram, HOLD, csrf=desks.csrf(bram), looked="yes", nobody_erased="yes").status_code == 403
    status, told = ask(looked="yes", nobody_erased="yes")
    assert (status, "De stilstand is opgeheven." in told, "verder gaat: 1" in told) == (200, True, True)
    assert LINE not in noor.get("/staff/", base_url=desks.base).get_data(as_text=True)
    trail = noor.get("/staff/audit", base_url=desks.base).get_data(as_text=True)
    assert "hief de stilstand op" in trail


def test_a_machine_that_keeps_no_witness_lifts_nothing(desks: Desks) -> None:
    hold(desks)
    app = create_app(desks.staff.office, hosts=("localhost",), pages=desks.base)
    elsewhere = replace(desks, app=app, renewed=None)
    noor = elsewhere.as_("Noor")
    answer = desks.post(noor, HOLD, csrf=elsewhere.csrf(noor), looked="yes", nobody_erased="yes")
    assert answer.status_code == 409
    assert "op de machine met de inhoudsmap" in answer.get_data(as_text=True)


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
        page.goto(f"{served.base}{HOLD}")
        assert faults_in(page, lang, EVERY_SIGHT) == []
