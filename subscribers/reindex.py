"""Give blind indexes a new key: possible where the address is still known; a bare hash keeps its own key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.keys import keys_of
from database.retrying import retried
from database.sealed import blind_index, blind_indexes, open_sealed
from database.session import Store
from staff.people import PersonRow, email_index
from subscribers.address import Address, address_from
from subscribers.chunks import chunks
from subscribers.locking import lock_readers
from subscribers.merging import merge
from subscribers.repository import address_of
from subscribers.suppression import reason_for
from subscribers.tables import Subscriber, Suppression

_BATCH = 200


def reindex(store: Store, done: Callable[[int], None] = lambda _rows: None) -> int:
    """Index every known address under the newest key, a batch at a time; may be killed and started again.

    Two readers of one mailbox, made under different keys, become one. `done` hears of each batch. Returns how many
    values got a new index.
    """
    total = 0
    while rows := _in_transaction(store, _some):
        total += rows
        done(rows)
    _merge_with_who_left(store)
    return total + _in_transaction(store, _people)


@retried
def _in_transaction(store: Store, work: Callable[[Session], int]) -> int:
    with store.transaction() as session:
        return work(session)


def _some(session: Session) -> int:
    """A batch of those whose index is older."""
    old = Subscriber.address_index.not_like(f"{keys_of(session).current('index')}.%")
    query = select(Subscriber).where(old, Subscriber.address.is_not(None)).order_by(Subscriber.uid).limit(_BATCH)
    rows = session.scalars(query).all()
    _make_one_each(session, rows)
    return len(rows)


def _merge_with_who_left(store: Store) -> None:
    """Of two of one mailbox one may have left: that address is gone, and only the other can say what its hash was."""
    after: UUID | None = None
    while True:
        with store.reading() as session:
            current = Subscriber.address_index.like(f"{keys_of(session).current('index')}.%")
            if not session.scalar(select(Subscriber.uid).where(~current, Subscriber.address.is_(None)).limit(1)):
                return
            page = select(Subscriber).where(current, Subscriber.address.is_not(None)).order_by(Subscriber.uid)
            page = page.limit(_BATCH) if after is None else page.where(Subscriber.uid > after).limit(_BATCH)
            rows = session.scalars(page).all()
            twice = [row for row, twins in _with_twins(session, rows) if twins]
        if not rows:
            return
        if twice:
            _in_transaction(store, partial(_make_one_each, readers=twice))
        after = rows[-1].uid


def _make_one_each(session: Session, readers: Sequence[Subscriber]) -> int:
    """Give each of these the index of the newest key, and make one of all who have one mailbox."""
    found = [(row.uid, twins) for row, twins in _with_twins(session, readers)]
    locked = lock_readers(session, {uid for first, twins in found for uid in (first, *twins)})
    for first, twins in found:
        row = locked.get(first)
        if row is None or row.address is None:
            continue  # erased or gone meanwhile, or one with an earlier one
        address = address_from(address_of(session, row) or "")
        indexes = blind_indexes(keys_of(session), "email", address.canonical)
        same = [one for uid in twins if (one := locked.get(uid)) is not None and one.address_index in indexes]
        kept = merge(session, [row, *same]) if same else row
        for gone in {first, *twins} - {kept.uid}:
            locked.pop(gone, None)
        _index_anew(session, kept, address)
    return len(found)


def _index_anew(session: Session, row: Subscriber, address: Address) -> None:
    new = blind_index(keys_of(session), "email", address.canonical)
    if (reason := reason_for(session, address)) and session.get(Suppression, new) is None:
        session.add(Suppression(address_index=new, reason=reason.reason, at=reason.at))
    row.address_index = new
    session.flush()


def _with_twins(session: Session, readers: Sequence[Subscriber]) -> list[tuple[Subscriber, set[UUID]]]:
    """Each of these with the others who have the same mailbox, under whatever key."""
    keys = keys_of(session)
    of = {
        row.uid: blind_indexes(keys, "email", address_from(address_of(session, row) or "").canonical) for row in readers
    }
    found = _with(session, {index for indexes in of.values() for index in indexes})
    return [(row, {found[index] for index in of[row.uid] if index in found} - {row.uid}) for row in readers]


def _with(session: Session, indexes: Iterable[str]) -> dict[str, UUID]:
    """Who is found by each of these indexes."""
    query = select(Subscriber.address_index, Subscriber.uid)
    return {
        row.address_index: row.uid
        for some in chunks(indexes)
        for row in session.execute(query.where(Subscriber.address_index.in_(some)))
    }


def _people(session: Session) -> int:
    keys, done = keys_of(session), 0
    for row in session.scalars(select(PersonRow)):
        new = email_index(keys, open_sealed(keys, PersonRow.email, row.uid, row.email))
        done += row.email_index != new
        row.email_index = new
    session.flush()
    return done
