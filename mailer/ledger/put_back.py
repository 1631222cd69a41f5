"""What a copy of the database that was put back may have wrong, and how it is settled. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from sqlalchemy import ColumnElement, and_, exists, func, insert, select, true, update
from sqlalchemy.orm import Session

from mailer.ledger import handover, mailings
from mailer.ledger.print_runs import PrintRun
from mailer.ledger.print_states import LIVE
from mailer.ledger.states import DeliveryEvent, DeliveryState, MailingEvent, MailingState, delivery_after
from mailer.ledger.tables import IS_OPEN, Attempt, Delivery, Mailing
from mailer.organisation import Channel
from wording import Text

_WAITS = (DeliveryState.PENDING, DeliveryState.DEFERRED, DeliveryState.CLAIMED)
_IN_DOUBT = (DeliveryState.UNCERTAIN, DeliveryState.HANDING_OVER)
_LIVE = (MailingState.SENDING, MailingState.SCHEDULED, MailingState.PAUSED)
_CHUNK = 500


@dataclass(frozen=True)
class OnItsWay:
    """A mailing that was not finished when the copy was made. Counts of e-mails; `post` waits for the postal desk."""

    mailing: int
    issue: str
    state: MailingState
    waiting: int
    uncertain: int
    post: int


def on_their_way(session: Session) -> list[OnItsWay]:
    """Every mailing that the copy says is not finished, with what it says is still to be done."""
    wanted = select(Mailing).where(Mailing.state.in_(_LIVE)).order_by(Mailing.id)
    return [
        OnItsWay(
            one.id,
            one.issue_slug,
            one.state,
            _count(session, one.id, Channel.EMAIL, _WAITS),
            _count(session, one.id, Channel.EMAIL, _IN_DOUBT),
            _count(session, one.id, Channel.POST, _WAITS),
        )
        for one in session.scalars(wanted)
    ]


def live_runs(session: Session) -> list[int]:
    """The print runs that the copy says are not posted yet."""
    return list(session.scalars(select(PrintRun.id).where(PrintRun.state.in_(sorted(LIVE))).order_by(PrintRun.id)))


def open_among(session: Session, deliveries: Collection[int]) -> int:
    """How many of these the copy says are still to be sent, or in doubt."""
    return sum(
        session.scalar(select(func.count()).where(Delivery.id.in_(some), _is_open())) or 0
        for some in _chunks(deliveries)
    )


def unknown_among(session: Session, deliveries: Collection[int]) -> int:
    """How many of these the copy does not know at all."""
    known = sum(
        session.scalar(select(func.count()).select_from(Delivery).where(Delivery.id.in_(some))) or 0
        for some in _chunks(deliveries)
    )
    return len(deliveries) - known


def arrived(session: Session, deliveries: Collection[int], at: datetime) -> int:
    """A relay took these after the copy was made; returns how many the copy had as still to be sent, or in doubt.

    Who held them holds nothing any more (`end_leases`).
    """
    after = reduce(delivery_after, (DeliveryEvent.CLAIM, DeliveryEvent.INTEND, DeliveryEvent.ACCEPT), _WAITS[0])
    count = 0
    for some in _chunks(deliveries):
        taken = update(Delivery).where(Delivery.id.in_(some), _is_open())
        values = {"state": after, "is_open": False, "next_at": None, "lease": None}
        changed = session.connection().execute(taken.values(values).returning(Delivery.id)).scalars().all()
        rows = [{"delivery_id": one, "ended_at": at, "outcome": DeliveryEvent.FOUND_ACCEPTED} for one in changed]
        if rows:
            session.connection().execute(insert(Attempt), rows)
        count += len(changed)
    return count


def end_leases(session: Session, at: datetime) -> None:
    """Whoever held something when the copy was made, holds nothing of it now."""
    handover.end(session, true(), at)


def ask_of_all(session: Session, why: Text) -> list[int]:
    """Let every mailing that is not finished wait for a person, also what waited for another reason; returns those that
    were to go on by themselves."""
    going = [*mailings.in_state(session, MailingState.SENDING), *mailings.in_state(session, MailingState.SCHEDULED)]
    ids = [one.id for one in going]
    for mailing in ids:
        mailings.change(session, mailing, MailingEvent.PAUSE)
    paused = update(Mailing).where(Mailing.state == MailingState.PAUSED)
    session.execute(paused.values(reason=why.msgid, reason_slots=dict(why.values)))
    return ids


def finish(session: Session, at: datetime) -> None:
    """Mailings of which nothing is open any more are done, though they wait for a person."""
    for one in mailings.in_state(session, MailingState.PAUSED):
        if not session.scalar(select(exists().where(IS_OPEN, Delivery.mailing_id == one.id))):
            mailings.change(session, one.id, MailingEvent.RESUME, reason="")
            mailings.finish_if_done(session, one.id, at)


def doubt_post(session: Session) -> None:
    """Nothing that still waits for the postal desk is printed before it says that it has not left yet."""
    waits = exists().where(IS_OPEN, Delivery.mailing_id == Mailing.id, Delivery.channel == Channel.POST)
    session.execute(update(Mailing).where(waits).values(post_in_doubt=True))


def believe_post(session: Session, issue: str) -> bool:
    """The postal desk says that what waits of this issue has not left; False when that was in no doubt."""
    doubted = update(Mailing).where(Mailing.issue_slug == issue, Mailing.post_in_doubt)
    return bool(session.scalars(doubted.values(post_in_doubt=False).returning(Mailing.id)).all())


def _is_open() -> ColumnElement[bool]:
    return and_(Delivery.channel == Channel.EMAIL, Delivery.state.in_((*_WAITS, *_IN_DOUBT)))


def _count(session: Session, mailing: int, channel: Channel, states: Collection[DeliveryState]) -> int:
    mine = Delivery.mailing_id == mailing, Delivery.channel == channel, Delivery.state.in_(states)
    return session.scalar(select(func.count()).select_from(Delivery).where(*mine)) or 0


def _chunks(numbers: Collection[int]) -> Iterator[list[int]]:
    """No column holds a number that is larger; SQLite takes some thousands of parameters in one statement."""
    known = sorted(one for one in numbers if 0 < one < 2**31)
    return (known[at : at + _CHUNK] for at in range(0, len(known), _CHUNK))
