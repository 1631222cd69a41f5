"""What a person may ask for: to see what is kept (GDPR art. 15 and 20), and to be erased (art. 17)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from database.audit import Event, record
from database.base import now
from database.keys import keys_of
from database.onetime import OneTime
from database.sealed import open_sealed
from subscribers.address import Address
from subscribers.consent import Choice, ConsentKind, Evidence, SuppressedBecause
from subscribers.evidence import proof, write_consent
from subscribers.repository import address_of, memberships, subscriber_with
from subscribers.suppression import bar
from subscribers.tables import AddresseeRow, Subscriber, Tombstone


def data_of_subscriber(session: Session, uid: UUID) -> dict[str, Any]:
    """Everything kept about a reader by e-mail, as JSON. Raises LookupError for an unknown id."""
    row = session.get(Subscriber, uid)
    if row is None:
        raise LookupError(uid)
    return {
        "address": address_of(session, row),
        "state": row.state,
        "language": row.locale,
        "region": row.region,
        "role": row.role,
        "paused_until": row.paused_until and row.paused_until.isoformat(),
        "since": row.created_at.isoformat(),
        "bounces": {"score": row.bounce_score, "suspended": row.bouncing},
        "audiences": {name: str(state) for name, state in memberships(session, uid).items()},
        "consent": proof(session, uid),
    }


def data_of_addressee(session: Session, uid: UUID) -> dict[str, Any]:
    """Everything kept about a reader by post, as JSON. Raises LookupError for an unknown id."""
    row = session.get(AddresseeRow, uid)
    if row is None:
        raise LookupError(uid)
    keys = keys_of(session)
    sealed = ("name", "registration", "centre", "locale", "large_print", "source")
    return {
        name: value and open_sealed(keys, getattr(AddresseeRow, name), uid, value)
        for name in sealed
        for value in [getattr(row, name)]
    } | {
        "audience": row.audience,
        "state": row.state,
        "confirmed_on": row.confirmed_on.isoformat(),
        "suspended_on": row.suspended_on and row.suspended_on.isoformat(),
        "suspended_because": row.suspended_because,
    }


def erase_subscriber(session: Session, uid: UUID, actor: UUID | str) -> bool:
    """Erase a reader by e-mail; a keyed hash stays, so that no import brings the address back. False when unknown."""
    row = session.get(Subscriber, uid)
    if row is None:
        return False
    write_consent(session, uid, ConsentKind.ERASED, Choice((), row.locale), Evidence("request"))
    bar(session, row.address_index, SuppressedBecause.ERASED)
    session.delete(row)
    _bury(session, uid, "subscriber", actor, row.address_index)
    return True


def erase_address(session: Session, address: Address, actor: UUID | str) -> bool:
    """Erase whoever has this address. False when nobody has."""
    row = subscriber_with(session, address)
    return row is not None and erase_subscriber(session, row.uid, actor)


def erase_addressee(session: Session, uid: UUID, actor: UUID | str) -> bool:
    """Erase a reader by post. False when unknown."""
    row = session.get(AddresseeRow, uid)
    if row is None:
        return False
    session.delete(row)
    _bury(session, uid, "addressee", actor)
    return True


def tombstones(session: Session) -> list[dict[str, str]]:
    """Who was erased, as random ids and keyed hashes: to be kept apart from the backups, and replayed after one."""
    rows = session.scalars(select(Tombstone).order_by(Tombstone.at))
    return [
        {"subject": str(row.subject), "kind": row.kind, "at": row.at.isoformat(), "index": row.address_index or ""}
        for row in rows
    ]


def replay(session: Session, buried: list[dict[str, str]]) -> int:
    """Erase again whom a restored backup brought back. Returns how many there were."""
    erased = 0
    for stone in buried:
        uid = UUID(stone["subject"])
        erase = erase_subscriber if stone["kind"] == "subscriber" else erase_addressee
        erased += erase(session, uid, "replay")
        if session.get(Tombstone, uid) is None:
            _bury(session, uid, stone["kind"], "replay", stone["index"] or None)
        if stone["index"]:
            bar(session, stone["index"], SuppressedBecause.ERASED)
    return erased


def _bury(session: Session, uid: UUID, kind: str, actor: UUID | str, index: str | None = None) -> None:
    session.execute(delete(OneTime).where(OneTime.subject == uid))
    session.add(Tombstone(subject=uid, kind=kind, at=now(), address_index=index))
    record(session, Event.ERASE, actor, uid, detail={"kind": kind})
