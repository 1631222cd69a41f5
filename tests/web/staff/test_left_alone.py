"""What may happen while no one looks: a session ends, a scanner opens the link, the clock of the browser is wrong."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Route, expect

from mailer.services.administration import signing_in, staff
from mailer.services.translating import messages
from tests.web.staff.conftest import Desks, code_in, link_in
from tests.web.staff.looking import EVERY_SIGHT, faults_in, looking

REASON = "Er staat een fout telefoonnummer in, dat kan niet zo weg"
SLUG = "los-2026-24"
WAITS = f"/staff/issues/{SLUG}/"
"""Once its sentences are approved its editions are still to be made: the page asks every two seconds."""


def end_sessions(desks: Desks, name: str) -> None:
    signing_in.leave_everywhere(desks.staff.office, desks.people[name])


def test_a_session_that_ends_while_typing_costs_no_word(served: Desks, browser: Browser) -> None:
    with looking(browser, lang="nl", scheme="light", width=390) as context:
        page = served.visit(context, "Noor")
        page.goto(f"{served.base}/staff/people/new")
        page.get_by_label("Naam", exact=True).fill("Emma van der Zee")
        page.get_by_label("E-mailadres").fill("emma@voorbeeld.example")
        page.get_by_role("checkbox", name="vertaler").check()
        end_sessions(served, "Noor")
        page.get_by_role("button", name="Stuur de uitnodiging").click()
        page.get_by_role("heading", name="Log opnieuw in").wait_for()
        assert faults_in(page, "nl", EVERY_SIGHT) == []
        page.get_by_text("Wat je typte", exact=True).click()
        expect(page.locator("details.more")).to_contain_text("Emma van der Zee")
        with context.expect_page() as opened:
            page.get_by_role("link", name="Log in op een nieuw tabblad").click()
        opened.value.close()
        served.visit(context, "Noor").close()  # in again, in another tab
        page.get_by_role("button", name="Ik ben ingelogd").click()
        page.get_by_role("heading", name="Druk nog één keer").wait_for()
        assert faults_in(page, "nl", EVERY_SIGHT) == []
        page.get_by_role("button", name="Verstuur opnieuw").click()
        page.get_by_text("Emma van der Zee").first.wait_for()
    names = [one.name for one in staff.everyone(served.staff.office, served.people["Noor"])]
    assert names.count("Emma van der Zee") == 1


def test_a_page_that_asks_again_by_itself_becomes_the_way_in(served: Desks, browser: Browser) -> None:
    messages.approve_issue(served.staff.office, served.people["Bram"], SLUG)
    with looking(browser, lang="nl", scheme="light", width=390) as context:
        page, opened, way_in = served.visit(context, "Bram"), list[Route](), re.compile("/staff/sign-in")
        page.goto(f"{served.base}{WAITS}")
        page.locator("#issue[hx-trigger]").wait_for()

        def hold(route: Route) -> None:
            opened.append(route)

        page.route(way_in, hold)
        with page.expect_request(way_in):
            end_sessions(served, "Bram")
        page.wait_for_timeout(5000)  # the way in is long in coming: asking goes on no more
        assert len(opened) == 1
        opened[0].continue_()
        page.get_by_role("heading", name="Inloggen").wait_for()
        for name, number in (("main", 1), ("h1", 1), ("#main", 1), ("#issue", 0), (".brand", 1)):
            expect(page.locator(name), name).to_have_count(number)
        expect(page).to_have_url(f"{served.base}/staff/sign-in?next={WAITS}")
        page.wait_for_timeout(3000)
        assert len(opened) == 1


def test_a_page_that_cannot_renew_itself_says_so_and_one_that_may_not_becomes_the_reason(
    served: Desks, browser: Browser
) -> None:
    messages.approve_issue(served.staff.office, served.people["Bram"], SLUG)
    with looking(browser, lang="nl", scheme="light", width=390) as context:
        page, answers = served.visit(context, "Bram"), [502]
        page.goto(f"{served.base}{WAITS}")
        page.locator("#issue[hx-trigger]").wait_for()

        def broken(route: Route) -> None:
            if answers and "hx-request" in route.request.headers:
                route.fulfill(status=answers[0], content_type="text/html", body="<h1>nginx</h1>")
            else:
                route.continue_()

        page.route(re.compile(WAITS), broken)
        page.get_by_text("wordt even niet bijgewerkt").wait_for()
        expect(page.get_by_text("nginx")).to_have_count(0)
        answers.clear()
        page.get_by_text("wordt even niet bijgewerkt").wait_for(state="hidden")
        with page.expect_navigation(url=f"{served.base}{WAITS}"):
            answers.append(404)
        expect(page.get_by_text("nginx")).to_have_count(0)


def test_a_choice_made_after_the_session_ended_becomes_the_way_in_and_leads_back(
    served: Desks, browser: Browser
) -> None:
    with looking(browser, lang="nl", scheme="light", width=390) as context:
        page = served.visit(context, "Amina")
        page.goto(f"{served.base}/staff/issues/")
        end_sessions(served, "Amina")
        page.locator("#p-los").click()
        page.get_by_role("heading", name="Inloggen").wait_for()
        expect(page.locator("main")).to_have_count(1)
        page.get_by_label("Je e-mailadres").fill(served.people["Amina"].email)
        page.get_by_role("button", name="Mail mij een link").click()
        page.get_by_label("Of typ de code").fill(code_in(served.mails()[-1]))
        page.get_by_role("button", name="Verder met de code").click()
        page.locator('#p-los[aria-current="true"]').wait_for()


@pytest.mark.parametrize(("who", "way"), [("", "/staff/sign-in"), ("Sem", "/staff/second-step")])
def test_htmx_is_told_to_lead_the_whole_page(desks: Desks, who: str, way: str) -> None:
    client = desks.as_(who, fresh=False) if who else desks.client()
    asked = client.get(WAITS, base_url=desks.base, headers={"HX-Request": "true"})
    assert (asked.status_code, asked.get_data(), asked.headers["HX-Redirect"]) == (204, b"", f"{way}?next={WAITS}")
    plain = client.get(WAITS, base_url=desks.base)
    assert (plain.status_code, plain.headers["Location"]) == (303, asked.headers["HX-Redirect"])


def test_what_came_in_without_a_session_is_shown_and_not_done(desks: Desks) -> None:
    fields = {
        "name": "<script>alert(1)</script> a b",
        "email": "x@voorbeeld.example",
        "csrf": "x",
        "password": "geheim",
    }
    answer = desks.post(desks.client(), "/staff/people/new", **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "<script>alert" not in page
    assert "geheim" not in page
    assert len(staff.everyone(desks.staff.office, desks.people["Noor"])) == len(desks.people)
    foreign = desks.client().post("/staff/people/new", data=fields, base_url=desks.base)
    assert foreign.status_code == 403
    assert "alert(1)" not in foreign.get_data(as_text=True)


def test_a_scanner_that_opens_the_link_and_runs_its_scripts_leaves_it_good(served: Desks, browser: Browser) -> None:
    with looking(browser, lang="nl", scheme="light", width=1280) as own:
        page = own.new_page()
        page.goto(f"{served.base}/staff/sign-in")
        page.get_by_label("Je e-mailadres").fill(served.people["Amina"].email)
        page.get_by_role("button", name="Mail mij een link").click()
        page.get_by_role("heading", name="Kijk in je mailbox").wait_for()
        link = served.base + link_in(served.mails()[-1])
        before = served.contents()
        with looking(browser, lang="en", scheme="light", width=1280) as scanner:
            for _time in range(3):
                tab = scanner.new_page()
                tab.goto(link, wait_until="networkidle")
                expect(tab.locator("form")).to_have_count(0)
            assert scanner.cookies() == []
        assert served.contents() == before
        page.goto(link)
        page.get_by_role("button", name="Kom binnen").click()
        page.get_by_role("heading", name="Amina").wait_for()


@pytest.mark.parametrize("clock", [datetime(2019, 1, 1, 3, 0), datetime(2038, 1, 20, 23, 59)])  # noqa: DTZ001 - a wall
def test_a_browser_whose_clock_is_wrong_comes_in_and_stays_in(served: Desks, browser: Browser, clock: datetime) -> None:
    with looking(browser, lang="nl", scheme="light", width=1280) as context:
        context.clock.install(time=clock)
        page = context.new_page()
        served.come_in(page, "Amina")
        page.get_by_role("heading", name="Amina").wait_for()
        page.reload()
        page.get_by_role("heading", name="Amina").wait_for()
        page.goto(f"{served.base}/staff/me")
        page.get_by_label("English").check()
        page.get_by_role("button", name="Bewaar taal").click()
        page.locator('html[lang="en"]').wait_for()
