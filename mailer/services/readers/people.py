"""One reader by e-mail: on what ground they are mailed, what went to them, never again; and all of them as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TextIO

from database import audit
from database.retrying import retried
from mailer.ledger.answers import Found, Try, deliveries_to
from mailer.services.office import Office, deed
from mailer.services.readers.lookup import check_audiences, no_reader, reader_with
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import exporting, services
from subscribers.address import address_from
from subscribers.consent import SuppressedBecause
from subscribers.evidence import proof
from subscribers.repository import subscriber_with
from wording import _
from wording.errors import InvalidInputError

__all__ = ["Consent", "Exported", "Found", "Try", "Words", "consent", "deliveries", "export", "suppress"]
"""With the values of the ledger that a door gives, so that whoever shows them need not know it."""

FORMS = ("csv", "json")


@dataclass(frozen=True)
class Words:
    """The sentence that stood on the page."""

    version: str
    language: str
    text: str
    sha256: str


@dataclass(frozen=True)
class Consent:
    """One thing a reader said about being written to. `at` is ISO 8601, in UTC."""

    event: str
    at: str
    audiences: tuple[str, ...]
    language: str
    source: str
    wording: Words | None


@dataclass(frozen=True)
class Exported:
    """How many readers were written to a file, and where the audit trail ended then."""

    count: int
    trail: audit.End


def consent(office: Office, person: Person, email: str) -> tuple[Consent, ...]:
    """The evidence that a reader may be mailed, in order. Raises NotFoundError, AddressError."""
    with deed(office, person, Permission.SEE_READERS) as session:
        row = reader_with(session, email)
        audit.record(session, audit.Event.VIEW_ONE, person.uid, row.uid)
        return tuple(map(consent_of, proof(session, row.uid)))


def deliveries(office: Office, person: Person, email: str) -> tuple[Found, ...]:
    """What went to a reader and what became of it, the newest first. Raises NotFoundError, AddressError.

    The search itself is in the audit trail, also when it finds no one.
    """
    require(person, Permission.SEE_READERS)
    address = address_from(email)
    with deed(office, person, Permission.SEE_READERS) as session:
        row = subscriber_with(session, address)
        audit.record(session, audit.Event.SEARCH, person.uid, row.uid if row else None)
        found = tuple(deliveries_to(session, [row.uid])) if row else ()
    if row is None:
        raise no_reader()
    return found


@retried
def suppress(office: Office, person: Person, email: str) -> None:
    """Never mail this address again, whether or not it is a reader's. Raises AddressError."""
    require(person, Permission.CHANGE_READERS)
    address = address_from(email)
    with deed(office, person, Permission.CHANGE_READERS) as session:
        row = subscriber_with(session, address)
        services.suppress(session, email, SuppressedBecause.COMPLAINED, "staff")
        barred = {"barred": str(SuppressedBecause.COMPLAINED)}
        audit.record(session, audit.Event.EDIT, person.uid, row.uid if row else None, detail=barred)


def export(office: Office, person: Person, file: TextIO, audience: str | None = None, form: str = "csv") -> Exported:
    """Write the confirmed readers of an audience, or all, to `file` as "csv" or "json"; returns how many.

    Raises NotFoundError for an unknown audience, InvalidInputError for another form.
    """
    require(person, Permission.EXPORT_READERS)
    if form not in FORMS:
        raise InvalidInputError(_("Lezers worden geschreven als csv of json."))
    check_audiences(office.house, [audience] if audience else [])
    with deed(office, person, Permission.EXPORT_READERS) as session:
        count = exporting.export(session, audience, form, file, person.uid)
        return Exported(count, audit.end(session))


def consent_of(event: dict[str, Any]) -> Consent:
    """One line of `subscribers.evidence.proof`, as a value."""
    words = event["wording"]
    return Consent(
        event["event"],
        event["at"],
        tuple(event["audiences"]),
        event["language"],
        event["source"],
        words and Words(words["version"], words["language"], words["text"], words["sha256"]),
    )
