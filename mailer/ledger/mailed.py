"""Which issues were mailed lately. Nothing here commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer.ledger.states import MailingState
from mailer.ledger.tables import Mailing


def mailed_since(session: Session, at: datetime) -> list[str]:
    """The issues of which a mailing was done after this moment, each once."""
    done = Mailing.state == MailingState.DONE, Mailing.finished_at > at
    return list(session.scalars(select(Mailing.issue_slug).where(*done).distinct().order_by(Mailing.issue_slug)))
