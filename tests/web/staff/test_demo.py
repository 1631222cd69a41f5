"""`postduif demo --serve`: a visitor chooses whom to be, on a page that exists in the demo alone."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, expect

from commands.demo_people import DemoPeople
from devtools.served_demo import served_demo
from tests.support.house import ROOT
from tests.web.staff.conftest import SAME_ORIGIN, Desks
from tests.web.staff.looking import EVERY_SIGHT, faults_in, looking, overhear
from web.app import create_app
from web.staff.pages import DEMO_ROUTES, ROUTES

WORK = {
    "Bram": "Nummers",
    "Yasmin": "Nummers",
    "Sem": "Postkamer",
    "Noor": "Mensen",
}
"""What each of them finds that is theirs."""


def test_the_demo_is_looked_at_as_each_of_its_people(tmp_path: Path, browser: Browser, content: object) -> None:
    with (
        served_demo("--readers", "30", "--addressees", "6", content=tmp_path / "content") as base,
        looking(browser, lang="nl", scheme="light", width=390) as context,
    ):
        page = context.new_page()
        said = overhear(page, base)
        page.goto(f"{base}/staff/")
        page.get_by_role("heading", name="Wie ben je in de demo?").wait_for()
        assert [*said, *faults_in(page, "nl", EVERY_SIGHT)] == []
        for name, work in WORK.items():
            page.get_by_role("button", name=f"Ga verder als {name}").click()
            page.get_by_role("heading", name=f"Dag {name}").wait_for()
            expect(page.locator("body")).to_contain_text(work)
            page.locator("details.me summary").click()
            page.get_by_role("button", name="Uitloggen").click()
            page.get_by_role("heading", name="Wie ben je in de demo?").wait_for()
    # what it ends with, without a server: each mail as a page, each file to print
    links = every_link_of(tmp_path / "content" / "var" / "demo" / "index.html")
    filed = [path.read_bytes() for path in (tmp_path / "content" / "var" / "demo" / "Maildir" / "new").iterdir()]
    newsletters = sum(b"\nFeedback-ID: " in one for one in filed)
    assert len({link for link in links if link.startswith("mails/")}) == newsletters
    assert any(link.startswith("print/") and link.endswith(".pdf") for link in links)


def every_link_of(page: Path) -> set[str]:
    """Where its links lead, each to a file that is there."""
    found = {unquote(link) for link in re.findall(r'href="([^"]+)"', page.read_text("utf-8"))}
    assert all((page.parent / link).is_file() for link in found), found
    return found


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS"])
def test_outside_the_demo_there_is_no_such_page(desks: Desks, method: str) -> None:
    fields = {"person": str(desks.people["Noor"].uid)}
    for client in (desks.client(), desks.as_("Bram")):
        answer = client.open("/staff/demo", method=method, data=fields, headers=SAME_ORIGIN, base_url=desks.base)
        assert answer.status_code == 404
        assert not answer.headers.getlist("Set-Cookie")
    assert not {route.name for route in DEMO_ROUTES} & {route.name for route in ROUTES}


def test_no_command_but_the_demo_knows_its_people() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for room in ("commands", "web", "worker", "mailer", "staff", "subscribers", "database")
        for path in (ROOT / room).rglob("*.py")
        if "demo_people" in path.read_text("utf-8") or "DemoPeople" in path.read_text("utf-8")
    }
    assert users == {"commands/demo.py", "commands/demo_people.py"}


def test_a_person_who_is_not_in_the_demo_is_no_choice(desks: Desks) -> None:
    app = create_app(desks.staff.office, hosts=("localhost",), pages=desks.base, demo=DemoPeople(desks.store))
    for uid in ("", "x", "00000000-0000-0000-0000-000000000000", "' OR 1=1 --"):
        answer = app.test_client().post("/staff/demo", data={"person": uid}, headers=SAME_ORIGIN, base_url=desks.base)
        assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, [])
    foreign = app.test_client().post("/staff/demo", data={"person": str(desks.people["Noor"].uid)}, base_url=desks.base)
    assert foreign.status_code == 403
