"""The pick list in a browser: what one ticks another sees, and a session that ends loses no tick."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from devtools.waiting import wait_for
from mailer.services.post import progress
from tests.support.post_office import PostOffice
from tests.web.staff.conftest import Desks
from tests.web.staff.looking import looking

PATIENT = 120_000
"""Milliseconds: the pages ask every two seconds, on a busy machine much later."""


def ticked(desks: Desks, run: int) -> Callable[[], set[int]]:
    def numbers() -> set[int]:
        found = progress.pile(desks.staff.office, desks.people["Sem"], run)
        return {one.number for one in found.pieces if one.is_filled}

    return numbers


def opened(desks: Desks, context: BrowserContext, run: int) -> Page:
    page = desks.visit(context, "Sem")
    page.set_default_timeout(PATIENT)
    page.goto(f"{desks.base}/staff/post/runs/{run}/fill")
    return page


def test_two_phones_tick_one_pile_and_a_session_that_ended_loses_nothing(served: Desks, browser: Browser) -> None:
    at = PostOffice(served.staff.office, served.people["Sem"]).open()
    at.add("Ada Voorbeeld", "Bo Voorbeeld", "Cas Voorbeeld")
    run = at.printed()
    numbers = ticked(served, run)
    with (
        looking(browser, lang="nl", scheme="light", width=390) as mine,
        looking(browser, lang="nl", scheme="light", width=390) as theirs,
    ):
        page, other = opened(served, mine, run), opened(served, theirs, run)
        page.get_by_role("button", name="Stuk 1 is gevuld").click()
        expect(other.locator("#p1")).to_be_checked(timeout=PATIENT)
        other.locator("#p3").check()
        expect(page.locator("#p3")).to_be_checked(timeout=PATIENT)
        wait_for(lambda: numbers() == {1, 3}, numbers)
        mine.clear_cookies()
        page.locator("#p2").check()
        page.get_by_label("Je e-mailadres").wait_for()  # the way in
        assert numbers() == {1, 3}
        page = opened(served, mine, run)
        wait_for(lambda: numbers() == {1, 2, 3}, numbers)
        expect(page.get_by_role("link", name="Alles is gevuld: verder")).to_be_visible(timeout=PATIENT)
