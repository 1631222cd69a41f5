"""The shunt list: batches that brought worker after worker down, set aside for a person. Nothing here commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mailer.ledger.tables import Batch

TRIES = 3
"""Without one delivery coming to an end in between. (Mailman calls it MAX_BAK_COUNT, and takes three too.)"""


def begin(session: Session, mailing_id: int, batch: int, at: datetime) -> bool:
    """Note that a worker begins this batch; False when it has been set aside, which may be at this moment."""
    here = Batch.mailing_id == mailing_id, Batch.number == batch
    begun = update(Batch).where(*here, Batch.shunted_at.is_(None)).values(begun=Batch.begun + 1)
    count = session.connection().execute(begun.returning(Batch.begun)).scalar()
    if count is not None and count > TRIES:
        session.connection().execute(update(Batch).where(*here).values(shunted_at=at))
        return False
    return count is not None


def progressed(session: Session, mailing_id: int, batch: int, error: str = "") -> None:
    """A delivery of it came to an end, or the worker did and left an `error`."""
    here = update(Batch).where(Batch.mailing_id == mailing_id, Batch.number == batch)
    session.connection().execute(here.values(error=error) if error else here.values(begun=0, error=""))


def shunted(session: Session, mailing_id: int) -> list[Batch]:
    """The batches of a mailing that wait for a person."""
    mine = select(Batch).where(Batch.mailing_id == mailing_id, Batch.shunted_at.is_not(None))
    return list(session.scalars(mine.order_by(Batch.number)))


def release(session: Session, mailing_id: int) -> int:
    """Let workers try what was set aside again; returns how many batches."""
    mine = update(Batch).where(Batch.mailing_id == mailing_id, Batch.shunted_at.is_not(None))
    return session.connection().execute(mine.values(shunted_at=None, begun=0, error="")).rowcount
