"""Each door of the desks for readers and for administration refuses who has every role but the one it needs."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from inspect import isfunction, signature
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from database.session import Store
from mailer.services.administration import records, staff
from mailer.services.administration.staff import Newcomer
from mailer.services.office import Office
from mailer.services.readers import audiences, imports, people, rights
from mailer.services.readers.imports import ReaderFile
from staff.people import Person, add_person
from staff.permissions import PERMISSIONS, Permission
from staff.roles import Role
from subscribers.audience import Rule
from tests.support.office import office_of
from tests.support.people import ANNA, reader
from wording.errors import NotAllowedError

FILE = ReaderFile(Path(__file__).parents[1] / "subscribers" / "files" / "laposta.csv", "test", ("legal-aid",))
KIM = Newcomer("Kim", "kim@redactie.example", frozenset({Role.EDITOR}))
Deed = Callable[[Office, Person], object]

DOORS: dict[str, tuple[Permission, Deed]] = {
    "everyone": (Permission.SEE_STAFF, staff.everyone),
    "find": (Permission.SEE_STAFF, lambda office, who: staff.find(office, who, "Pim")),
    "add": (Permission.CHANGE_STAFF, lambda office, who: staff.add(office, who, KIM)),
    "change_roles": (Permission.CHANGE_STAFF, lambda office, who: staff.change_roles(office, who, who, {Role.ADMIN})),
    "deactivate": (Permission.CHANGE_STAFF, lambda office, who: staff.deactivate(office, who, who)),
    "activate": (Permission.CHANGE_STAFF, lambda office, who: staff.activate(office, who, who)),
    "take_second_step": (
        Permission.CHANGE_STAFF,
        lambda office, who: staff.take_second_step(office, who, staff.acting(office, "Noor")),
    ),
    "overdue": (Permission.SEE_RECORDS, records.overdue),
    "processing": (Permission.SEE_RECORDS, records.processing),
    "tidy": (Permission.ERASE_READERS, records.tidy),
    "go_on": (Permission.ERASE_READERS, records.go_on),
    "report_breach": (
        Permission.REPORT_BREACHES,
        lambda office, who: records.report_breach(office, who, office.clock() - timedelta(1), office.clock()),
    ),
    "consent": (Permission.SEE_READERS, lambda office, who: people.consent(office, who, ANNA)),
    "deliveries": (Permission.SEE_READERS, lambda office, who: people.deliveries(office, who, ANNA)),
    "suppress": (Permission.CHANGE_READERS, lambda office, who: people.suppress(office, who, ANNA)),
    "export": (Permission.EXPORT_READERS, lambda office, who: people.export(office, who, io.StringIO())),
    "preview": (Permission.IMPORT_READERS, lambda office, who: imports.preview(office, who, FILE)),
    "apply": (Permission.IMPORT_READERS, lambda office, who: imports.apply(office, who, FILE)),
    "sizes": (Permission.SEE_ISSUES, audiences.sizes),
    "set_rule": (
        Permission.CHANGE_AUDIENCES,
        lambda office, who: audiences.set_rule(office, who, "legal-aid", Rule(("legal-aid",), ("ar",))),
    ),
    "pick": (
        Permission.CHANGE_AUDIENCES,
        lambda office, who: audiences.pick(office, who, "legal-aid", ANNA, "los-1", included=False),
    ),
    "why": (Permission.SEE_READERS, lambda office, who: audiences.why(office, who, "legal-aid", ANNA)),
    "disclose_reader": (Permission.DISCLOSE_READERS, lambda office, who: rights.disclose_reader(office, who, ANNA)),
    "erase_reader": (Permission.ERASE_READERS, lambda office, who: rights.erase_reader(office, who, ANNA)),
    "disclose_addressee": (Permission.SEE_ADDRESSEES, lambda office, who: rights.disclose_addressee(office, who, "0")),
    "erase_addressee": (Permission.CHANGE_ADDRESSEES, lambda office, who: rights.erase_addressee(office, who, "0")),
    "tombstones": (Permission.ERASE_READERS, rights.tombstones),
    "replay": (Permission.ERASE_READERS, lambda office, who: rights.replay(office, who, [])),
}


@pytest.fixture
def office(plain_store: Store) -> Office:
    return office_of(plain_store, people=())


def contents(store: Store) -> str:
    """Every row of every table."""
    with store.reading() as session:
        tables = inspect(store.engine).get_table_names()
        return repr([session.execute(text(f'SELECT * FROM "{name}"')).all() for name in sorted(tables)])  # noqa: S608


@pytest.mark.parametrize("seen", ["as they are", "before they lost the role"])
@pytest.mark.parametrize("door", DOORS)
def test_a_door_refuses_without_the_role_it_needs_and_changes_nothing(office: Office, door: str, seen: str) -> None:
    permission, deed = DOORS[door]
    others = [role for role in Role if permission not in PERMISSIONS[role]]
    with office.store.transaction() as session:
        add_person(session, "Noor", "noor@redactie.example", [Role.ADMIN])
        pim = add_person(session, "Pim", "pim@redactie.example", others)
    reader(office.store, ANNA)
    before = contents(office.store)
    with pytest.raises(NotAllowedError):
        deed(office, pim if seen == "as they are" else replace(pim, roles=frozenset(Role)))
    assert contents(office.store) == before


def test_every_door_of_these_desks_is_in_the_table() -> None:
    rooms = (staff, records, people, audiences, imports, rights)
    doors = {
        name
        for room in rooms
        for name, one in vars(room).items()
        if callable(one) and getattr(one, "__module__", "") == room.__name__ and "person" in _parameters(one)
    }
    assert {name for name in doors if not name.startswith("_")} == set(DOORS)


def _parameters(one: Callable[..., object]) -> tuple[str, ...]:
    """Also of a door that is tried again: its wrapper takes whatever it is given."""
    return tuple(signature(one).parameters) if isfunction(one) else ()
