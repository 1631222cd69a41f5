"""What a mailing consists of, per edition: the numbers a person wants to see first."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mailer.ledger.states import OPEN, DeliveryState
from mailer.ledger.tables import Delivery, FrozenEdition
from mailer.organisation import Channel


@dataclass(frozen=True)
class EditionOverview:
    """One frozen edition of a mailing. `html_bytes` is 0 for the post."""

    audience: str
    locale: str
    channel: Channel
    subject: str
    html_bytes: int
    states: dict[DeliveryState, int]

    @property
    def readers(self) -> int:
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        """Those for whom the system will still do something by itself."""
        return sum(count for state, count in self.states.items() if state in OPEN)


def overview(session: Session, mailing_id: int) -> list[EditionOverview]:
    """The editions of a mailing in the order in which they were frozen."""
    count = select(Delivery.edition_id, Delivery.state, func.count()).where(Delivery.mailing_id == mailing_id)
    states: dict[int, dict[DeliveryState, int]] = {}
    for edition, state, number in session.execute(count.group_by(Delivery.edition_id, Delivery.state)):
        states.setdefault(edition, {})[state] = number
    columns = (
        FrozenEdition.id,
        FrozenEdition.audience,
        FrozenEdition.locale,
        FrozenEdition.channel,
        FrozenEdition.subject,
        func.coalesce(func.length(FrozenEdition.html), 0),
    )
    frozen = select(*columns).where(FrozenEdition.mailing_id == mailing_id).order_by(FrozenEdition.id)
    return [
        EditionOverview(audience, locale, channel, subject, size, states.get(edition, {}))
        for edition, audience, locale, channel, subject, size in session.execute(frozen)
    ]


def readers_in(session: Session, mailing_id: int, state: DeliveryState, channel: Channel) -> list[tuple[str, UUID]]:
    """Audience and reader of every delivery of a mailing in this state."""
    query = (
        select(FrozenEdition.audience, Delivery.reader)
        .join(FrozenEdition, FrozenEdition.id == Delivery.edition_id)
        .where(Delivery.mailing_id == mailing_id, Delivery.state == state, Delivery.channel == channel)
    )
    return [(audience, reader) for audience, reader in session.execute(query)]
