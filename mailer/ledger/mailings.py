"""Move mailings through their states, find due batches, count where everybody is. Nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, null, select, update
from sqlalchemy.orm import Session

from mailer.ledger import archive
from mailer.ledger.handover import is_due
from mailer.ledger.installation import is_free
from mailer.ledger.states import (
    OPEN,
    DeliveryState,
    MailingEvent,
    MailingState,
    NotPossibleError,
    mailing_after,
)
from mailer.ledger.tables import IS_OPEN, Batch, Delivery, FrozenEdition, Mailing
from mailer.organisation import Channel
from wording import Text


@dataclass(frozen=True)
class Accounting:
    """Where every reader of a mailing is. `readers` was counted at opening, apart from the states."""

    readers: int
    states: dict[DeliveryState, int]

    @property
    def waiting(self) -> int:
        """Pending, or in a worker's hands at this moment."""
        return sum(self.states[state] for state in OPEN - {DeliveryState.DEFERRED})

    @property
    def settled(self) -> int:
        """Nothing more happens to these by itself."""
        return sum(count for state, count in self.states.items() if state not in OPEN)

    @property
    def balances(self) -> bool:
        """readers = accepted + deferred + refused + uncertain + suppressed + cancelled + pending."""
        return self.readers == sum(self.states.values())


def accounting(session: Session, mailing_id: int) -> Accounting:
    """Count the deliveries of a mailing by state. Raises LookupError if there is no such mailing."""
    one = mailing_of(session, mailing_id)
    # By its issue too, for which there is an index.
    mine = Delivery.issue_slug == one.issue_slug, Delivery.mailing_id == one.id
    rows = session.execute(select(Delivery.state, func.count()).where(*mine).group_by(Delivery.state))
    counted: dict[DeliveryState, int] = {row[0]: row[1] for row in rows}
    return Accounting(one.readers, {state: counted.get(state, 0) for state in DeliveryState})


def mailing_of(session: Session, mailing_id: int) -> Mailing:
    """Raises LookupError."""
    mailing = session.get(Mailing, mailing_id)
    if mailing is None:
        raise LookupError(mailing_id)
    return mailing


def change(
    session: Session, mailing_id: int, event: MailingEvent, *, reason: Text | str | None = None, **values: Any
) -> MailingState:
    """Let `event` happen to a mailing, with `values` for other columns. Raises NotPossibleError or LookupError.

    Compare-and-set: of two that press the same button at once, one is told that it is not possible any more. What waits
    in the archive for the mailing appears as it begins, and goes with one that is cancelled.
    """
    state = session.scalar(select(Mailing.state).where(Mailing.id == mailing_id))
    if state is None:
        raise LookupError(mailing_id)
    after = mailing_after(state, event)
    if isinstance(reason, Text):
        values |= {"reason": reason.msgid, "reason_slots": dict(reason.values)}
    elif reason is not None:
        values |= {"reason": reason, "reason_slots": null()}
    unchanged = update(Mailing).where(Mailing.id == mailing_id, Mailing.state == state)
    changed = session.execute(unchanged.values(state=after, **values).returning(Mailing.id)).scalars().all()
    if not changed:
        raise NotPossibleError(state, event)
    if after is MailingState.SENDING:
        archive.appear(session, mailing_id)
    elif after is MailingState.CANCELLED:
        archive.drop_waiting(session, mailing_id)
    return after


def hold(session: Session, mailing_id: int) -> None:
    """Let whoever orders something of this mailing wait until we are done."""
    session.execute(select(Mailing.id).where(Mailing.id == mailing_id).with_for_update())


def finish_if_done(session: Session, mailing_id: int, at: datetime) -> bool:
    """Call a mailing done when nothing of it is open any more; True if it became so now.

    The mailing's row is locked first, as whoever gives it work again does: that is seen, or comes later.
    """
    something_open = exists().where(IS_OPEN, Delivery.mailing_id == mailing_id)
    if session.scalar(select(something_open)):
        return False
    hold(session, mailing_id)
    sent = update(Mailing).where(Mailing.id == mailing_id, Mailing.state == MailingState.SENDING, ~something_open)
    done = mailing_after(MailingState.SENDING, MailingEvent.FINISH)
    return bool(session.execute(sent.values(state=done, finished_at=at).returning(Mailing.id)).all())


def in_state(session: Session, state: MailingState) -> list[Mailing]:
    return list(session.scalars(select(Mailing).where(Mailing.state == state).order_by(Mailing.id)))


def under_way(session: Session) -> list[tuple[Mailing, str]]:
    """Each mailing that is planned or on its way, with each audience of its editions."""
    found = select(Mailing, FrozenEdition.audience).join(FrozenEdition, FrozenEdition.mailing_id == Mailing.id)
    ended = (MailingState.DONE, MailingState.CANCELLED)
    rows = session.execute(found.where(Mailing.state.not_in(ended)).distinct().order_by(Mailing.id))
    return [(mailing, audience) for mailing, audience in rows]


def cancelled_with_open(session: Session) -> list[int]:
    """Cancelled mailings of which a worker has given something back since."""
    waits = exists().where(IS_OPEN, Delivery.mailing_id == Mailing.id)
    return list(session.scalars(select(Mailing.id).where(Mailing.state == MailingState.CANCELLED, waits)))


def due_batches(session: Session, mailing_id: int, at: datetime) -> list[int]:
    """The batches with an e-mail delivery that may be claimed now."""
    return list(session.scalars(due_batches_query(mailing_id, at)))


def due_batches_query(mailing_id: int, at: datetime) -> Select[int]:
    """Looks into the open deliveries of each batch only until the first that is due."""
    waiting = exists().where(_mine(mailing_id), is_due(at), Delivery.batch == Batch.number)
    here = Batch.mailing_id == mailing_id, Batch.shunted_at.is_(None)
    return select(Batch.number).where(*here, waiting).order_by(Batch.number)


def is_batch_due(session: Session, mailing_id: int, batch: int, at: datetime) -> bool:
    """True if the mailing is being sent and something of this batch may be claimed now, and nothing is held back."""
    due = due_batches_query(mailing_id, at).where(Batch.number == batch)
    sent = exists().where(Mailing.id == mailing_id, Mailing.state == MailingState.SENDING)
    return session.scalar(due.where(sent, is_free())) is not None


def _mine(mailing_id: int) -> ColumnElement[bool]:
    return and_(IS_OPEN, Delivery.mailing_id == mailing_id, Delivery.channel == Channel.EMAIL)
