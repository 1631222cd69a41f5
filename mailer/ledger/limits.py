"""How many hand-overs a limit still allows, counted from the ledger. Nothing here commits.

Every hand-over is either a delivery in `handing_over` or an attempt with `handed_at`; together they are all there were,
whichever process or restart they came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, select, text, union_all, update
from sqlalchemy.orm import Session

from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import IS_OPEN, Attempt, Delivery, LeaseRow


@dataclass(frozen=True)
class Cap:
    """At most `most` hand-overs in any closed window of `seconds`, through one relay or to one bucket of domains."""

    kind: Literal["relay", "bucket"]
    name: str
    most: int
    seconds: int


@dataclass(frozen=True)
class Room:
    """How many may be handed over now; and, if none, when the next may."""

    left: int
    opens_at: datetime | None = None


def lock(session: Session, caps: Iterable[Cap]) -> None:
    """Until the end of the transaction nobody else may use these limits.

    SQLite has one writer at a time, and the first statement makes us that writer.
    """
    names = sorted({f"{cap.kind} {cap.name}" for cap in caps})
    if session.get_bind().dialect.name != "postgresql":
        session.execute(text("SELECT 1"))
        return
    for name in names:
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def room(session: Session, caps: Sequence[Cap], at: datetime) -> Room:
    """What the tightest of these limits allows at this moment; `lock` was called before `at` was read."""
    tightest = Room(left=1_000_000)
    for cap in caps:
        found = _room(session, cap, at)
        if found.left < tightest.left or (found.left == tightest.left == 0 and _later(found, tightest)):
            tightest = found
    return tightest


def put_in_buckets(session: Session, buckets: Mapping[str, Sequence[int]]) -> None:
    """Note which claimed deliveries go to a bucket of domains with limits of its own."""
    for bucket, deliveries in buckets.items():
        session.connection().execute(update(Delivery).where(Delivery.id.in_(deliveries)).values(bucket=bucket))


def latest(session: Session, relay: str) -> datetime | None:
    """When the last hand-over through a relay was, so that a clock set back cannot open a window twice."""
    return session.scalar(select(func.max(Attempt.handed_at)).where(Attempt.relay == relay))


def _later(one: Room, other: Room) -> bool:
    return one.opens_at is not None and (other.opens_at is None or one.opens_at > other.opens_at)


def _room(session: Session, cap: Cap, at: datetime) -> Room:
    since = at - timedelta(seconds=cap.seconds)
    handed = _handed_since(cap, since)
    used = session.scalar(select(func.count()).select_from(handed)) or 0
    if used < cap.most:
        return Room(cap.most - used)
    newest_first = select(handed.c.handed_at).order_by(handed.c.handed_at.desc())
    leaves = session.scalar(newest_first.offset(cap.most - 1).limit(1))
    after = timedelta(seconds=cap.seconds, microseconds=1)
    return Room(0, leaves + after if leaves is not None else None)


def _handed_since(cap: Cap, since: datetime) -> Any:
    attempt, delivery = getattr(Attempt, cap.kind), getattr(Delivery, cap.kind)
    ended = select(Attempt.handed_at).where(attempt == cap.name, Attempt.handed_at >= since)
    going = select(Delivery.handed_at).where(
        IS_OPEN,
        Delivery.mailing_id == LeaseRow.mailing_id,
        Delivery.batch == LeaseRow.batch,
        Delivery.lease == LeaseRow.token,
        Delivery.state == DeliveryState.HANDING_OVER,
        delivery == cap.name,
        Delivery.handed_at >= since,
    )
    return union_all(ended, going).subquery()
