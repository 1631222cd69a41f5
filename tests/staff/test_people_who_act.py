"""Roles change and people leave: at once, never in silence, and never the last who may change that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from database.audit import AuditRow, Event
from database.session import Store
from mailer.ledger import opening
from mailer.services.administration import staff
from mailer.services.administration.staff import Newcomer
from mailer.services.office import Office
from mailer.services.readers import people
from staff.people import Person, everyone
from staff.permissions import Permission, require_now
from staff.roles import Role
from tests.support.office import office_of
from tests.support.people import ANNA, gets, reader
from wording import ExplainedError
from wording.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError

EDITOR, ADMIN, APPROVER = frozenset({Role.EDITOR}), frozenset({Role.ADMIN}), frozenset({Role.APPROVER})


@pytest.fixture
def office(store: Store) -> Office:
    return office_of(store, people=())


@pytest.fixture
def noor(office: Office) -> Person:
    """The administrator, who was the first."""
    return staff.add(office, None, Newcomer("Noor", "noor@redactie.example", ADMIN))


@pytest.fixture
def bram(office: Office, noor: Person) -> Person:
    return staff.add(office, noor, Newcomer("Bram", "bram@redactie.example", EDITOR))


def trail(office: Office) -> list[tuple[str, str, str]]:
    """Who changed whom, and what they could do before and after."""
    with office.store.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.ROLE).order_by(AuditRow.seq))
        return [(row.actor, str(row.detail["before"]), str(row.detail["after"])) for row in rows]


def as_they_are(office: Office) -> dict[str, tuple[frozenset[Role], bool]]:
    with office.store.reading() as session:
        return {one.name: (one.roles, one.active) for one in everyone(session)}


def test_only_the_very_first_needs_no_administrator(office: Office, noor: Person, bram: Person) -> None:
    for person in (None, bram):
        with pytest.raises(NotAllowedError):
            staff.add(office, person, Newcomer("Kim", "kim@redactie.example", ADMIN))
    assert set(as_they_are(office)) == {"Noor", "Bram"}
    assert trail(office) == [("installation", "", "active admin"), (str(noor.uid), "", "active editor")]


@pytest.mark.parametrize("address", ["bram@redactie.example", "BRAM@Redactie.example"])
def test_an_address_that_is_someones_is_a_conflict_also_when_they_left(
    office: Office, noor: Person, bram: Person, address: str
) -> None:
    for _twice in range(2):
        with pytest.raises(ConflictError, match="al een medewerker"):
            staff.add(office, noor, Newcomer("Kim", address, EDITOR))
        if as_they_are(office)["Bram"][1]:
            staff.deactivate(office, noor, bram)


@pytest.mark.parametrize(
    ("newcomer", "error"),
    [
        (Newcomer("Kim", "kim@redactie.example", EDITOR, ("xx",)), NotFoundError),
        (Newcomer(" ", "kim@redactie.example", EDITOR), InvalidInputError),
        (Newcomer("Kim", "kim", EDITOR), InvalidInputError),
        (Newcomer("Kim", "kim@redactie.example", frozenset()), InvalidInputError),
    ],
)
def test_what_is_wrong_about_a_newcomer_is_said_and_nobody_is_added(
    office: Office, noor: Person, newcomer: Newcomer, error: type[ExplainedError]
) -> None:
    with pytest.raises(error):
        staff.add(office, noor, newcomer)
    assert set(as_they_are(office)) == {"Noor"}


def test_roles_change_with_what_was_before_and_after(office: Office, noor: Person, bram: Person) -> None:
    staff.change_roles(office, noor, bram, {Role.TRANSLATOR, Role.APPROVER}, ["ar", "en"])
    assert staff.acting(office, "Bram").roles == {Role.TRANSLATOR, Role.APPROVER}
    assert trail(office)[-1] == (str(noor.uid), "active editor", "active approver,translator ar,en")


def test_a_change_of_what_looks_different_by_now_is_a_conflict(office: Office, noor: Person, bram: Person) -> None:
    staff.change_roles(office, noor, bram, APPROVER)
    before = as_they_are(office), trail(office)
    for change in (staff.deactivate, staff.activate, partial(staff.change_roles, roles=ADMIN)):
        with pytest.raises(ConflictError, match="Bram is intussen veranderd"):
            change(office, noor, bram)
    assert (as_they_are(office), trail(office)) == before


def test_who_is_deactivated_may_do_nothing_from_that_moment_and_gets_everything_back(
    office: Office, noor: Person, bram: Person
) -> None:
    """Bram was looked up before and acts after; what he approved stays approved."""
    with office.store.transaction() as session:
        opening.approve(session, slug="los-2026-24", content_hash="0" * 64, person=bram.uid)
    gone = staff.deactivate(office, noor, bram)
    for deed in (lambda: staff.everyone(office, bram), lambda: staff.acting(office, "Bram")):
        with pytest.raises((NotAllowedError, NotFoundError)):
            deed()
    with office.store.reading() as session:
        [approval] = opening.approvals(session, slug="los-2026-24", content_hash="0" * 64)
    assert approval.person == bram.uid
    assert staff.find(office, noor, "bram") == gone
    staff.activate(office, noor, gone)
    assert staff.acting(office, "bram@redactie.example") == bram
    assert trail(office)[-2:] == [
        (str(noor.uid), "active editor", "inactive editor"),
        (str(noor.uid), "inactive editor", "active editor"),
    ]


def test_who_lost_a_role_after_being_looked_up_does_nothing_with_it(office: Office, noor: Person) -> None:
    kim = staff.add(office, noor, Newcomer("Kim", "kim@redactie.example", ADMIN))
    uid = reader(office.store, ANNA)
    staff.change_roles(office, noor, kim, EDITOR)
    with pytest.raises(NotAllowedError):
        people.suppress(office, kim, ANNA)
    assert gets(office.store) == {uid}


def test_the_last_administrator_can_neither_leave_nor_lose_the_role(office: Office, noor: Person, bram: Person) -> None:
    for change in (staff.deactivate, partial(staff.change_roles, roles=EDITOR)):
        with pytest.raises(ConflictError, match="laatste beheerder"):
            change(office, noor, noor)
    staff.change_roles(office, noor, bram, ADMIN)
    for change in (staff.deactivate, partial(staff.change_roles, roles=EDITOR)):
        with pytest.raises(ConflictError, match="Dit ben je zelf"):
            change(office, noor, noor)
    bram = staff.acting(office, "Bram")
    staff.change_roles(office, noor, noor, ADMIN | EDITOR)  # what leaves one an administrator is no matter
    staff.deactivate(office, bram, staff.acting(office, "Noor"))
    assert as_they_are(office) == {"Noor": (ADMIN | EDITOR, False), "Bram": (ADMIN, True)}


def test_a_name_of_two_people_asks_for_the_address(office: Office, noor: Person, bram: Person) -> None:
    other = staff.add(office, noor, Newcomer("bram", "b.dejong@redactie.example", EDITOR))
    with pytest.raises(InvalidInputError, match="e-mailadres"):
        staff.acting(office, "Bram")
    assert staff.find(office, noor, other.email) == other


def at_once(*deeds: Callable[[], object]) -> list[type[Exception] | None]:
    """Do them in threads that begin together; what each raised."""
    start, raised = threading.Barrier(len(deeds)), dict[int, type[Exception] | None]()

    def run(number: int, deed: Callable[[], object]) -> None:
        start.wait()
        try:
            deed()
            raised[number] = None
        except Exception as error:  # an unexpected one too: the test names it
            raised[number] = type(error)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [raised[number] for number in range(len(deeds))]


def test_of_two_who_change_the_same_person_at_once_one_is_told(office: Office, noor: Person, bram: Person) -> None:
    kim = staff.add(office, noor, Newcomer("Kim", "kim@redactie.example", ADMIN))
    raised = at_once(
        lambda: staff.change_roles(office, noor, bram, APPROVER),
        lambda: staff.change_roles(office, kim, bram, {Role.POSTAL}),
    )
    assert sorted(map(str, raised)) == sorted(map(str, [None, ConflictError]))
    won = APPROVER if raised[0] is None else frozenset({Role.POSTAL})
    assert as_they_are(office)["Bram"] == (won, True)
    assert len(trail(office)) == 4


def test_two_administrators_who_deactivate_each_other_at_once_leave_one(office: Office, noor: Person) -> None:
    kim = staff.add(office, noor, Newcomer("Kim", "kim@redactie.example", ADMIN))
    raised = at_once(lambda: staff.deactivate(office, noor, kim), lambda: staff.deactivate(office, kim, noor))
    assert sorted(map(str, raised)) == sorted(map(str, [None, NotAllowedError]))
    assert sorted(active for _roles, active in as_they_are(office).values()) == [False, True]


def test_a_deed_that_began_is_done_before_its_author_is_deactivated(office: Office, noor: Person, bram: Person) -> None:
    """Else it could be committed by someone who has no rights any more."""
    with office.store.transaction() as session:
        require_now(session, bram, Permission.EDIT_ISSUES)
        leaving = threading.Thread(target=staff.deactivate, args=(office, noor, bram))
        leaving.start()
        leaving.join(0.5)
        assert leaving.is_alive()
        assert as_they_are(office)["Bram"] == (EDITOR, True)
    leaving.join()
    assert as_they_are(office)["Bram"] == (EDITOR, False)
