"""Stories of an administrator in Chromium: what the organisation says of itself changes, and nobody is surprised."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.staff.conftest import SENT, Desks
from tests.web.staff.looking import looking
from tests.web.staff.own_house import approved, by_hand

pytestmark = pytest.mark.browser


def organisation(desks: Desks, page: Page) -> None:
    page.goto(f"{desks.base}/staff/organisation")
    expect(page.get_by_role("heading", name="Organisatie", level=1)).to_be_visible()


def test_the_helpline_changes_and_two_approvals_fall(served: Desks, browser: Browser) -> None:
    issue = served.staff.office.content.folder / "issues" / SENT / "issue.md"
    whole = issue.read_text("utf-8")
    two = whole.replace(", noo-relations]", "]").replace("noo-relations", "noo-national")
    assert two != whole
    issue.write_text(two, "utf-8")
    approved(served)
    with looking(browser, lang="nl", scheme="light", width=390) as context:
        page = served.visit(context, "Noor")
        organisation(served, page)
        page.get_by_label("Hulplijn").fill("010-000 0177")
        page.get_by_role("button", name="Bewaar").first.click()
        expect(page.get_by_role("heading", name="Goedkeuringen die vervallen: 2")).to_be_visible()
        expect(page.get_by_text("Solidaire Rotterdammers, Nederlands")).to_be_visible()
        page.get_by_role("link", name="Laat zoals het was").click()
        expect(page.get_by_label("Hulplijn")).to_have_value("010-000 0199")
        page.get_by_label("Hulplijn").fill("010-000 0177")
        page.get_by_role("button", name="Bewaar").first.click()
        page.get_by_role("button", name="Bewaar toch").click()
        expect(page.get_by_label("Hulplijn")).to_have_value("010-000 0177")
        expect(page.get_by_role("heading", name="Veranderd")).to_be_visible()
        page.goto(f"{served.base}/nl/privacy")
        expect(page.get_by_text("010-000 0177")).to_be_visible()
    with looking(browser, lang="nl", scheme="light", width=1280) as context:
        page = served.visit(context, "Amina")
        page.goto(f"{served.base}/staff/issues/{SENT}/approve")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("button.primary.large")).to_be_visible()


def test_who_is_second_sees_both_values_and_loses_nothing(served: Desks, browser: Browser) -> None:
    with looking(browser, lang="nl", scheme="light", width=1280) as context:
        page = served.visit(context, "Noor")
        organisation(served, page)
        by_hand(served, 'helpline = "010-000 0199"', 'helpline = "010-000 0144"')
        page.get_by_label("Hulplijn").fill("010-000 0177")
        page.get_by_label("Website").fill("https://voorbeeld.example")
        page.get_by_role("button", name="Bewaar").first.click()
        expect(page.get_by_role("heading", name="Intussen veranderd")).to_be_visible()
        expect(page.get_by_text("010-000 0144")).to_be_visible()
        page.get_by_role("region").or_(page.locator("section")).filter(has_text="Wat jij invulde").get_by_label(
            "Houd deze"
        ).check()
        page.get_by_role("button", name="Bewaar wat ik koos").click()
        expect(page.get_by_label("Hulplijn")).to_have_value("010-000 0177")
        expect(page.get_by_label("Website")).to_have_value("https://voorbeeld.example")
