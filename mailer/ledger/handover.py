"""Claim deliveries, write down intents before the final dot, record outcomes, end leases. Nothing here commits.

Each transition is one compare-and-set on state and lease: who lost the lease changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from mailer.ledger.installation import may_send
from mailer.ledger.states import (
    OPEN,
    DeliveryEvent,
    DeliveryState,
    MailingState,
    before,
    delivery_after,
)
from mailer.ledger.tables import IS_OPEN, Attempt, Delivery, LeaseRow, Mailing
from mailer.organisation import Channel

MOST_CLAIMED = 500
"""In one statement; 500 cost 3 µs each, and more would only lengthen the time between claim and dot."""
LEASE = timedelta(minutes=10)
"""Longer than the longest wait for one answer (RFC 5321 §4.5.3.2: ten minutes after the dot is cut to five here)."""


@dataclass(frozen=True)
class Lease:
    """A worker's right to change what it claimed, until a moment (UTC)."""

    token: int
    until: datetime
    process: UUID | None = None
    """Whose it is: when that process is dead, the lease ends."""

    @staticmethod
    def starting(at: datetime, length: timedelta = LEASE, process: UUID | None = None) -> Lease:
        return Lease(secrets.randbits(62), at + length, process)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours for a while."""

    id: int
    edition_id: int
    reader: UUID
    tries: int
    first_try_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ending:
    """How one try ended, for the ledger. `next_at` belongs to `DEFER` and, optionally, to `GIVE_BACK`."""

    delivery: int
    event: DeliveryEvent
    stage: str = ""
    code: int | None = None
    enhanced: str = ""
    words: str = ""
    handed_at: datetime | None = None
    next_at: datetime | None = None
    bucket: str | None = None


def claim(session: Session, *, mailing_id: int, batch: int, most: int, lease: Lease, at: datetime) -> list[Claimed]:
    """Up to `most` e-mail deliveries of a batch that are due, now ours.

    None unless the mailing is being sent, nor while everything is held back.
    """
    due = (
        select(Delivery.id)
        .where(IS_OPEN, Delivery.mailing_id == mailing_id, Delivery.batch == batch, Delivery.channel == Channel.EMAIL)
        .where(is_due(at), _is_sent(mailing_id))
        .order_by(Delivery.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(Delivery)
        .where(Delivery.id.in_(due.scalar_subquery()))
        .values(state=delivery_after(DeliveryState.PENDING, DeliveryEvent.CLAIM), lease=lease.token)
        .returning(Delivery.id, Delivery.edition_id, Delivery.reader, Delivery.tries, Delivery.first_try_at)
    )
    claimed = [Claimed(*row) for row in session.connection().execute(statement)]
    if claimed:
        _hold(session, mailing_id, batch, lease)
    return sorted(claimed, key=lambda one: one.id)


def is_due(at: datetime) -> Any:
    """The condition that a delivery may be claimed now."""
    waits = Delivery.state.in_(before(DeliveryEvent.CLAIM))
    return waits & or_(Delivery.next_at.is_(None), Delivery.next_at <= at)


def suppress(session: Session, deliveries: Collection[int], lease: Lease) -> int:
    """The readers behind these claimed deliveries may not receive; returns how many rows changed."""
    return _change(session, DeliveryEvent.SUPPRESS, deliveries, lease)


def give_back(
    session: Session,
    deliveries: Collection[int],
    lease: Lease,
    next_at: datetime | None = None,
    *,
    only: DeliveryState | None = None,
) -> int:
    """Return what certainly was not sent; with `next_at` nobody claims it before that moment.

    `only` leaves alone what is in another state: whoever never asked to hand it over knows that it is claimed.
    """
    return _change(session, DeliveryEvent.GIVE_BACK, deliveries, lease, next_at=next_at, only=only)


def renew(session: Session, lease: Lease) -> None:
    """Lengthen a lease to `lease.until`, unless the sweep has ended it."""
    session.connection().execute(update(LeaseRow).where(LeaseRow.token == lease.token).values(until=lease.until))


def let_go(session: Session, lease: Lease) -> None:
    """Nothing is held under this lease any more: it was all given back, or came to an end."""
    nothing_held = ~exists().where(_under_lease(LeaseRow.mailing_id, LeaseRow.batch, LeaseRow.token))
    session.connection().execute(delete(LeaseRow).where(LeaseRow.token == lease.token, nothing_held))


def intend(
    session: Session,
    deliveries: Collection[int],
    *,
    mailing_id: int,
    lease: Lease,
    relay: str,
    at: datetime,
    still: ColumnElement[bool] | None = None,
) -> set[int]:
    """Write down that these are handed over now; returns those that may be. The caller commits before the final dot.

    Left out is whatever we no longer hold or for which `still` does not hold, and everything once the mailing is paused
    or cancelled, or everything is held back.
    """
    if not deliveries:
        return set()
    parameters = {"token": lease.token, "mailing": mailing_id, "relay": relay, "at": at, **_ids(deliveries)}
    statement: ReturningUpdate[int] = _intend(len(deliveries))
    if still is not None:
        statement = statement.where(still)
    return set(session.connection().execute(statement, parameters).scalars())


def record(session: Session, endings: Sequence[Ending], *, lease: Lease, relay: str, at: datetime) -> None:
    """Move deliveries on as far as we still hold them, and append an attempt for each.

    An answer that comes after the sweep took the lease away is a fact too: what the sweep left `uncertain` moves on.
    """
    if not endings:
        return
    connection = session.connection()
    changed: set[int] = set()
    accepted = [ending.delivery for ending in endings if ending.event is DeliveryEvent.ACCEPT]
    if accepted:
        parameters = {"token": lease.token, **_ids(accepted)}
        changed.update(connection.execute(_accept(len(accepted)), parameters).scalars())
    changed.update(
        ending.delivery
        for ending in endings
        if ending.delivery not in changed and (_end(session, ending, lease, at) or _answer_late(session, ending))
    )
    attempts = [_attempt(ending, relay, at) for ending in endings if ending.delivery in changed]
    if attempts:
        connection.execute(_APPEND, attempts)


def sweep(session: Session, at: datetime) -> tuple[int, int]:
    """End every lease that is over; returns (waiting again, uncertain)."""
    return end(session, LeaseRow.until < at, at)


def end(session: Session, which: ColumnElement[bool], at: datetime) -> tuple[int, int]:
    """End these leases: what was claimed waits again, what was handing over is uncertain.

    The lease goes first: a worker that renews it at this moment either comes before, or finds that it has none.

    Returns (waiting again, uncertain).
    """
    back = uncertain = 0
    over = delete(LeaseRow).where(which).returning(LeaseRow.mailing_id, LeaseRow.batch, LeaseRow.token)
    for mailing_id, batch, token in session.connection().execute(over).all():
        held = _under_lease(mailing_id, batch, token)
        lost = session.connection().execute(
            update(Delivery)
            .where(held, Delivery.state == DeliveryState.HANDING_OVER)
            .values(_ended(delivery_after(DeliveryState.HANDING_OVER, DeliveryEvent.LEASE_OVER)))
            .values(tries=Delivery.tries + 1)
            .returning(Delivery.id.label("delivery_id"), Delivery.relay, Delivery.bucket, Delivery.handed_at)
        )
        ended = {"outcome": DeliveryEvent.LEASE_OVER, "ended_at": at, "stage": "dot"}
        rows = [{**row, **ended} for row in lost.mappings()]
        if rows:
            session.connection().execute(insert(Attempt), rows)
        uncertain += len(rows)
        waiting = delivery_after(DeliveryState.CLAIMED, DeliveryEvent.LEASE_OVER)
        claimed = update(Delivery).where(held, Delivery.state == DeliveryState.CLAIMED)
        back += session.connection().execute(claimed.values(_ended(waiting))).rowcount
    return back, uncertain


def _hold(session: Session, mailing_id: int, batch: int, lease: Lease) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"token": lease.token, "mailing_id": mailing_id, "batch": batch, "until": lease.until}
    row["process"] = lease.process
    held = dialect.insert(LeaseRow.__table__)
    held = held.on_conflict_do_update(index_elements=["token"], set_={"until": held.excluded.until})
    session.connection().execute(held, row)


def _under_lease(mailing_id: Any, batch: Any, token: Any) -> Any:
    return and_(IS_OPEN, Delivery.mailing_id == mailing_id, Delivery.batch == batch, Delivery.lease == token)


def _ended(state: DeliveryState) -> dict[str, Any]:
    """What a delivery is when nobody holds it any more."""
    return {"state": state, "is_open": state in OPEN, "lease": None}


def _is_sent(mailing_id: Any) -> Any:
    return and_(exists().where(Mailing.id == mailing_id, Mailing.state == MailingState.SENDING), may_send())


def _held(event: DeliveryEvent, count: int) -> Update:
    """A compare-and-set for `count` deliveries held under lease `token`. One statement per count, kept by its cache:
    writing out a list of any length anew costs more than the database does."""
    return update(Delivery).where(
        Delivery.id.in_([bindparam(f"id{number}") for number in range(count)]),
        Delivery.state.in_(before(event)),
        Delivery.lease == bindparam("token"),
    )


def _ids(deliveries: Iterable[int]) -> dict[str, int]:
    return {f"id{number}": delivery for number, delivery in enumerate(deliveries)}


@cache
def _intend(count: int) -> ReturningUpdate[int]:
    allowed = _held(DeliveryEvent.INTEND, count).where(_is_sent(bindparam("mailing")))
    values = {"state": DeliveryState.HANDING_OVER, "handed_at": bindparam("at"), "relay": bindparam("relay")}
    return allowed.values(values).returning(Delivery.id)


@cache
def _accept(count: int) -> ReturningUpdate[int]:
    values = {"tries": Delivery.tries + 1, "next_at": None, **_ended(DeliveryState.ACCEPTED)}
    return _held(DeliveryEvent.ACCEPT, count).values(values).returning(Delivery.id)


_APPEND = insert(Attempt)


def _change(
    session: Session,
    event: DeliveryEvent,
    deliveries: Collection[int],
    lease: Lease,
    *,
    next_at: datetime | None = None,
    only: DeliveryState | None = None,
) -> int:
    if not deliveries:
        return 0
    states = before(event) if only is None else (only,)
    after = {delivery_after(state, event) for state in states}
    held = update(Delivery).where(
        Delivery.id.in_(deliveries), Delivery.state.in_(states), Delivery.lease == lease.token
    )
    return session.connection().execute(held.values(next_at=next_at, **_ended(after.pop()))).rowcount


def _end(session: Session, ending: Ending, lease: Lease, at: datetime) -> bool:
    if ending.event is DeliveryEvent.ACCEPT:
        return False
    after = {delivery_after(state, ending.event) for state in before(ending.event)}
    statement = _held(ending.event, 1).values(
        tries=Delivery.tries + (0 if ending.event is DeliveryEvent.GIVE_BACK else 1),
        first_try_at=func.coalesce(Delivery.first_try_at, at),
        next_at=ending.next_at,
        **_ended(after.pop()),
    )
    return bool(session.connection().execute(statement, {"id0": ending.delivery, "token": lease.token}).rowcount)


def _answer_late(session: Session, ending: Ending) -> bool:
    """The sweep called it uncertain while we were stopped; the answer we hold now settles it."""
    settled = {DeliveryEvent.ACCEPT: DeliveryState.ACCEPTED, DeliveryEvent.REFUSE: DeliveryState.REFUSED}
    if ending.event not in settled or ending.handed_at is None:
        return False
    still = (Delivery.id == ending.delivery) & (Delivery.handed_at == ending.handed_at)
    uncertain = Delivery.state == DeliveryState.UNCERTAIN
    late = update(Delivery).where(still, uncertain).values(state=settled[ending.event])
    return bool(session.connection().execute(late).rowcount)


def _attempt(ending: Ending, relay: str, at: datetime) -> dict[str, object]:
    return {
        "delivery_id": ending.delivery,
        "relay": relay,
        "bucket": ending.bucket,
        "handed_at": ending.handed_at,
        "ended_at": at,
        "outcome": ending.event,
        "stage": ending.stage,
        "code": ending.code,
        "enhanced": ending.enhanced,
        "words": ending.words,
    }
