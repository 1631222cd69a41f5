"""Every page of the table once in Dutch on a desk and once in Arabic on a phone; and no page beside the table."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.web.staff.conftest import Desks
from tests.web.staff.examples import NO_PAGE, example_of, examples, pages
from tests.web.staff.looking import Sight, faults_of, looking
from web.staff import me
from web.staff.pages import ROUTES
from web.staff.routes import Access, Route


@pytest.mark.parametrize(("lang", "sight"), [("nl", Sight(1280, "light")), ("ar", Sight(360, "dark"))])
def test_no_page_has_a_fault(full: Desks, browser: Browser, lang: str, sight: Sight) -> None:
    with looking(browser, lang=lang, scheme=sight.scheme, width=sight.width) as context:
        assert faults_of(full, context, lang, [sight]) == {}


def test_there_is_no_staff_page_beside_the_table(desks: Desks) -> None:
    served = {(rule.rule, rule.endpoint) for rule in desks.app.url_map.iter_rules() if rule.rule.startswith("/staff")}
    assert served == {(f"/staff{route.path}", f"staff.{route.name}") for route in ROUTES}


def test_every_route_has_an_example(full: Desks) -> None:
    assert {one.route.name for one in examples(full)} == {route.name for route in ROUTES}
    assert {"/mailings/1", "/mailings/1/cancel"} <= {*pages(full)}
    with pytest.raises(KeyError):
        example_of(Route("/things/<thing>", "thing", me.me, Access.SIGNED_IN), full)
    assert NO_PAGE.keys() <= {route.name for route in ROUTES}


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
