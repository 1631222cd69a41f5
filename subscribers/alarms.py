"""A flood of readers who leave: it means that something is wrong with what was sent, or with who was sent it.

Nothing is done to anybody: everyone who leaves has left. A person must look at it the same day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database import audit
from database.audit import AuditRow
from subscribers.consent import ConsentKind
from subscribers.tables import ConsentEvent, Subscriber, SubscriberState

LEAVING_FLOOD = "leaving_flood"
"""The event in the audit trail."""
FLOOD_AT_LEAST, FLOOD_SHARE = 20, 0.05
"""So many in an hour, and so large a part of all readers: an ordinary issue loses some 0.2 %."""
_HOUR = timedelta(hours=1)


def raise_leaving_alarm(session: Session, at: datetime) -> bool:
    """Write a flood of leavings in the audit trail, once an hour; True when it was written now."""
    left_since = ConsentEvent.event == ConsentKind.LEFT, ConsentEvent.at > at - _HOUR
    left = session.scalar(select(func.count()).select_from(ConsentEvent).where(*left_since)) or 0
    active = Subscriber.state == SubscriberState.ACTIVE
    remain = session.scalar(select(func.count()).select_from(Subscriber).where(active)) or 0
    if left < FLOOD_AT_LEAST or left < FLOOD_SHARE * (left + remain):
        return False
    told = AuditRow.event == LEAVING_FLOOD, AuditRow.at > at - _HOUR
    if session.scalar(select(AuditRow.seq).where(*told).limit(1)) is not None:
        return False
    audit.record(session, LEAVING_FLOOD, "chores", detail={"left": left, "remain": remain}, at=at)
    return True
