"""Who translates what by when: one mail, not two, and questions reach the editor."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from database.base import now
from database.session import Store
from mailer.content import Content
from mailer.ledger import notices, translators
from mailer.services.translating import pool
from mailer.services.translating.messages import extract_issue
from staff.people import Person, add_person
from staff.roles import Role
from tests.support.house import ROOT, house
from wording.errors import NotAllowedError

SLUG = "meldpunt-2026-3"
DUE = date(2026, 12, 1)
HEADING = "Bellen en internet"


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """The detention issue, of which nothing is translated any more."""
    for folder in (f"issues/{SLUG}", "issues/los-2026-24", "issues/standing"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return Content(tmp_path, house())


def person(store: Store, name: str, role: Role, *languages: str) -> Person:
    with store.transaction() as session:
        return add_person(session, name, f"{name}@voorbeeld.example", [role], languages)


def queued(store: Store) -> list[notices.Notice]:
    with store.reading() as session:
        return notices.due(session, now())


def test_a_translator_gets_one_digest_at_seven_two_and_no_days(content: Content, store: Store) -> None:
    """Two languages, one mail; run twice a day, or not at all for three days, and nobody is reminded twice."""
    bram, noor = person(store, "bram", Role.EDITOR), person(store, "noor", Role.TRANSLATOR, "en", "ar")
    for locale in ("en", "ar"):
        pool.assign(content, store, SLUG, locale, person=noor, due=DUE, by=bram)
    mails: list[int] = []
    for before in (9, 7, 7, 6, 1, 0, 0, -1):
        pool.remind(content, store, DUE - timedelta(days=before))
        mails.append(len(queued(store)))
    assert mails == [0, 1, 1, 1, 2, 3, 3, 3]
    first = queued(store)[0]
    assert first.to == "noor@voorbeeld.example"
    assert first.text.count(SLUG) == 2
    assert DUE.isoformat() in first.text


def test_what_is_translated_needs_no_reminder(store: Store, tmp_path: Path) -> None:
    content = Content(tmp_path, house())
    for folder in (f"issues/{SLUG}", "issues/standing", "translations"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    bram, layla = person(store, "bram", Role.EDITOR), person(store, "layla", Role.TRANSLATOR, "ar")
    pool.assign(content, store, SLUG, "ar", person=layla, due=DUE, by=bram)
    assert pool.remind(content, store, DUE) == {}
    assert queued(store) == []


def test_work_is_given_by_an_editor_to_somebody_who_knows_the_language(content: Content, store: Store) -> None:
    bram, layla = person(store, "bram", Role.EDITOR), person(store, "layla", Role.TRANSLATOR, "ar")
    for slug, locale, who, by in (
        (SLUG, "ar", layla, layla),
        (SLUG, "en", layla, bram),
        ("los-2026-24", "ar", layla, bram),
    ):
        with pytest.raises(NotAllowedError):
            pool.assign(content, store, slug, locale, person=who, due=DUE, by=by)
    assert [one.name for one in pool.translators_of(store, "ar")] == ["layla"]


def test_a_new_assignment_takes_the_place_of_the_old_one(content: Content, store: Store) -> None:
    bram = person(store, "bram", Role.EDITOR)
    layla, yusuf = (person(store, name, Role.TRANSLATOR, "ar") for name in ("layla", "yusuf"))
    for who in (layla, yusuf):
        pool.assign(content, store, SLUG, "ar", person=who, due=DUE, by=bram)
    assert [one.person for one in pool.assignments(store, SLUG)] == [yusuf.uid]


def test_a_question_waits_for_the_editor_and_is_answered_once(content: Content, store: Store) -> None:
    extract_issue(content, SLUG)
    bram, layla = person(store, "bram", Role.EDITOR), person(store, "layla", Role.TRANSLATOR, "ar")
    row = pool.comment(content, store, SLUG, "ar", msgid=HEADING, words="Welke telefoons?", person=layla, question=True)
    with store.reading() as session:
        assert [(one.words, one.is_question) for one in translators.comments(session, SLUG, "ar", HEADING)] == [
            ("Welke telefoons?", True)
        ]
    with pytest.raises(NotAllowedError):
        pool.answered(store, row.id, layla)
    assert [pool.answered(store, row.id, bram) for _time in range(2)] == [True, False]
    for msgid, words in (("bestaat niet", "x"), (HEADING, "  ")):
        with pytest.raises(NotAllowedError):
            pool.comment(content, store, SLUG, "ar", msgid=msgid, words=words, person=layla)
