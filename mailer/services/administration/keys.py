"""The keys on paper: who sees them, and who says that the paper is right, stands in the audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from database.audit import Event, record
from database.keys import ROOTS
from database.paper import paper, wrong_on_paper
from mailer.services.office import Office, deed, look
from staff.people import Person
from staff.permissions import Permission, require


def on_paper(office: Office, person: Person) -> list[str]:
    """The keys as lines to print, one a key."""
    with deed(office, person, Permission.KEEP_KEYS) as session:
        record(session, Event.KEY, person.uid, detail={"step": "printed"})
    return paper(office.keys)


def wrong(office: Office, person: Person, typed: Iterable[str], *, of: str = "") -> list[str]:
    """The names of the keys, such as "data.1", that the lines typed over from paper lack or have wrong.

    `of` is the one key that was asked for; "": the whole paper. What was found is written down: `postduif doctor` asks
    for this once a year.
    """
    require(person, Permission.KEEP_KEYS)  # before anyone types
    with deed(office, person, Permission.KEEP_KEYS) as session:
        found = [name for name in wrong_on_paper(office.keys, typed) if of in ("", name)]
        record(session, Event.KEY, person.uid, detail={"step": "checked", "wrong": len(found)})
    return found


@dataclass(frozen=True)
class InUse:
    """One key: "data.2", and whether what is new is made with it."""

    root: str
    kid: int
    is_current: bool
    is_ahead: bool
    """It was prepared, and nothing uses it yet."""


def ring(office: Office, person: Person) -> tuple[InUse, ...]:
    """The keys that this process has, without what is secret of them."""
    require(person, Permission.KEEP_KEYS)
    keys = office.keys
    with look(office, person, Permission.KEEP_KEYS):
        return tuple(
            InUse(root, kid, kid == keys.current(root), kid > keys.current(root))
            for root in ROOTS
            for kid in keys.ids(root)
        )
