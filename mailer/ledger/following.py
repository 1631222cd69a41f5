"""What a person who follows a mailing wants to see of its deliveries: one state at a time, and what relays said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mailer.ledger.answers import Try, tries_of
from mailer.ledger.states import DeliveryEvent, DeliveryState
from mailer.ledger.tables import Attempt, Delivery, FrozenEdition, Mailing
from mailer.organisation import Channel

PAGE = 50
"""Deliveries on one page of a list."""
_MOST_SAID = 6


@dataclass(frozen=True)
class OneDelivery:
    """A delivery of a mailing, and every try."""

    id: int
    reader: UUID
    channel: Channel
    audience: str
    locale: str
    state: DeliveryState
    next_at: datetime | None
    tries: tuple[Try, ...]


@dataclass(frozen=True)
class Answered:
    """What relays said to so many deliveries that are deferred or refused."""

    outcome: str
    code: int | None
    enhanced: str
    words: str
    count: int


def deliveries_in(
    session: Session, mailing: Mailing, state: DeliveryState | None, *, after: int = 0
) -> list[OneDelivery]:
    """One page of the deliveries of a mailing in a state, or in any, by id, from the first `after` that id.

    Read along an index: the last page of a million readers costs what the first does.
    """
    query = (
        select(Delivery, FrozenEdition.audience, FrozenEdition.locale)
        .join(FrozenEdition, FrozenEdition.id == Delivery.edition_id)
        .where(Delivery.mailing_id == mailing.id, Delivery.id > after)
        .order_by(Delivery.id)
        .limit(PAGE)
    )
    if state is not None:
        query = query.where(Delivery.state == state)
    rows = session.execute(query).all()
    tries = tries_of(session, [row[0].id for row in rows])
    return [
        OneDelivery(
            id=one.id,
            reader=one.reader,
            channel=one.channel,
            audience=audience,
            locale=locale,
            state=one.state,
            next_at=one.next_at,
            tries=tries[one.id],
        )
        for one, audience, locale in rows
    ]


def mailed_audiences(session: Session, mailing: Mailing) -> list[str]:
    """The audiences by e-mail of a mailing, by key."""
    mine = FrozenEdition.mailing_id == mailing.id, FrozenEdition.channel == Channel.EMAIL
    return sorted(set(session.scalars(select(FrozenEdition.audience).where(*mine))))


def answered(session: Session, mailing_id: int) -> list[Answered]:
    """What relays said of what is deferred or refused now, the most frequent first."""
    last = (
        select(func.max(Attempt.id))
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(
            Delivery.mailing_id == mailing_id,
            Delivery.state.in_([DeliveryState.DEFERRED, DeliveryState.REFUSED]),
            Attempt.outcome.in_([DeliveryEvent.DEFER, DeliveryEvent.REFUSE]),
        )
        .group_by(Attempt.delivery_id)
    )
    said = Attempt.outcome, Attempt.code, Attempt.enhanced, Attempt.words
    count = func.count().label("count")
    query = select(*said, count).where(Attempt.id.in_(last)).group_by(*said).order_by(count.desc()).limit(_MOST_SAID)
    return [Answered(*row) for row in session.execute(query)]
