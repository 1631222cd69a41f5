"""Who left in a while: ids only. Never commits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from subscribers.consent import ConsentKind
from subscribers.tables import ConsentEvent


def left_between(session: Session, since: datetime, until: datetime) -> set[UUID]:
    """The readers who withdrew their consent from one moment until another."""
    left = ConsentEvent.event == ConsentKind.LEFT
    return set(session.scalars(select(ConsentEvent.subject).where(left, ConsentEvent.at.between(since, until))))
