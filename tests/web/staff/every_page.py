"""`make browser`: every page of the table in every language, light and dark, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from staff.people import set_interface
from tests.web.staff.conftest import SENT, Desks, answering, desks_in, fill, fill_post, mistaken
from tests.web.staff.looking import EVERY_SIGHT, faults_in, faults_of, looking
from web.staff.here import LANGUAGES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_has_a_fault_at_any_sight(full: Desks, browser: Browser, lang: str) -> None:
    with looking(browser, lang=lang, scheme="light", width=1280) as context:
        assert faults_of(full, context, lang, EVERY_SIGHT) == {}


@pytest.fixture(scope="module")
def mistake(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """An office where what was sent has a mistake in it, which can be corrected."""
    with desks_in(tmp_path_factory.mktemp("mistake") / "desks", migrated_file) as opened:
        fill(opened)
        fill_post(opened)
        mistaken(opened)
        with answering(opened):
            yield opened


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_a_correction_has_no_fault_at_any_sight(mistake: Desks, browser: Browser, lang: str) -> None:
    with looking(browser, lang=lang, scheme="light", width=1280) as context:
        for name in ("Bram", "Amina"):
            with mistake.store.transaction() as session:
                set_interface(session, mistake.people[name].uid, lang)
            page = mistake.visit(context, name)
            page.goto(f"{mistake.base}/staff/issues/{SENT}/correct")
            expect(page.locator("table tbody tr")).to_have_count(1)
            assert faults_in(page, lang, EVERY_SIGHT) == []
            context.clear_cookies()
