"""Anyone who may not gets nothing from the doors of translating, and nothing changes; what is missing is said so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from database.audit import AuditRow
from database.session import Store
from mailer.services.office import Office
from mailer.services.translating import files, following, messages, pool, release, remarks
from mailer.translation.extract import STANDING
from staff.people import Person
from staff.permissions import PERMISSIONS, Permission
from staff.roles import Role
from tests.support.desk_people import EDITOR
from tests.support.house import ROOT
from tests.support.office import office_of
from tests.support.unchanged import everything
from wording.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError

SLUG = "meldpunt-2026-3"
HEADING = "Bellen en internet"
DUE = date(2026, 12, 1)
LAYLA = Person(UUID(int=1), "Layla", "layla@los.example", frozenset({Role.TRANSLATOR}), ("ar",))

Door = Callable[[Office, Person, str, str], object]
"""Called with an issue and a locale."""

DOORS: dict[str, tuple[Permission, Door]] = {
    "update": (Permission.EDIT_ISSUES, lambda office, who, slug, _locale: following.update_issue(office, who, slug)),
    "status": (Permission.SEE_ISSUES, lambda office, who, slug, _locale: release.status(office, who, slug)),
    "assignments": (Permission.SEE_ISSUES, lambda office, who, slug, _locale: pool.assignments(office, who, slug)),
    "save": (
        Permission.TRANSLATE,
        lambda office, who, slug, locale: messages.save(office, who, slug, locale, msgid=HEADING, msgstr="x", seen=""),
    ),
    "message": (
        Permission.TRANSLATE,
        lambda office, who, slug, locale: messages.message_called(office, who, slug, locale, "Bellen"),
    ),
    "approve": (Permission.TRANSLATE, messages.approve),
    "approve issue": (
        Permission.TRANSLATE,
        lambda office, who, slug, _locale: messages.approve_issue(office, who, slug),
    ),
    "dismiss": (
        Permission.TRANSLATE,
        lambda office, who, slug, locale: messages.dismiss(
            office, who, slug, locale, msgid=HEADING, check="numbers", reason="x"
        ),
    ),
    "comment": (
        Permission.TRANSLATE,
        lambda office, who, slug, locale: remarks.comment(office, who, slug, locale, msgid=HEADING, words="x"),
    ),
    "comments": (Permission.TRANSLATE, remarks.comments),
    "export": (Permission.TRANSLATE, files.export),
    "import": (
        Permission.TRANSLATE,
        lambda office, who, slug, locale: files.bring_back(office, who, slug, locale, data=b"", file="x.po"),
    ),
    "hold": (
        Permission.RELEASE_LANGUAGES,
        lambda office, who, slug, locale: release.hold(office, who, slug, locale, reason="x"),
    ),
    "leave out": (
        Permission.RELEASE_LANGUAGES,
        lambda office, who, slug, locale: release.leave_out(office, who, slug, locale, reason="x"),
    ),
    "override": (
        Permission.RELEASE_LANGUAGES,
        lambda office, who, slug, locale: release.override(office, who, slug, locale, reason="x"),
    ),
    "undo": (Permission.RELEASE_LANGUAGES, release.undo),
    "assign": (
        Permission.ASSIGN_TRANSLATORS,
        lambda office, who, slug, locale: pool.assign(office, who, slug, locale, to=LAYLA, due=DUE),
    ),
    "pool": (
        Permission.ASSIGN_TRANSLATORS,
        lambda office, who, _slug, locale: pool.translators_of(office, who, locale),
    ),
    "remind": (Permission.ASSIGN_TRANSLATORS, lambda office, who, _slug, _locale: pool.remind(office, who)),
    "answered": (Permission.ASSIGN_TRANSLATORS, lambda office, who, _slug, _locale: remarks.answered(office, who, 1)),
}
OF_A_LOCALE = [door for door in DOORS if DOORS[door][0] is Permission.TRANSLATE]
WITHOUT_ISSUE = {"pool", "remind", "answered"}
WITHOUT_LOCALE = {"update", "status", "assignments", "approve issue", *WITHOUT_ISSUE}


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Office:
    for folder in (f"issues/{SLUG}", "issues/standing", "translations"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return office_of(store, tmp_path, people=(LAYLA, EDITOR))


@pytest.mark.parametrize("door", DOORS)
def test_who_has_every_role_but_those_that_may_is_refused_and_nothing_changes(office: Office, door: str) -> None:
    permission, enter = DOORS[door]
    others = frozenset(role for role in Role if permission not in PERMISSIONS[role])
    before = everything(office)
    with pytest.raises(NotAllowedError):
        enter(office, Person(UUID(int=2), "Kees", "kees@los.example", others, ("ar",)), SLUG, "ar")
    assert everything(office) == before


@pytest.mark.parametrize("door", OF_A_LOCALE)
def test_a_translator_of_another_language_is_refused_and_nothing_changes(office: Office, door: str) -> None:
    before = everything(office)
    with pytest.raises(NotAllowedError, match="en"):
        DOORS[door][1](office, LAYLA, SLUG, "en")
    assert everything(office) == before


@pytest.mark.parametrize("slug", ["los-1999-1", "../../etc", ""])
@pytest.mark.parametrize("door", sorted(set(DOORS) - WITHOUT_ISSUE))
def test_an_issue_that_is_not_there_is_not_found_and_nothing_changes(office: Office, door: str, slug: str) -> None:
    before = everything(office)
    with pytest.raises(NotFoundError):
        DOORS[door][1](office, EDITOR, slug, "ar")
    assert everything(office) == before


@pytest.mark.parametrize("locale", ["xx", "nl", "../en"])
@pytest.mark.parametrize("door", sorted(set(DOORS) - WITHOUT_LOCALE - {"assign"}))
def test_a_language_that_is_not_translated_into_is_not_found_and_nothing_changes(
    office: Office, door: str, locale: str
) -> None:
    before = everything(office)
    with pytest.raises(NotFoundError):
        DOORS[door][1](office, EDITOR, SLUG, locale)
    assert everything(office) == before


def test_work_is_not_given_in_a_language_that_no_one_translates_into(office: Office) -> None:
    with pytest.raises(InvalidInputError):
        pool.assign(office, EDITOR, SLUG, "xx", to=LAYLA, due=DUE)


def test_a_message_that_is_no_longer_there_is_a_conflict_and_nothing_changes(office: Office) -> None:
    before = everything(office)
    for enter in (
        lambda: messages.save(office, LAYLA, SLUG, "ar", msgid="weg", msgstr="x", seen=""),
        lambda: messages.dismiss(office, LAYLA, SLUG, "ar", msgid="weg", check="numbers", reason="x"),
        lambda: remarks.comment(office, LAYLA, SLUG, "ar", msgid="weg", words="x"),
    ):
        with pytest.raises(ConflictError):
            enter()
    assert everything(office) == before


def test_a_check_of_another_name_is_not_found(office: Office) -> None:
    """No column could hold it, and no check is called so."""
    with pytest.raises(NotFoundError):
        messages.dismiss(office, LAYLA, SLUG, "ar", msgid=HEADING, check="x" * 21, reason="x")


def test_extracting_needs_no_person_and_approves_nothing(office: Office) -> None:
    """It is a command of its own for anyone who keeps the files in git, without keys and without a database."""
    before = everything(office)
    following.extract_issue(office, SLUG)
    after = everything(office)
    assert {name for name in before if before[name] != after[name]} <= {
        name for name in before if name.endswith((".po", ".pot"))
    }


def test_what_is_approved_decided_and_given_is_in_the_audit_trail_with_the_person(office: Office) -> None:
    messages.approve(office, LAYLA, STANDING, "ar")
    messages.approve(office, LAYLA, STANDING, "ar")  # nothing new: no row
    following.update_issue(office, EDITOR, SLUG)
    release.hold(office, EDITOR, SLUG, "ar", reason="ziek")
    pool.assign(office, EDITOR, SLUG, "ar", to=LAYLA, due=DUE)
    messages.dismiss(office, LAYLA, SLUG, "ar", msgid=HEADING, check="numbers", reason="mag")
    with office.store.reading() as session:
        written = [(one.event, one.actor) for one in session.scalars(select(AuditRow).order_by(AuditRow.seq))]
    layla, editor = str(LAYLA.uid), str(EDITOR.uid)
    assert written == [("approve", layla), ("edit", editor), ("waive", editor), ("edit", editor), ("waive", layla)]
