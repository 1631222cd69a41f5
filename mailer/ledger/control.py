"""What a person may order of deliveries: try again, settle a doubt, cancel. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from mailer.ledger.states import (
    OPEN,
    DeliveryEvent,
    DeliveryState,
    MailingState,
    before,
    delivery_after,
)
from mailer.ledger.tables import Attempt, Delivery, Mailing
from mailer.organisation import Channel
from wording import Text


@dataclass(frozen=True)
class Doubt:
    """A delivery that is uncertain: which, and when it was handed over to which relay."""

    delivery: int
    relay: str | None
    handed_at: datetime | None


def retry(session: Session, mailing_id: int, at: datetime, states: Collection[DeliveryState]) -> int:
    """Let the refused or deferred e-mails of a mailing be tried again now; returns how many."""
    return _order(session, mailing_id, DeliveryEvent.RETRY, at, states=states)


def doubts(session: Session, mailing_id: int) -> list[Doubt]:
    """The uncertain deliveries of a mailing, for a person who looks in the relay's log."""
    mine = Delivery.mailing_id == mailing_id, Delivery.state == DeliveryState.UNCERTAIN
    rows = session.execute(select(Delivery.id, Delivery.relay, Delivery.handed_at).where(*mine).order_by(Delivery.id))
    return [Doubt(*row) for row in rows]


def settle(
    session: Session, mailing_id: int, at: datetime, *, arrived: bool, only: Collection[int] | None = None
) -> int:
    """Settle uncertain deliveries: they arrived, or they did not and are sent again; returns how many."""
    event = DeliveryEvent.FOUND_ACCEPTED if arrived else DeliveryEvent.FOUND_LOST
    return _order(session, mailing_id, event, at, only=only)


def cancel_open(session: Session, mailing_id: int, at: datetime) -> int:
    """Cancel what waits; what a worker holds is given back by it, and cancelled by the sweep."""
    return _order(session, mailing_id, DeliveryEvent.CANCEL, at)


def remark(session: Session, mailing_id: int, what: Text) -> None:
    """What a person should know of a mailing that goes on all the same."""
    going = update(Mailing).where(Mailing.id == mailing_id, Mailing.state == MailingState.SENDING)
    session.execute(going.values(reason=what.msgid, reason_slots=dict(what.values)))


def _order(
    session: Session,
    mailing_id: int,
    event: DeliveryEvent,
    at: datetime,
    *,
    states: Collection[DeliveryState] | None = None,
    only: Collection[int] | None = None,
) -> int:
    """Move deliveries on and append what was ordered to their attempts, so that their history is whole."""
    chosen = set(before(event)) & set(before(event) if states is None else states)
    if not chosen:
        return 0
    wanted = update(Delivery).where(Delivery.mailing_id == mailing_id, Delivery.channel == Channel.EMAIL)
    wanted = wanted.where(Delivery.state.in_(chosen))
    if only is not None:
        wanted = wanted.where(Delivery.id.in_(only))
    # A person's order begins the 72 hours anew.
    after = delivery_after(chosen.pop(), event)
    values = {"state": after, "is_open": after in OPEN, "next_at": None, "first_try_at": None}
    changed = session.connection().execute(wanted.values(values).returning(Delivery.id)).scalars().all()
    if changed and event is not DeliveryEvent.CANCEL:
        rows = [{"delivery_id": delivery, "ended_at": at, "outcome": event} for delivery in changed]
        session.connection().execute(insert(Attempt), rows)
    return len(changed)
