"""Every page of the table once in Dutch on a desk and once in Arabic on a phone; and no page beside the table."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.web.staff.conftest import Desks
from tests.web.staff.looking import Sight, faults_of, looking
from web.staff.pages import ROUTES


@pytest.mark.parametrize(("lang", "sight"), [("nl", Sight(1280, "light")), ("ar", Sight(360, "dark"))])
def test_no_page_has_a_fault(served: Desks, browser: Browser, lang: str, sight: Sight) -> None:
    with looking(browser, lang=lang, scheme=sight.scheme, width=sight.width) as context:
        assert faults_of(served, context, lang, [sight]) == {}


def test_there_is_no_staff_page_beside_the_table(desks: Desks) -> None:
    served = {(rule.rule, rule.endpoint) for rule in desks.app.url_map.iter_rules() if rule.rule.startswith("/staff")}
    assert served == {(f"/staff{route.path}", f"staff.{route.name}") for route in ROUTES}


def test_every_page_that_can_be_looked_at_has_an_example() -> None:
    pages = [route for route in ROUTES if "GET" in route.methods]
    without = {route.name for route in pages if not route.example}
    looked_at_where_they_are_made = {"sign_in_code", "sign_in_link", "frame", "booklet", "mailing", "cancel"}
    assert without == looked_at_where_they_are_made


def test_a_passkey_lets_in_who_made_it(served: Desks, browser: Browser) -> None:
    with looking(browser, lang="nl", scheme="light", width=390) as context:
        page = served.visit(context, "Noor")
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        page.goto(f"{served.base}/staff/set-up?next=/staff/me")
        page.get_by_role("button", name="Maak een toegangssleutel").click()
        page.get_by_role("heading", name="Maak codes voor op papier").wait_for()
        page.get_by_role("button", name="Maak nieuwe codes").click()
        page.get_by_role("heading", name="Schrijf deze codes op").wait_for()
        context.clear_cookies()
        token = served.session_of("Noor", fresh=False)
        context.add_cookies([{"name": "staff-localhost", "value": token, "domain": "localhost", "path": "/staff"}])
        page.goto(f"{served.base}/staff/me")
        page.get_by_role("heading", name="Nog één stap").wait_for()
        page.get_by_role("button", name="Gebruik je toegangssleutel").click()
        page.get_by_role("heading", name="Mijn instellingen").wait_for()
