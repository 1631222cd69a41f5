"""What the doors of readers and administration show or change is in the audit trail, under who asked for it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from database.audit import AuditRow
from database.base import now
from database.session import Store
from mailer.services.readers import people
from staff.people import add_person
from staff.roles import Role
from subscribers import retention
from subscribers.tables import Subscriber
from tests.staff.test_refusals import DOORS
from tests.support.office import office_of
from tests.support.people import ANNA, ask, reader
from wording.errors import NotFoundError

EVENTS = {
    "add": "role",
    "report_breach": "breach_report",
    "consent": "view_one",
    "deliveries": "search",
    "suppress": "edit",
    "export": "export",
    "apply": "import",
    "set_rule": "config",
    "pick": "edit",
    "why": "view_one",
    "disclose_reader": "export",
    "erase_reader": "erase",
    "tombstones": "tombstones",
    "replay": "erase",
    "tidy": "erase",
}
"""`change_roles`, `deactivate` and `activate` are in test_people_who_act; readers by post with the postal desk."""
COUNTS_ONLY = {"everyone", "find", "overdue", "processing", "preview", "sizes"}


@pytest.mark.parametrize("door", EVENTS)
def test_a_door_leaves_a_row_under_its_author(plain_store: Store, door: str) -> None:
    with plain_store.transaction() as session:
        noor = add_person(session, "Noor", "noor@redactie.example", [Role.ADMIN])
    reader(plain_store, ANNA)
    ask(plain_store, "nooit@lezers.example")
    with plain_store.transaction() as session:  # someone never pressed the button
        old = now() - 2 * retention.UNCONFIRMED
        session.execute(update(Subscriber).where(Subscriber.state == "pending").values(created_at=old))
    DOORS[door][1](office_of(plain_store, people=()), noor)
    with plain_store.reading() as session:
        mine = session.scalars(select(AuditRow).where(AuditRow.actor == str(noor.uid))).all()
    assert EVENTS[door] in {row.event for row in mine}
    assert "lezers.example" not in repr([row.detail for row in mine])


def test_a_search_that_finds_nobody_is_written_down_too(plain_store: Store) -> None:
    with plain_store.transaction() as session:
        noor = add_person(session, "Noor", "noor@redactie.example", [Role.ADMIN])
    with pytest.raises(NotFoundError):
        people.deliveries(office_of(plain_store, people=()), noor, "niemand@lezers.example")
    with plain_store.reading() as session:
        [row] = session.scalars(select(AuditRow)).all()
    assert (row.event, row.actor, row.subject) == ("search", str(noor.uid), None)


def test_every_door_is_here_or_has_its_reason() -> None:
    elsewhere = {"change_roles", "deactivate", "activate", "disclose_addressee", "erase_addressee"}
    elsewhere |= {"take_second_step"}  # tests/staff/test_at_the_machine.py
    elsewhere |= {"go_on"}  # tests/subscribers/test_tidying.py
    assert set(DOORS) == {*EVENTS, *COUNTS_ONLY, *elsewhere}
