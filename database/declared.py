"""What each column is kept for: the register of processing (GDPR art. 30) is made from the tables themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wording import Text, _


@dataclass(frozen=True)
class Declared:
    """Why personal data stands in a column, on what ground, and until when."""

    purpose: Text
    ground: Text
    retention: Text


CONSENT = _("uitdrukkelijke toestemming (AVG art. 6 lid 1 sub a en art. 9 lid 2 sub a)")
DUTY = _("verantwoordingsplicht (AVG art. 5 lid 2 en art. 7 lid 1)")
INTEREST = _("gerechtvaardigd belang: nooit meer schrijven aan wie dat niet wil (AVG art. 6 lid 1 sub f)")
WORK = _("uitvoering van het werk van medewerkers en vrijwilligers (AVG art. 6 lid 1 sub f)")


def personal(purpose: Text, ground: Text, retention: Text) -> dict[str, Any]:
    """The `info` of a column, or of a table whose columns share one declaration."""
    return {"personal": Declared(purpose, ground, retention)}


def impersonal() -> dict[str, Any]:
    """The `info` of a column or a table that says nothing about a person."""
    return {"personal": None}
