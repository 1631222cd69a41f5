"""Slots: a planned moment of a job is a row, and whoever writes it first runs the job. Nothing here commits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mailer.ledger.tables import Slot

_KEPT = timedelta(days=2)
"""Slots of periodic jobs older than this say nothing any more."""
_SKEW = timedelta(minutes=1)
"""Between the clocks of two machines that both work."""


def take_slot(session: Session, job: str, every: timedelta, at: datetime) -> bool:
    """Take the current slot of a periodic job; False if somebody has it.

    Slots that are a whole turn or more ahead were taken by a clock that has been put right since: they and whatever
    came after now do not count, or nothing would be done until that clock's time has come.
    """
    started = datetime.fromtimestamp(at.timestamp() // every.total_seconds() * every.total_seconds(), UTC)
    session.execute(delete(Slot).where(Slot.job == job, Slot.at < at - max(_KEPT, 2 * every)))
    ahead = select(Slot.at).where(Slot.job == job, Slot.at > at + every + _SKEW)
    if session.scalar(ahead.limit(1)) is not None:
        session.execute(delete(Slot).where(Slot.job == job, Slot.at >= started))
    return take_moment(session, job, started, at)


def take_moment(session: Session, job: str, moment: datetime, at: datetime) -> bool:
    """Take one planned moment of a job; False if somebody has it."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Slot.__table__).on_conflict_do_nothing().returning(Slot.job)
    return bool(session.connection().execute(statement, {"job": job, "at": moment, "taken_at": at}).all())


def release_slot(session: Session, job: str) -> None:
    """Give the slots of a job back: it was not done, and may be taken anew at once."""
    session.execute(delete(Slot).where(Slot.job == job))


def last_taken(session: Session, job: str) -> datetime | None:
    """When anybody last took a slot of this job."""
    return session.scalar(select(func.max(Slot.taken_at)).where(Slot.job == job))
