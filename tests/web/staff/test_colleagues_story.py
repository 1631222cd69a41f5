"""A story: a new colleague is invited and comes in, and another leaves while at work."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from mailer.services.administration import staff
from staff.roles import Role
from tests.web.staff.conftest import Desks, link_in
from tests.web.staff.stories import WAYS, Way, browser_of


def invite(page: Page, way: Way) -> None:
    """From the first page to the mail."""
    way.hands.press(page, "link", "Mensen")
    expect(page.get_by_role("heading", name="Mensen en rollen")).to_be_visible()
    way.hands.press(page, "link", "Nodig iemand uit")
    way.hands.type(page, "Naam", "Emma")
    way.hands.type(page, "E-mailadres", "emma@voorbeeld.example")
    way.hands.press(page, "checkbox", "vertaler")
    way.hands.press(page, "checkbox", "العربية")
    way.hands.type(page, "Iets van jou erbij", "Fijn dat je meedoet.")
    way.hands.press(page, "button", "Stuur de uitnodiging")
    expect(page.get_by_role("heading", name="Emma")).to_be_visible()
    expect(page.get_by_text("De uitnodiging werkt tot")).to_be_visible()


@pytest.mark.parametrize("name", WAYS)
def test_a_new_colleague_is_invited_and_another_leaves(served: Desks, browser: Browser, name: str) -> None:
    way = WAYS[name]
    administrator, newcomer, leaver = (browser_of(browser, way) for _each in range(3))
    noor, bram, emma = served.visit(administrator, "Noor"), served.visit(leaver, "Bram"), newcomer.new_page()
    bram.goto(f"{served.base}/staff/issues")
    expect(bram.get_by_role("heading", name="Nummers")).to_be_visible()
    noor.goto(f"{served.base}/staff/")
    invite(noor, way)
    mail = served.mails()[-1]
    assert (mail.kind, "Fijn dat je meedoet." in mail.text) == ("invitation", True)
    emma.goto(f"{served.base}{link_in(mail)}")
    way.hands.press(emma, "button", "Kom binnen")
    expect(emma.get_by_role("heading", name="Emma")).to_be_visible()
    way.hands.press(noor, "link", "Mensen")
    way.hands.press(noor, "link", "Verander Bram")
    expect(noor.get_by_role("heading", name="Bram")).to_be_visible()
    way.hands.press(noor, "button", "Neem alle rechten af")
    expect(noor.get_by_role("heading", name="Niet actief")).to_be_visible()
    way.hands.press(bram, "link", "Vandaag")
    expect(bram).to_have_url(re.compile("/staff/sign-in"))
    noor.goto(f"{served.base}/staff/audit?kind=rights")
    expect(noor.get_by_text("nam iemand alle rechten af: Bram")).to_be_visible()
    expect(noor.get_by_text("voegde een medewerker toe: Emma")).to_be_visible()
    found = {one.name: one for one in staff.everyone(served.staff.office, served.people["Noor"])}
    assert (found["Emma"].roles, found["Emma"].languages) == (frozenset({Role.TRANSLATOR}), ("ar",))
    assert not found["Bram"].active
    for context in (administrator, newcomer, leaver):
        context.close()
