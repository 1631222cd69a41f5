"""Stop mail to one reader for someone who calls or writes: bar, lift, pause, unsubscribe; each says why."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from database import audit
from database.retrying import retried
from mailer.services.office import Office, deed
from mailer.services.readers.choices import LONGEST_PAUSE
from mailer.services.readers.lookup import reader_by
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import services
from subscribers.address import address_from
from subscribers.consent import SuppressedBecause
from subscribers.lifting import lift_by_hand
from subscribers.repository import address_of, subscriber_with
from wording import _
from wording.errors import InvalidInputError, NotFoundError

SOURCE = "staff"
MOST_WHY = 120
"""Characters of a reason: a sentence, not a file on someone."""


@retried
def bar(office: Office, person: Person, who: str | UUID, why: str) -> None:
    """Never mail this address again, or that of this reader, and say why.

    Raises InvalidInputError without a reason, AddressError, NotFoundError for a reader whose address is gone.
    """
    require(person, Permission.CHANGE_READERS)
    reason = _reason(why)
    with deed(office, person, Permission.CHANGE_READERS) as session:
        email, uid = _address(session, who)
        services.suppress(session, email, SuppressedBecause.COMPLAINED, SOURCE)
        _write(session, person, uid, {"barred": str(SuppressedBecause.COMPLAINED), "why": reason})


@retried
def lift(office: Office, person: Person, who: str | UUID, why: str) -> SuppressedBecause:
    """Take away what bars an address, and say why; returns what it was. It makes no one a reader.

    Raises InvalidInputError without a reason, AddressError, NotFoundError for an address that is not barred,
    ConflictError for one that only its owner frees (`subscribers.lifting`).
    """
    require(person, Permission.CHANGE_READERS)
    reason = _reason(why)
    with deed(office, person, Permission.CHANGE_READERS) as session:
        email, uid = _address(session, who)
        because = lift_by_hand(session, email, SOURCE)
        _write(session, person, uid, {"lifted": str(because), "why": reason})
    return because


@retried
def pause(office: Office, person: Person, uid: UUID | None, until: date | None) -> None:
    """Send a reader nothing before this day, as they asked; None ends the pause.

    Raises NotFoundError, InvalidInputError for a day that is past or more than a year away.
    """
    require(person, Permission.CHANGE_READERS)
    if until is not None and not office.today() < until <= office.today() + LONGEST_PAUSE:
        raise InvalidInputError(_("Kies een dag in het komende jaar."))
    with deed(office, person, Permission.CHANGE_READERS) as session:
        row = reader_by(session, uid or UUID(int=0))
        services.pause(session, row.uid, until, SOURCE)
        _write(session, person, row.uid, {"paused": str(until)})


@retried
def unsubscribe(office: Office, person: Person, uid: UUID | None) -> None:
    """Take a reader off every newsletter, as they asked: the address goes, a keyed hash stays. Raises NotFoundError."""
    with deed(office, person, Permission.CHANGE_READERS) as session:
        row = reader_by(session, uid or UUID(int=0))
        services.leave(session, row.uid, SOURCE)
        _write(session, person, row.uid, {"left": True})


def _reason(why: str) -> str:
    said = " ".join(why.split())
    if not said:
        raise InvalidInputError(_("Zeg erbij waarom. Dat komt in het logboek."))
    if len(said) > MOST_WHY:
        raise InvalidInputError(_("Schrijf de reden in {most} tekens of minder.", most=MOST_WHY))
    return said


def _address(session: Session, who: str | UUID) -> tuple[str, UUID | None]:
    """The address, and whose it is."""
    if isinstance(who, str):
        found = subscriber_with(session, address_from(who))
        return who, found.uid if found else None
    row = reader_by(session, who)
    email = address_of(session, row)
    if email is None:
        raise NotFoundError(_("Deze lezer is weg; het adres is gewist."))
    return email, row.uid


def _write(session: Session, person: Person, uid: UUID | None, detail: dict[str, str | int | bool]) -> None:
    audit.record(session, audit.Event.EDIT, person.uid, uid, detail=detail)
