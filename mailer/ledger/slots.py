"""Slots: a planned moment of a job is a row, and whoever writes it first runs the job. Nothing here commits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mailer.ledger.tables import Slot

_KEPT = timedelta(days=2)
"""Slots of periodic jobs older than this say nothing any more."""


def take_slot(session: Session, job: str, every: timedelta, at: datetime) -> bool:
    """Take the current slot of a periodic job; False if somebody has it."""
    started = datetime.fromtimestamp(at.timestamp() // every.total_seconds() * every.total_seconds(), UTC)
    session.execute(delete(Slot).where(Slot.job == job, Slot.at < at - _KEPT))
    return take_moment(session, job, started, at)


def take_moment(session: Session, job: str, moment: datetime, at: datetime) -> bool:
    """Take one planned moment of a job; False if somebody has it."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Slot.__table__).on_conflict_do_nothing().returning(Slot.job)
    return bool(session.connection().execute(statement, {"job": job, "at": moment, "taken_at": at}).all())


def last_taken(session: Session, job: str) -> datetime | None:
    """When anybody last took a slot of this job."""
    return session.scalar(select(func.max(Slot.taken_at)).where(Slot.job == job))
