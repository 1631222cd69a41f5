"""How the readers of one issue are, over all its mailings, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Delivery, Mailing
from mailer.organisation import Channel


@dataclass(frozen=True)
class Counted:
    """How many deliveries of an issue, in one mailing and through one channel, are in this state."""

    mailing: int
    mailing_state: MailingState
    channel: Channel
    state: DeliveryState
    count: int


def counted(session: Session, slug: str) -> list[Counted]:
    """Every delivery of an issue, by mailing, channel and state, the oldest mailing first."""
    by = Delivery.mailing_id, Mailing.state, Delivery.channel, Delivery.state
    query = select(*by, func.count()).join(Mailing, Mailing.id == Delivery.mailing_id)
    rows = session.execute(query.where(Delivery.issue_slug == slug).group_by(*by).order_by(Delivery.mailing_id))
    return [Counted(mailing, at, channel, state, count) for mailing, at, channel, state, count in rows]
