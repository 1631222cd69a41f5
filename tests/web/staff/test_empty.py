"""An organisation that has nothing yet: every staff page says how to begin."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from staff.people import add_person, set_interface
from staff.roles import Role
from tests.web.staff.conftest import Desks
from tests.web.staff.examples import NO_PAGE, SLOT
from tests.web.staff.looking import EVERY_SIGHT, faults_in, looking
from web.staff.here import LANGUAGES
from web.staff.pages import ROUTES
from web.staff.routes import Access

BEGINS = {
    "/": "/staff/issues/new?publication=los",
    "/issues": "/staff/issues/new",
    "/mailings": "/staff/issues",
    "/post": "/staff/post/centres/new",
    "/post/returned": "/staff/post",
    "/post/people": "/staff/post/people/new",
    "/post/people/new": "/staff/post/centres/new",
    "/post/centres": "/staff/post/centres/new",
    "/readers": "/staff/readers/import",
    "/returned": "/staff/health",
    "/people": "/staff/people/new",
    "/organisation/newsletters": "/staff/organisation/newsletters/new",
    "/audit": "/staff/audit/head",
}
"""Where the first step is, by page; any other page has a form of its own, which is the first step."""
SHOWS = {"/audit/register"}
"""Made of the tables alone: there is nothing to begin."""
EMPTY = ("/mailings", "/post", "/post/returned", "/post/people", "/post/centres", "/readers", "/health", "/issues")
"""Pages with the bird on its nest."""


@pytest.fixture
def nothing(desks: Desks) -> Desks:
    """Settings, and one person who does everything; no issue, reader, centre, mailing or look."""
    folder: Path = desks.staff.office.content.folder
    for name in ("issues", "translations"):
        shutil.rmtree(folder / name)
        (folder / name).mkdir()
    with desks.store.transaction() as session:
        desks.people["Al"] = add_person(session, "Al", "al@voorbeeld.example", list(Role), ["ar"])
    return desks


def paths() -> list[str]:
    """Every page that one can be on who came in, without anything being there."""
    return [
        route.path
        for route in ROUTES
        if "GET" in route.methods
        and not SLOT.search(route.path)
        and route.name not in NO_PAGE
        and route.may not in (Access.PUBLIC, Access.HALF_IN)
    ]


def test_every_page_of_an_empty_organisation_says_how_to_begin(nothing: Desks) -> None:
    client, lost = nothing.as_("Al"), []
    for path in paths():
        answer = client.get(f"/staff{path}", base_url=nothing.base)
        assert answer.status_code == 200, (path, answer.status)
        main = re.sub(r"<nav.*?</nav>", "", answer.get_data(as_text=True).split("<main", 1)[1], flags=re.DOTALL)
        first = f'href="{BEGINS[path]}"' if path in BEGINS else '<form[^>]* method="post"'
        begins = first in main if path in BEGINS else re.search(first, main) is not None
        nest = 'class="sheet empty"' in main
        if not (begins or path in SHOWS) or nest != (path in EMPTY):
            lost.append((path, begins, nest))
    assert lost == []
    assert {*BEGINS, *EMPTY, *SHOWS} <= {*paths()}


def test_each_first_step_leads_to_a_page_that_is_there(nothing: Desks) -> None:
    client = nothing.as_("Al")
    for way in BEGINS.values():
        assert client.get(way, base_url=nothing.base, follow_redirects=True).status_code == 200, way


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_empty_page_has_a_fault(nothing: Desks, served: Desks, browser: Browser, lang: str) -> None:
    with nothing.store.transaction() as session:
        set_interface(session, nothing.people["Al"].uid, lang)
    with looking(browser, lang=lang, scheme="light", width=1280) as context:
        page = served.visit(context, "Al")
        for path in EMPTY:
            page.goto(f"{nothing.base}/staff{path}")
            expect(page.locator(".empty")).to_have_count(1)
            assert faults_in(page, lang, EVERY_SIGHT) == [], path
