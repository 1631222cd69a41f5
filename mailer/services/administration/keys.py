"""The keys on paper: who sees them, and who says that the paper is right, stands in the audit trail."""

from __future__ import annotations

from collections.abc import Iterable

from database.audit import Event, record
from database.paper import paper, wrong_on_paper
from mailer.services.office import Office, deed
from staff.people import Person
from staff.permissions import Permission, require


def on_paper(office: Office, person: Person) -> list[str]:
    """The keys as lines to print, one a key."""
    with deed(office, person, Permission.KEEP_KEYS) as session:
        record(session, Event.KEY, person.uid, detail={"step": "printed"})
    return paper(office.keys)


def wrong(office: Office, person: Person, typed: Iterable[str]) -> list[str]:
    """The names of the keys, such as "data.1", that the lines typed over from paper lack or have wrong. What was found
    is written down: `postduif doctor` asks for this once a year."""
    require(person, Permission.KEEP_KEYS)  # before anyone types
    found = list(wrong_on_paper(office.keys, typed))
    with deed(office, person, Permission.KEEP_KEYS) as session:
        record(session, Event.KEY, person.uid, detail={"step": "checked", "wrong": len(found)})
    return found
