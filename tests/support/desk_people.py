"""Who works in the tests, and what a stamp costs there. They are in the database of every office of a test."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from database.session import Store
from mailer.artefacts.paper.postage import Rate
from staff.people import Person, add_person, everyone
from staff.roles import Role

SLUG = "meldpunt-2026-3"
RATES = (Rate(date(2026, 1, 1), Decimal("1.40")),)
POSTAL = Person(UUID(int=7), "Petra Post", "petra@los.example", frozenset({Role.POSTAL}))
EDITOR = Person(UUID(int=8), "Eddy Eindredactie", "eddy@los.example", frozenset({Role.EDITOR}))
APPROVER = Person(UUID(int=9), "Amina Akkoord", "amina@los.example", frozenset({Role.APPROVER}))
ADMIN = Person(UUID(int=10), "Noor Beheer", "noor@los.example", frozenset({Role.ADMIN}))
DESK_PEOPLE = (POSTAL, EDITOR, APPROVER, ADMIN)


def employ(store: Store, *people: Person) -> None:
    """Write these people down, unless they are there: a door asks who they are at the moment of the deed."""
    with store.transaction() as session:
        known = {one.uid for one in everyone(session)}
        for one in people:
            if one.uid not in known:
                add_person(session, one.name, one.email, one.roles, one.languages, uid=one.uid)
