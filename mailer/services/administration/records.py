"""What the organisation must be able to show: what is kept, for how long, and who saw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from database import audit, register
from mailer.ledger.slots import release_slot
from mailer.services.office import Office, deed, look
from staff import second_factor  # noqa: F401 - the register is made from the tables that are imported
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import breach, tidying
from subscribers.breach import Breach
from subscribers.tidying import Kept
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError

BREACH_REPORTED = "breach_report"
SLOT = "retention"
"""The daily slot of the worker (`services.worker.chores`)."""

READABLE_WORDS = {
    "subscribers": _("lezers per e-mail"),
    "subscribers_left": _("lezers die zich afmeldden"),
    "addressees": _("lezers per post"),
    "addressees_suspended": _("lezers per post die niets meer krijgen"),
    "consent_events": _("regels over toestemming"),
}
"""What `Breach.readable` counts."""
LOOKED_WORDS = {
    "view_list": _("een lijst bekeken"),
    "view_one": _("de gegevens van één persoon bekeken"),
    "search": _("op een persoon gezocht"),
    "export": _("een lijst naar een bestand geschreven"),
    "print": _("adressen geprint"),
}
"""What `Breach.seen` counts."""


@dataclass(frozen=True)
class Processing:
    """One line of the register of processing (GDPR art. 30): columns of a table that share a purpose."""

    table: str
    columns: tuple[str, ...]
    sealed: tuple[str, ...]
    hashed: tuple[str, ...]
    purpose: Text
    ground: Text
    retention: Text
    protection: Text


def overdue(office: Office, person: Person) -> tuple[Kept, ...]:
    """How much is kept too long by each rule; nothing is changed."""
    with look(office, person, Permission.SEE_RECORDS) as session:
        return tuple(tidying.look(session, office.clock()))


def tidy(office: Office, person: Person) -> tuple[Kept, ...]:
    """Do away with what is kept too long, as the worker does daily; returns how much by each rule.

    A rule that stops says why, and one that fails says so; the others go on. Raises ClockError when the clock is odd.
    """
    with deed(office, person, Permission.ERASE_READERS) as session:
        audit.record(session, audit.Event.ERASE, person.uid, detail={"kind": "retention"})
    return tuple(tidying.run(office.store, office.clock()))


def go_on(office: Office, person: Person) -> tuple[Text, ...]:
    """Someone looked at the clock and at the rules that stopped: they go on, once. Returns why they stood still.

    Raises ConflictError when nothing stands still.
    """
    with deed(office, person, Permission.ERASE_READERS) as session:
        reasons = tuple(tidying.go_on(session, person.uid))
        release_slot(session, SLOT)
    if not reasons:
        raise ConflictError(_("Er staat niets stil."))
    office.bell.ring_for_mail()
    return reasons


def processing(office: Office, person: Person) -> tuple[Processing, ...]:
    """The register of processing, made from the tables themselves."""
    with look(office, person, Permission.SEE_RECORDS):
        return tuple(_line(entry) for entry in register.register())


def report_breach(office: Office, person: Person, start: datetime, end: datetime) -> Breach:
    """What could be read and what was, from `start` to `end` (UTC). Raises InvalidInputError for an empty time."""
    require(person, Permission.REPORT_BREACHES)
    if end < start:
        raise InvalidInputError(_("Het einde ligt voor het begin."))
    with deed(office, person, Permission.REPORT_BREACHES) as session:
        audit.record(session, BREACH_REPORTED, person.uid, detail={"from": f"{start:%FT%T}", "to": f"{end:%FT%T}"})
    with office.store.reading() as session:  # it walks the whole audit trail, and must stop no one meanwhile
        return breach.report(session, start, end)


def _line(entry: register.Entry) -> Processing:
    why = entry.declared
    return Processing(
        entry.table,
        entry.columns,
        entry.sealed,
        entry.hashed,
        why.purpose,
        why.ground,
        why.retention,
        register.protection_of(entry),
    )
