"""`make browser`: every page of the table in every language, light and dark, on a phone and on a desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.web.staff.conftest import Desks
from tests.web.staff.looking import EVERY_SIGHT, faults_of, looking
from web.staff.here import LANGUAGES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_has_a_fault_at_any_sight(full: Desks, browser: Browser, lang: str) -> None:
    with looking(browser, lang=lang, scheme="light", width=1280) as context:
        assert faults_of(full, context, lang, EVERY_SIGHT) == {}
