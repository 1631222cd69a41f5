"""What a person may ask for: to see what is kept (GDPR art. 15 and 20), and to be erased (art. 17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from database.audit import Event, record
from database.base import now
from database.keys import keys_of
from database.onetime import OneTime
from database.sealed import blind_index, open_sealed
from subscribers.address import Address, address_from
from subscribers.chunks import chunks
from subscribers.consent import Choice, ConsentKind, Evidence, SuppressedBecause
from subscribers.evidence import proof, write_consent
from subscribers.locking import lock_addressees, lock_reader, lock_reader_with, lock_readers
from subscribers.repository import address_of, memberships
from subscribers.suppression import bar
from subscribers.tables import AddresseeRow, ConsentEvent, MergedReader, Subscriber, Tombstone

SUBSCRIBER = "subscriber"
"""The kind of a tombstone of a reader by e-mail."""


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
    row = lock_reader(session, uid)
    if row is None:
        return False
    uid = row.uid
    for was in session.scalars(select(MergedReader.was).where(MergedReader.reader == uid)).all():
        _bury(session, was, SUBSCRIBER, actor)  # a backup of before they became one has them both
    write_consent(session, uid, ConsentKind.ERASED, Choice((), row.locale), Evidence("request"))
    bar(session, row.address_index, SuppressedBecause.ERASED)
    session.delete(row)
    _bury(session, uid, SUBSCRIBER, actor, row.address_index)
    return True


def erase_address(session: Session, address: Address, actor: UUID | str) -> bool:
    """Erase whoever has this address. False when nobody has."""
    row = lock_reader_with(session, address)
    return row is not None and erase_subscriber(session, row.uid, actor)


def erase_addressee(session: Session, uid: UUID, actor: UUID | str) -> bool:
    """Erase a reader by post. False when unknown."""
    row = lock_addressees(session, [uid]).get(uid)
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


def replay(session: Session, buried: list[dict[str, str]], actor: UUID | str) -> int:
    """Erase again whom a restored backup brought back, as `actor` asked, and bar their addresses again.

    Returns how many there were.

    Someone who confirmed with the same address after they were erased is a reader, and stays one. Raises ValueError,
    KeyError or TypeError for what is no list of tombstones.
    """
    stones = [_Stone.read(stone) for stone in buried]
    back = _came_back(session, stones)
    readers = [stone.subject for stone in stones if stone.kind == SUBSCRIBER]
    lock_readers(session, [*readers, *back.values()])
    lock_addressees(session, (stone.subject for stone in stones if stone.kind != SUBSCRIBER))
    erased = 0
    for stone in stones:
        if stone.index in back and _confirmed_since(session, back[stone.index], stone.at):
            continue
        erase = erase_subscriber if stone.kind == SUBSCRIBER else erase_addressee
        erased += erase(session, stone.subject, actor)
        if session.get(Tombstone, stone.subject) is None:
            _bury(session, stone.subject, stone.kind, actor, stone.index or None)
        if stone.index:
            bar(session, stone.index, SuppressedBecause.ERASED)
    return erased


@dataclass(frozen=True)
class _Stone:
    """A line of the list that is kept apart from the backups."""

    subject: UUID
    kind: str
    at: datetime
    index: str

    @staticmethod
    def read(line: dict[str, str]) -> _Stone:
        return _Stone(UUID(line["subject"]), line["kind"], datetime.fromisoformat(line["at"]), line["index"])


def _came_back(session: Session, stones: Sequence[_Stone]) -> dict[str, UUID]:
    """Who has an address of a tombstone now, by its keyed hash, also where that is of an older key."""
    wanted = {stone.index for stone in stones if stone.index}
    query = select(Subscriber.address_index, Subscriber.uid)
    found = {
        index: uid
        for some in chunks(wanted)
        for index, uid in session.execute(query.where(Subscriber.address_index.in_(some)))
    }
    keys = keys_of(session)
    older = {int(index.partition(".")[0]) for index in wanted} & set(keys.ids("index")) - {keys.current("index")}
    for kid in older:  # while a key is being replaced: each address says by itself what its hash was
        for row in session.scalars(select(Subscriber).where(Subscriber.address.is_not(None))):
            index = blind_index(keys, "email", address_from(address_of(session, row) or "").canonical, kid)
            found |= {index: row.uid} if index in wanted else {}
    return found


def _confirmed_since(session: Session, uid: UUID, at: datetime) -> bool:
    said = ConsentEvent.subject == uid, ConsentEvent.event == ConsentKind.CONFIRMED, ConsentEvent.at > at
    return session.scalar(select(ConsentEvent.id).where(*said).limit(1)) is not None


def _bury(session: Session, uid: UUID, kind: str, actor: UUID | str, index: str | None = None) -> None:
    session.execute(delete(OneTime).where(OneTime.subject == uid))
    session.add(Tombstone(subject=uid, kind=kind, at=now(), address_index=index))
    record(session, Event.ERASE, actor, uid, detail={"kind": kind})
