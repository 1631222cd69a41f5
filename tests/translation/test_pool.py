"""Who translates what by when: one mail, not two, and questions reach the editor."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from database.session import Store
from mailer.content import Content
from mailer.ledger.notices import Notice
from mailer.services.office import Office
from mailer.services.translating import following, pool, remarks
from staff.people import Person, add_person
from staff.roles import Role
from tests.support.house import ROOT, house
from tests.support.office import office_of
from tests.support.staff_mail import mailed
from wording.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError

SLUG = "meldpunt-2026-3"
DUE = date(2026, 12, 1)
HEADING = "Bellen en internet"


@pytest.fixture
def office(store: Store, content: Content) -> Office:
    """The example content, of which nothing is translated any more."""
    shutil.rmtree(content.folder / "translations")
    return office_of(store, content.folder)


def on(office: Office, day: date) -> Office:
    """The same office at noon of another day."""
    return replace(office, clock=lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def person(store: Store, name: str, role: Role, *languages: str) -> Person:
    with store.transaction() as session:
        return add_person(session, name, f"{name}@voorbeeld.example", [role], languages)


def queued(store: Store) -> list[Notice]:
    return mailed(store, house())


def test_a_translator_gets_one_digest_at_seven_two_and_no_days(office: Office, store: Store) -> None:
    """Two languages, one mail; run twice a day, or not at all for three days, and no one is reminded twice.

    The first mail says that both were given.
    """
    bram, noor = person(store, "bram", Role.EDITOR), person(store, "noor", Role.TRANSLATOR, "en", "ar")
    for locale in ("en", "ar"):
        pool.assign(office, bram, SLUG, locale, to=noor, due=DUE)
    mails: list[int] = []
    for before in (9, 7, 7, 6, 1, 0, 0, -1):
        pool.remind_due(on(office, DUE - timedelta(days=before)))
        mails.append(len(queued(store)))
    assert mails == [1, 2, 2, 2, 3, 4, 4, 4]
    first = queued(store)[1]
    assert first.to == "noor@voorbeeld.example"
    assert first.text.count(SLUG) == 2
    assert "December 1, 2026" in first.text


def test_what_is_translated_needs_no_reminder(store: Store, tmp_path: Path) -> None:
    office = office_of(store, tmp_path)
    for folder in (f"issues/{SLUG}", "issues/standing", "translations"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    bram, layla = person(store, "bram", Role.EDITOR), person(store, "layla", Role.TRANSLATOR, "ar")
    pool.assign(office, bram, SLUG, "ar", to=layla, due=DUE)
    assert pool.remind_due(on(office, DUE)) == {}
    assert ["هل تترجم هذا؟" in one.subject for one in queued(store)] == [True], "only that it was given to her"


def test_work_is_given_by_an_editor_to_someone_who_knows_the_language(office: Office, store: Store) -> None:
    bram, layla = person(store, "bram", Role.EDITOR), person(store, "layla", Role.TRANSLATOR, "ar")
    for slug, locale, by, error in (
        (SLUG, "ar", layla, NotAllowedError),
        (SLUG, "en", bram, InvalidInputError),
        ("los-2026-24", "ar", bram, NotFoundError),
    ):
        with pytest.raises(error):
            pool.assign(office, by, slug, locale, to=layla, due=DUE)
    assert [one.name for one in pool.translators_of(office, bram, "ar")] == ["layla"]


def test_a_new_assignment_takes_the_place_of_the_old_one(office: Office, store: Store) -> None:
    bram = person(store, "bram", Role.EDITOR)
    layla, yusuf = (person(store, name, Role.TRANSLATOR, "ar") for name in ("layla", "yusuf"))
    for who in (layla, yusuf):
        pool.assign(office, bram, SLUG, "ar", to=who, due=DUE)
    assert [(one.person, one.name) for one in pool.assignments(office, layla, SLUG)] == [(yusuf.uid, "yusuf")]


def test_a_question_waits_for_the_editor_and_is_answered_once(office: Office, store: Store) -> None:
    following.extract_issue(office, SLUG)
    bram, layla = person(store, "bram", Role.EDITOR), person(store, "layla", Role.TRANSLATOR, "ar")
    asked = remarks.comment(office, layla, SLUG, "ar", msgid=HEADING, words="Welke telefoons?", question=True)
    remarks.comment(office, layla, SLUG, "ar", msgid=HEADING, words="Mooi.")
    assert [(one.msgid, one.words, one.name, one.waits) for one in remarks.comments(office, bram, SLUG, "ar")] == [
        (HEADING, "Welke telefoons?", "layla", True),
        (HEADING, "Mooi.", "layla", False),
    ]
    with pytest.raises(NotAllowedError):
        remarks.answered(office, layla, asked.number)
    remarks.answered(office, bram, asked.number)
    assert not any(one.waits for one in remarks.comments(office, bram, SLUG, "ar"))
    for number, error in ((asked.number, ConflictError), (asked.number + 1, NotFoundError), (10**30, NotFoundError)):
        with pytest.raises(error):
            remarks.answered(office, bram, number)
    for msgid, words, wrong in (("bestaat niet", "x", ConflictError), (HEADING, "  ", InvalidInputError)):
        with pytest.raises(wrong):
            remarks.comment(office, layla, SLUG, "ar", msgid=msgid, words=words)
