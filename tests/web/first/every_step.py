"""`make browser`: every step of the first run, and the page before it, in every language and at every sight."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from commands.demo_people import DemoPeople
from commands.first_run import InFolder
from devtools.servers import free_port
from mailer.services.administration import starting
from mailer.services.administration.starting import Start, Step
from tests.support.answering import answered
from tests.web.staff.conftest import desks_in
from tests.web.staff.looking import EVERY_SIGHT, faults_in, looking, overhear
from web.app import create_app
from web.first.pages import create_first_app
from web.first.running import FirstPerson
from web.front import Front
from web.staff.here import LANGUAGES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_step_of_the_first_run_has_a_fault(tmp_path: Path, browser: Browser, lang: str) -> None:
    port, folder = free_port(), tmp_path / "nieuw"
    run = InFolder(folder, "", f"http://localhost:{port}", lambda: None)
    with (
        answered(Front(create_first_app(run)), port) as base,
        looking(browser, lang=lang, scheme="light", width=1280) as context,
    ):
        page = context.new_page()
        said = overhear(page, base)
        link = f"{base}/staff/first/{run.token}"
        page.goto(f"{base}/staff/")
        found = [*said, *faults_in(page, lang, EVERY_SIGHT)]
        for step in Step:
            if step is Step.KEYS:
                run.found(Start("Zee & Wind", ("nl", "ar")), FirstPerson("Noor", "noor@zeewind.example"))
                page.goto(f"{link}/paper?lang={lang}")
                found += faults_in(page, lang, EVERY_SIGHT)
            elif step is not Step.US:
                starting.go_to(folder, step)
            page.goto(f"{link}?lang={lang}")
            found += [*said, *faults_in(page, lang, EVERY_SIGHT)]
        run.close()
    assert found == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_the_demo_has_no_fault(migrated_file: Path, tmp_path: Path, browser: Browser, lang: str) -> None:
    with desks_in(tmp_path / "desks", migrated_file) as desks:
        people = DemoPeople(desks.store)
        app = create_app(desks.staff.office, hosts=("localhost",), pages=desks.base, demo=people)
        with (
            answered(Front(app), int(desks.base.rpartition(":")[2])) as base,
            looking(browser, lang=lang, scheme="light", width=1280) as context,
        ):
            page = context.new_page()
            said = overhear(page, base)
            page.goto(f"{base}/staff/demo?lang={lang}")
            assert [*said, *faults_in(page, lang, EVERY_SIGHT)] == []
