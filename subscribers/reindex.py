"""Give blind indexes a new key: possible where the address is still known; a bare hash keeps its own key."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.keys import keys_of
from database.sealed import blind_index, open_sealed
from database.session import Store
from staff.people import PersonRow, email_index
from subscribers.address import address_from
from subscribers.suppression import reason_for
from subscribers.tables import Subscriber, Suppression

_BATCH = 200


def reindex(store: Store, done: Callable[[int], None] = lambda _rows: None) -> int:
    """Index every known address under the newest key, a batch at a time; may be killed and started again.

    `done` hears of each batch. Returns how many values.
    """
    total = 0
    while True:
        with store.transaction() as session:
            rows = _some(session)
        if not rows:
            break
        total += rows
        done(rows)
    with store.transaction() as session:
        return total + _people(session)


def _some(session: Session) -> int:
    keys = keys_of(session)
    old = Subscriber.address_index.not_like(f"{keys.current('index')}.%")
    rows = session.scalars(select(Subscriber).where(old, Subscriber.address.is_not(None)).limit(_BATCH)).all()
    for row in rows:
        assert row.address is not None  # noqa: S101  the query says so
        address = address_from(open_sealed(keys, Subscriber.address, row.uid, row.address))
        new = blind_index(keys, "email", address.canonical)
        if (reason := reason_for(session, address)) and session.get(Suppression, new) is None:
            session.add(Suppression(address_index=new, reason=reason.reason, at=reason.at))
        row.address_index = new
    session.flush()
    return len(rows)


def _people(session: Session) -> int:
    keys, done = keys_of(session), 0
    for row in session.scalars(select(PersonRow)):
        new = email_index(keys, open_sealed(keys, PersonRow.email, row.uid, row.email))
        done += row.email_index != new
        row.email_index = new
    session.flush()
    return done
