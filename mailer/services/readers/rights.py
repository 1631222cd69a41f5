"""What people may ask for about themselves: all that is kept (GDPR art. 15 and 20), and to be erased (art. 17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from database import audit
from database.retrying import retried
from mailer.ledger import installation
from mailer.services.office import Office, deed
from mailer.services.readers.lookup import reader_called
from mailer.services.sending import orders
from staff.people import Person
from staff.permissions import Permission
from subscribers import rights
from subscribers.listing import addressee_called
from wording import _
from wording.errors import InvalidInputError

Data = Mapping[str, Any]


def disclose_reader(office: Office, person: Person, who: str | UUID) -> Data:
    """Everything kept about a reader by e-mail, by address or id. Raises NotFoundError, AddressError."""
    with deed(office, person, Permission.DISCLOSE_READERS) as session:
        uid = reader_called(session, who).uid
        audit.record(session, audit.Event.EXPORT, person.uid, uid, detail={"kind": "subscriber", "rows": 1})
        return _with_trail(session, rights.data_of_subscriber(session, uid))


def disclose_addressee(office: Office, person: Person, code: str) -> Data:
    """Everything kept about a reader by post. Raises AddresseeError."""
    with deed(office, person, Permission.SEE_ADDRESSEES) as session:
        uid = addressee_called(session, code)
        audit.record(session, audit.Event.EXPORT, person.uid, uid, detail={"kind": "addressee", "rows": 1})
        return _with_trail(session, rights.data_of_addressee(session, uid))


@retried
def erase_reader(office: Office, person: Person, who: str | UUID) -> None:
    """Erase a reader by e-mail, by address or id; a keyed hash stays. Raises NotFoundError, AddressError."""
    with deed(office, person, Permission.ERASE_READERS) as session:
        rights.erase_subscriber(session, reader_called(session, who).uid, person.uid)


@retried
def erase_addressee(office: Office, person: Person, code: str) -> None:
    """Erase a reader by post. Raises AddresseeError."""
    with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
        rights.erase_addressee(session, addressee_called(session, code), person.uid)


def tombstones(office: Office, person: Person) -> tuple[Mapping[str, str], ...]:
    """Those who were erased, as random ids and keyed hashes: to be kept apart from backups and replayed after one."""
    with deed(office, person, Permission.ERASE_READERS) as session:
        stones = tuple(rights.tombstones(session))
        audit.record(session, "tombstones", person.uid, detail={"rows": len(stones)})
    return stones


@retried
def replay(office: Office, person: Person, stones: Sequence[Mapping[str, str]]) -> tuple[int, int]:
    """A backup was put back: erase again everyone on the list, and pause what the backup says is on its way.

    Returns how many were erased, and how many mailings wait for a decision. Raises InvalidInputError.
    """
    with deed(office, person, Permission.ERASE_READERS) as session:
        try:
            count = rights.replay(session, [dict(stone) for stone in stones], person.uid)
        except (ValueError, KeyError, TypeError):
            raise InvalidInputError(_("Dit is geen lijst van gewisten.")) from None
        audit.record(session, audit.Event.ERASE, person.uid, detail={"kind": "replay", "rows": count})
        installation.replayed(session, office.clock())
        return count, orders.ask_after_restore(session, person, office.clock())


def _with_trail(session: Session, data: Data) -> Data:
    """With where the audit trail ends, so that rows which are cut off later show."""
    trail = audit.end(session)
    return {**data, "audit_trail": {"row": trail.row, "code": trail.code}}
