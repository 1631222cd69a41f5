"""What the ledger answers: how a mailing is, how fast it goes, and what became of one reader. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mailer.ledger.mailings import Accounting, mailing_of
from mailer.ledger.states import DeliveryEvent, DeliveryState, MailingState
from mailer.ledger.tables import IS_OPEN, Attempt, Delivery, FrozenEdition, Mailing

WINDOW = timedelta(minutes=2)
"""The speed is that of the last while: long enough to be steady, short enough to notice a slower relay."""


@dataclass(frozen=True)
class Try:
    """One attempt, as a person reads it. `handed_at` is empty when nothing left."""

    ended_at: datetime
    outcome: str
    handed_at: datetime | None
    relay: str | None
    stage: str
    code: int | None
    enhanced: str
    words: str


@dataclass(frozen=True)
class Found:
    """One delivery to a reader: which edition, how it is, what the relay answered each time, when the next try is."""

    delivery: int
    mailing_id: int
    mailing_state: MailingState
    issue_slug: str
    audience: str
    locale: str
    channel: str
    subject: str
    state: DeliveryState
    next_at: datetime | None
    tries: tuple[Try, ...]


@dataclass(frozen=True)
class Progress:
    """How far a mailing is; `per_second` and `done_at` only while it is being sent."""

    account: Accounting
    per_second: float | None = None
    done_at: datetime | None = None


def progress(session: Session, mailing_id: int, at: datetime, states: Mapping[DeliveryState, int]) -> Progress:
    """Estimate from the last two minutes when the rest of what was counted will be settled. Raises LookupError."""
    mailing = mailing_of(session, mailing_id)
    account = Accounting(mailing.readers, {state: states.get(state, 0) for state in DeliveryState})
    if mailing.state is not MailingState.SENDING or not account.waiting:
        return Progress(account)
    since = max(at - WINDOW, mailing.started_at or at - WINDOW)
    mine = Delivery.mailing_id == mailing_id, Attempt.ended_at > since, Attempt.outcome == DeliveryEvent.ACCEPT
    ended = select(func.count()).select_from(Attempt).join(Delivery, Delivery.id == Attempt.delivery_id).where(*mine)
    accepted = session.scalar(ended) or 0
    passed = (at - since).total_seconds()
    if not accepted or passed <= 0:
        return Progress(account)
    speed = accepted / passed
    return Progress(account, speed, at + timedelta(seconds=account.waiting / speed))


def next_try(session: Session, mailing_id: int) -> datetime | None:
    """When the first of what waits for a moment is tried again; None when nothing does, or nobody may try."""
    waiting = select(func.min(Delivery.next_at)).join(Mailing, Mailing.id == Delivery.mailing_id)
    return session.scalar(waiting.where(Mailing.id == mailing_id, Mailing.state == MailingState.SENDING, IS_OPEN))


def newest(session: Session, most: int = 50) -> list[Mailing]:
    """The newest mailings first."""
    return list(session.scalars(select(Mailing).order_by(Mailing.id.desc()).limit(most)))


def all_mailings(session: Session, most: int = 50) -> list[tuple[Mailing, int]]:
    """The newest mailings first, each with how many of its deliveries are still open, counted in the index of those."""
    found = newest(session, most)
    still_open = select(Delivery.mailing_id, func.count()).where(Delivery.mailing_id.in_([one.id for one in found]))
    rows = session.execute(still_open.where(IS_OPEN).group_by(Delivery.mailing_id))
    counts: dict[int, int] = {row[0]: row[1] for row in rows}
    return [(one, counts.get(one.id, 0)) for one in found]


def deliveries_to(session: Session, readers: Collection[UUID], most: int | None = None) -> list[Found]:
    """Everything that ever was on its way to these readers, the newest first; no more than `most`."""
    rows = session.execute(
        select(Delivery, FrozenEdition.audience, FrozenEdition.locale, FrozenEdition.subject, Mailing.state)
        .join(FrozenEdition, FrozenEdition.id == Delivery.edition_id)
        .join(Mailing, Mailing.id == Delivery.mailing_id)
        .where(Delivery.reader.in_(readers))
        .order_by(Delivery.id.desc())
        .limit(most)
    ).all()
    tries = tries_of(session, [row[0].id for row in rows])
    return [
        Found(
            delivery=delivery.id,
            mailing_id=delivery.mailing_id,
            mailing_state=state,
            issue_slug=delivery.issue_slug,
            audience=audience,
            locale=locale,
            channel=str(delivery.channel),
            subject=subject,
            state=delivery.state,
            next_at=delivery.next_at,
            tries=tries[delivery.id],
        )
        for delivery, audience, locale, subject, state in rows
    ]


def tries_of(session: Session, deliveries: Collection[int]) -> Mapping[int, tuple[Try, ...]]:
    """Every try of each of these deliveries, the first first."""
    found: dict[int, tuple[Try, ...]] = dict.fromkeys(deliveries, ())
    attempts = session.scalars(select(Attempt).where(Attempt.delivery_id.in_(found)).order_by(Attempt.id))
    for one in attempts:
        said = one.relay, one.stage, one.code, one.enhanced, one.words
        found[one.delivery_id] += (Try(one.ended_at, one.outcome, one.handed_at, *said),)
    return found
