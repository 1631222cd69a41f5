"""Sending: start a mailing, ring for what is due, deliver a batch, sweep up after whoever was killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Protocol

from database.base import now
from database.session import Store
from mailer.carriers.carrier import Answer, Carrier, RelayFault
from mailer.ledger import handover, mailings
from mailer.ledger.slots import take_slot
from mailer.ledger.states import DeliveryEvent, MailingEvent, MailingState, NotPossibleError
from mailer.services.batch import BatchOnItsWay, Desk

REST = timedelta(minutes=1)
"""How long what a failing relay gave back is left alone."""
SWEEP_EVERY = timedelta(seconds=30)

OpenCarrier = Callable[[], AbstractContextManager[Carrier]]
"""A carrier for one batch, with connections kept from the last one; waits when another thread uses them."""


class Doorbell(Protocol):
    """Tells a worker that a batch waits. It may be lost, doubled or late; the sweep rings again."""

    def ring(self, mailing_id: int, batch: int) -> bool:
        """False if it could not be rung now. Never raises: publishing does not depend on it."""


@dataclass(frozen=True)
class Swept:
    """What a sweep found: claims that wait again, deliveries that became uncertain, bells rung for what is due."""

    back: int
    uncertain: int
    rung: int


class Silence:
    """No worker: whoever delivers does it in this process."""

    def ring(self, mailing_id: int, batch: int) -> bool:
        return False


def start(store: Store, bell: Doorbell, mailing_id: int, at: datetime | None = None) -> MailingState:
    """Begin to send an approved mailing, or note that it is to begin at its `scheduled_at`.

    Raises NotPossibleError when it has begun already or was cancelled, LookupError when there is none.
    """
    at = at or now()
    with store.transaction() as session:
        scheduled_at = mailings.mailing_of(session, mailing_id).scheduled_at
        if scheduled_at is not None and scheduled_at > at:
            return mailings.change(session, mailing_id, MailingEvent.SCHEDULE)
        state = mailings.change(session, mailing_id, MailingEvent.START, started_at=at)
    dispatch(store, bell, mailing_id, at)
    return state


def dispatch(store: Store, bell: Doorbell, mailing_id: int, at: datetime | None = None) -> int:
    """Ring for every batch of a mailing that is due, until the bell fails; returns how many were rung."""
    with store.reading() as session:
        batches = mailings.due_batches(session, mailing_id, at or now())
    return sum(1 for _rung in takewhile(bool, (bell.ring(mailing_id, batch) for batch in batches)))


def sweep(store: Store, bell: Doorbell, at: datetime | None = None) -> Swept:
    """End leases that are over, begin what is scheduled, finish what is done, and ring for all that is due."""
    at = at or now()
    with store.transaction() as session:
        back, uncertain = handover.sweep(session, at)
        for mailing in mailings.in_state(session, MailingState.SCHEDULED):
            if mailing.scheduled_at is None or mailing.scheduled_at <= at:
                mailings.change(session, mailing.id, MailingEvent.START, started_at=at)
        sending = [mailing.id for mailing in mailings.in_state(session, MailingState.SENDING)]
        going = [mailing_id for mailing_id in sending if not mailings.finish_if_done(session, mailing_id, at)]
    return Swept(back, uncertain, sum(dispatch(store, bell, mailing_id, at) for mailing_id in going))


def deliver_batch(desk: Desk, carriers: OpenCarrier, mailing_id: int, batch: int) -> Counter[DeliveryEvent]:
    """Hand over what is due of one batch; returns how many ended how. A batch with nothing due costs one query."""
    with desk.store.reading() as session:
        if not mailings.is_batch_due(session, mailing_id, batch, desk.clock()):
            return Counter()
    with carriers() as carrier:
        on_its_way = BatchOnItsWay(desk, mailing_id, batch, carrier.name)
        fault: RelayFault | None = None
        try:
            fault = carrier.hand_over(on_its_way)
        finally:
            on_its_way.settle(desk.clock() + REST if fault else None)
    if fault is not None and fault.lasting:
        _break_circuit(desk, mailing_id, carrier.name, fault.answer)
    with desk.store.transaction() as session:
        mailings.finish_if_done(session, mailing_id, desk.clock())
    return on_its_way.counted


def deliver_now(desk: Desk, carriers: OpenCarrier, mailing_id: int) -> Counter[DeliveryEvent]:
    """Deliver all that is due of a mailing in this process, without a worker."""
    total: Counter[DeliveryEvent] = Counter()
    with desk.store.reading() as session:
        batches = mailings.due_batches(session, mailing_id, desk.clock())
    for batch in batches:
        total += deliver_batch(desk, carriers, mailing_id, batch)
    return total


def _break_circuit(desk: Desk, mailing_id: int, relay: str, answer: Answer) -> None:
    """Pause the mailing, for a person must mend the relay; no reader is marked."""
    said = f"{relay}: {answer.stage}: {answer.code or ''} {answer.words}"
    with desk.store.transaction() as session:
        try:
            mailings.change(session, mailing_id, MailingEvent.PAUSE, reason=said)
        except NotPossibleError:
            return


@dataclass(frozen=True)
class SendingOffice:
    """What a worker does for sending, wired once per process."""

    desk: Desk
    carriers: OpenCarrier
    bell: Doorbell

    def deliver_batch(self, mailing_id: int, batch: int) -> None:
        deliver_batch(self.desk, self.carriers, mailing_id, batch)

    def sweep(self) -> Swept | None:
        """Once per half minute, however many ask; None if another did it."""
        at = self.desk.clock()
        with self.desk.store.transaction() as session:
            if not take_slot(session, "sweep", SWEEP_EVERY, at):
                return None
        return sweep(self.desk.store, self.bell, at)
