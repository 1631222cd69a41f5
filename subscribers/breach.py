"""After a leak: which records could have been read and which were, between two moments (GDPR art. 33 and 34).

Within 72 hours the supervisor wants numbers and kinds; this counts them and names nobody.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.audit import AuditRow, Event, verify
from subscribers.tables import AddresseeRow, AddresseeState, ConsentEvent, Subscriber, SubscriberState

LOOKED = frozenset({Event.VIEW_LIST, Event.VIEW_ONE, Event.SEARCH, Event.EXPORT, Event.PRINT})
"""Events by which somebody saw personal data."""


@dataclass(frozen=True)
class Breach:
    """`readable` was there to be read in that time; `seen` is what the audit trail says was looked at, by whom."""

    readable: dict[str, int]
    seen: dict[str, int]
    actors: dict[str, int]
    subjects: int
    """Different people whose own record was looked at."""
    rows_exported: int
    chain_fits: bool
    """False: the audit trail itself was changed, so `seen` cannot be trusted."""


def report(session: Session, start: datetime, end: datetime) -> Breach:
    """What could be read and what was, from `start` to `end`."""
    within = AuditRow.at >= start, AuditRow.at <= end, AuditRow.event.in_(LOOKED)
    rows = session.execute(
        select(AuditRow.event, AuditRow.actor, AuditRow.subject, AuditRow.detail).where(*within)
    ).all()
    return Breach(
        readable=_readable(session, end),
        seen=dict(Counter(row.event for row in rows)),
        actors=dict(Counter(row.actor for row in rows)),
        subjects=len({row.subject for row in rows if row.subject is not None}),
        rows_exported=sum(_count(row.detail) for row in rows),
        chain_fits=verify(session).broken_at is None,
    )


def _readable(session: Session, end: datetime) -> dict[str, int]:
    def count(table: Any, *conditions: Any) -> int:
        return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

    return {
        "subscribers": count(Subscriber, Subscriber.address.is_not(None), Subscriber.created_at <= end),
        "subscribers_left": count(Subscriber, Subscriber.state == SubscriberState.LEFT, Subscriber.created_at <= end),
        "addressees": count(AddresseeRow),
        "addressees_suspended": count(AddresseeRow, AddresseeRow.state == AddresseeState.SUSPENDED),
        "consent_events": count(ConsentEvent, ConsentEvent.at <= end),
    }


def _count(detail: dict[str, Any]) -> int:
    rows = detail.get("rows", 0)
    return rows if isinstance(rows, int) else 0
