"""Who works at the postal desk of the tests, and what a stamp costs there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from mailer.artefacts.paper.postage import Rate
from staff.people import Person, Role

SLUG = "meldpunt-2026-3"
RATES = (Rate(date(2026, 1, 1), Decimal("1.40")),)
POSTAL = Person(UUID(int=7), "Petra Post", "petra@los.example", (Role.POSTAL,), ())
EDITOR = Person(UUID(int=8), "Eddy Eindredactie", "eddy@los.example", (Role.EDITOR,), ())
