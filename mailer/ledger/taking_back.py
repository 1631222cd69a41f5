"""A mailing of which nothing has left is undone: its deliveries go, so that their readers can get the issue later."""

from __future__ import annotations

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from mailer.ledger.print_runs import PrintRun
from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import Attempt, Batch, Delivery, Mailing


def has_begun(session: Session, mailing_id: int) -> bool:
    """Something of it was claimed, tried or settled, or it was started."""
    mine = Delivery.mailing_id == mailing_id
    tried = exists().where(mine, Attempt.delivery_id == Delivery.id)
    moved = exists().where(mine, or_(Delivery.state != DeliveryState.PENDING, Delivery.tries > 0))
    started = exists().where(Mailing.id == mailing_id, Mailing.started_at.is_not(None))
    return bool(session.scalar(select(or_(started, moved, tried))))


def is_printed(session: Session, mailing_id: int) -> bool:
    """The postal desk ordered a print run of it, which names its deliveries."""
    return bool(session.scalar(select(exists().where(PrintRun.mailing_id == mailing_id))))


def forget(session: Session, mailing_id: int) -> int:
    """Take the deliveries of a mailing away; returns how many. What was frozen stays."""
    gone = session.connection().execute(delete(Delivery).where(Delivery.mailing_id == mailing_id)).rowcount
    session.execute(delete(Batch).where(Batch.mailing_id == mailing_id))
    session.execute(update(Mailing).where(Mailing.id == mailing_id).values(readers=0))
    return gone
