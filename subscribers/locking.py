"""The one lock on a reader: whoever changes a reader takes it first, and several in the order of their ids.

PostgreSQL locks the row (`SELECT … FOR UPDATE`); SQLite has one writer at a time, which `BEGIN IMMEDIATE` makes wait
(database.session). A staff member's own row is locked before it, the audit trail's queue after it; so no two use cases
hold what the other one waits for. Only an import goes by chunks of its file, in that order within each: the next may
begin lower, and two of them can wait for each other. PostgreSQL then ends one, which is tried again, as is whatever
else still meets (database.retrying).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from database.keys import keys_of
from database.sealed import blind_indexes
from subscribers.address import Address
from subscribers.chunks import chunks
from subscribers.tables import AddresseeRow, MergedReader, Subscriber

Row = TypeVar("Row", Subscriber, AddresseeRow)

_WITH_ADDRESS = select(Subscriber.uid).where(Subscriber.address_index.in_(bindparam("indexes", expanding=True)))
"""Made once: a flood of requests asks it thousands of times, and making it takes longer than the answer."""


def lock_readers(session: Session, uids: Iterable[UUID]) -> dict[UUID, Subscriber]:
    """The rows of these readers by e-mail, as they are now and for us alone until the transaction ends."""
    return _locked(session, Subscriber, set(uids))


def lock_reader(session: Session, uid: UUID) -> Subscriber | None:
    """One reader's row, as `lock_readers`; None for whoever was erased. It is of another id where two readers of one
    mailbox became one."""
    row = lock_readers(session, [uid]).get(uid)
    if row is None and (kept := session.get(MergedReader, uid)) is not None:
        return lock_readers(session, [kept.reader]).get(kept.reader)
    return row


def lock_reader_with(session: Session, address: Address) -> Subscriber | None:
    """The row of whoever has this address, as `lock_readers`; None when nobody has."""
    indexes = blind_indexes(keys_of(session), "email", address.canonical)
    while True:
        uid = session.scalar(_WITH_ADDRESS, {"indexes": indexes})
        row = None if uid is None else lock_reader(session, uid)
        if uid is None or (row is not None and row.address_index in indexes):
            return row  # else: erased, or moved to another address, while we waited


def lock_addressees(session: Session, uids: Iterable[UUID]) -> dict[UUID, AddresseeRow]:
    """The rows of these readers by post, as `lock_readers`."""
    return _locked(session, AddresseeRow, set(uids))


def _locked(session: Session, table: type[Row], uids: Collection[UUID]) -> dict[UUID, Row]:
    found: dict[UUID, Row] = {}
    for some in chunks(sorted(uids)):
        query = select(table).where(table.uid.in_(some)).order_by(table.uid).with_for_update()
        found.update((row.uid, row) for row in session.scalars(query.execution_options(populate_existing=True)))
    return found
