"""Languages that go out after the others: which are to, and that it is done. Nothing here commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mailer.ledger.translations import FOLLOWS, LocaleDecision


def following(session: Session) -> list[LocaleDecision]:
    """The decisions by which a language follows the others, the oldest first."""
    open_ones = LocaleDecision.ended_at.is_(None), LocaleDecision.decision.in_([str(one) for one in FOLLOWS])
    return list(session.scalars(select(LocaleDecision).where(*open_ones).order_by(LocaleDecision.id)))


def end(session: Session, decision: int, at: datetime) -> bool:
    """The decision is over; False when it was already."""
    still = LocaleDecision.id == decision, LocaleDecision.ended_at.is_(None)
    ended = update(LocaleDecision).where(*still).values(ended_at=at).returning(LocaleDecision.id)
    return bool(session.execute(ended).all())
