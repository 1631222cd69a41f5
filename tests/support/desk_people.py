"""Who works in the tests, and what a stamp costs there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from mailer.artefacts.paper.postage import Rate
from staff.people import Person
from staff.roles import Role

SLUG = "meldpunt-2026-3"
RATES = (Rate(date(2026, 1, 1), Decimal("1.40")),)
POSTAL = Person(UUID(int=7), "Petra Post", "petra@los.example", frozenset({Role.POSTAL}))
EDITOR = Person(UUID(int=8), "Eddy Eindredactie", "eddy@los.example", frozenset({Role.EDITOR}))
APPROVER = Person(UUID(int=9), "Amina Akkoord", "amina@los.example", frozenset({Role.APPROVER}))
ADMIN = Person(UUID(int=10), "Noor Beheer", "noor@los.example", frozenset({Role.ADMIN}))
