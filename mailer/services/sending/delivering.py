"""Sending: ring for what is due, deliver a batch, sweep up after workers that were killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from itertools import takewhile
from threading import Event, Timer
from time import sleep
from typing import Protocol

from sqlalchemy.orm import Session

from database import audit
from database.base import now
from database.session import Store
from database.wall import said
from mailer.carriers.carrier import Answer, Carrier, RelayFault, Standing
from mailer.ledger import control, handover, installation, mailings, shunt
from mailer.ledger.frozen import ALTERED, AlteredError
from mailer.ledger.slots import last_taken, take_slot
from mailer.ledger.states import DeliveryEvent, MailingEvent, MailingState, NotPossibleError
from mailer.ledger.tables import Mailing
from mailer.returns.vocabulary import in_known_words
from mailer.services.office import Doorbell
from mailer.services.sending.batch import BatchOnItsWay
from mailer.services.sending.heart import Heart
from mailer.services.sending.holding import LATE, SWEEP_EVERY, ask_after_silence, hold_another
from mailer.services.sending.limits import Limiting
from mailer.services.sending.rules import Desk
from mailer.services.sending.witness import Witness
from wording import Text, _

REST = timedelta(minutes=1)
"""How long what a failing relay gave back is left alone."""
SWEEP = "sweep"
_MOMENT = 1.5
"""Seconds that a delivery in this process waits for a limit; the end of a longer window is told instead."""
ALIVE = timedelta(seconds=90)
"""Three sweeps: no worker has looked for longer, so there is none."""

RELAY_FAULT = "relay_fault"
"""In the audit trail: a relay that only a person can mend, while another does its work."""
BRAKE = "mailing_brake"
"""In the audit trail: a mailing that was paused because of a relay."""


class OpenCarrier(Protocol):
    """The relays of this process."""

    def __call__(self, only: str | None = None, /) -> AbstractContextManager[Carrier]:
        """A carrier for one batch, with connections kept from the last one; waits when another thread uses them.

        `only` names the relay that a person chose; one that is there no more is not waited for.
        """

    def best_beside(self, name: str) -> Standing:
        """How the best of the other relays is; broken, when there is no other."""


@dataclass(frozen=True)
class Swept:
    """What a sweep found: claims that wait again, deliveries that became uncertain, bells rung for what is due."""

    back: int
    uncertain: int
    rung: int


def dispatch(store: Store, bell: Doorbell, mailing_id: int, at: datetime | None = None) -> int:
    """Ring for every batch of a mailing that is due, until the bell fails; returns how many were rung."""
    with store.reading() as session:
        batches = mailings.due_batches(session, mailing_id, at or now())
    return sum(1 for _rung in takewhile(bool, (bell.ring(mailing_id, batch) for batch in batches)))


def sweep(store: Store, bell: Doorbell, at: datetime | None = None) -> Swept:
    """End leases that are over, begin what is scheduled, finish what is done, and ring for all that is due.

    While everything is held back only leases end: what is held is looked at as it was.
    """
    at = at or now()
    with store.transaction() as session:
        back, uncertain = handover.sweep(session, at)
        if installation.held(session) is not None:
            return Swept(back, uncertain, 0)
        for mailing in mailings.in_state(session, MailingState.SCHEDULED):
            _begin(session, mailing, at)
        for mailing_id in mailings.cancelled_with_open(session):
            control.cancel_open(session, mailing_id, at)
        sending = [mailing.id for mailing in mailings.in_state(session, MailingState.SENDING)]
        going = [mailing_id for mailing_id in sending if not mailings.finish_if_done(session, mailing_id, at)]
    return Swept(back, uncertain, sum(dispatch(store, bell, mailing_id, at) for mailing_id in going))


def _begin(session: Session, mailing: Mailing, at: datetime) -> None:
    planned = mailing.scheduled_at or at
    if planned > at:
        return
    if at - planned <= LATE:
        mailings.change(session, mailing.id, MailingEvent.START, started_at=at)
        return
    why = _(
        "De verzending was gepland voor {moment}, en toen draaide er niets. Ga verder, of breek haar af.",
        moment=said(session, planned),
    )
    mailings.change(session, mailing.id, MailingEvent.PAUSE, reason=why)


def has_worker(store: Store, at: datetime | None = None) -> bool:
    """True if any worker swept lately; each does so at its start and every half minute."""
    with store.reading() as session:
        last = last_taken(session, SWEEP)
    return last is not None and (at or now()) - last < ALIVE


class StoppedBy(StrEnum):
    """Why what is due does not go now."""

    QUIET = "quiet"
    LIMIT = "limit"
    RELAY = "relay"


@dataclass(frozen=True)
class Delivered:
    """What one call did: how many ended how; and when the rest may go, if something stopped it, and what."""

    counted: Counter[DeliveryEvent]
    again_at: datetime | None = None
    stopped_by: StoppedBy | None = None


def deliver_batch(desk: Desk, carriers: OpenCarrier, mailing_id: int, batch: int) -> Delivered:
    """Hand over what is due of one batch. A batch with nothing due costs one query."""
    at = desk.clock()
    if desk.rules.not_before(at) > at:
        return Delivered(Counter(), desk.rules.not_before(at), StoppedBy.QUIET)
    with desk.store.reading() as session:
        if not mailings.is_batch_due(session, mailing_id, batch, at):
            return Delivered(Counter())
    with desk.store.transaction() as session:
        if not shunt.begin(session, mailing_id, batch, at):
            return Delivered(Counter())
    with desk.store.reading() as session:
        only = mailings.mailing_of(session, mailing_id).relay
    with carriers(only) as carrier:
        limiting = Limiting(carrier.name, carrier.limits, desk.rules.buckets)
        on_its_way = BatchOnItsWay(desk, mailing_id, batch, carrier.name, limiting)
        others = Standing.BROKEN if only == carrier.name else carriers.best_beside(carrier.name)
        try:
            fault = _hand_over(desk, carrier, on_its_way, others)
        except AlteredError as error:
            _stop_altered(desk, mailing_id, error.text)
            return Delivered(on_its_way.counted)
    elsewhere = fault is not None and others is Standing.WELL
    if fault is not None and fault.lasting and others is not Standing.BROKEN:
        _tell_of_relay(desk, mailing_id, carrier.name, fault.answer)
        fault = None
    _brake(desk, mailing_id, carrier.name, fault, on_its_way.policy)
    with desk.store.transaction() as session:
        mailings.finish_if_done(session, mailing_id, desk.clock())
    if elsewhere:
        return Delivered(on_its_way.counted, desk.clock(), StoppedBy.RELAY)
    if on_its_way.room is None:
        return Delivered(on_its_way.counted)
    # A window may have opened again while the batch was settled: what is left then goes at once, not at the next sweep.
    return Delivered(on_its_way.counted, on_its_way.room.opens_at or desk.clock(), StoppedBy.LIMIT)


def _stop_altered(desk: Desk, mailing_id: int, why: Text) -> None:
    """What is kept is not what was approved: nothing more of it leaves before a person has looked."""
    with desk.store.transaction() as session:
        try:
            mailings.change(session, mailing_id, MailingEvent.PAUSE, reason=why)
        except NotPossibleError:
            return
        audit.record(session, ALTERED, "sending", detail={"what": f"mailing {mailing_id}"})


def _tell_of_relay(desk: Desk, mailing_id: int, relay: str, answer: Answer) -> None:
    """The mailing goes on elsewhere, but someone must mend this relay; an alarm once a day."""
    what = _("Mailserver {relay} neemt niets van ons aan ({said}).", relay=relay, said=_said(answer))
    at = desk.clock()
    with desk.store.transaction() as session:
        control.remark(session, mailing_id, what)
        if take_slot(session, f"{RELAY_FAULT} {relay}", timedelta(days=1), at):
            stage = f"{answer.stage} {answer.code or ''}".strip()
            audit.record(
                session, RELAY_FAULT, "sending", detail={"relay": relay, "stage": stage, "mailing": mailing_id}
            )


def _said(answer: Answer) -> str:
    return " ".join(f"{answer.stage}: {answer.code or ''} {in_known_words(answer.words)}".split())


def _hand_over(desk: Desk, carrier: Carrier, on_its_way: BatchOnItsWay, others: Standing) -> RelayFault | None:
    try:
        fault = carrier.hand_over(on_its_way)
        if on_its_way.error is not None:
            raise on_its_way.error
    except Exception as error:
        # Whatever it was, what was not sent is given back; three times in a row sets the batch aside.
        carrier.close()
        on_its_way.settle(desk.clock() + desk.rules.rest, f"{type(error).__name__}: {error}")
        raise
    waits = fault is not None and others is not Standing.WELL
    on_its_way.settle(desk.clock() + desk.rules.rest if waits else None)
    return fault


def _brake(desk: Desk, mailing_id: int, relay: str, fault: RelayFault | None, policy: str) -> None:
    """Pause the mailing when only a person can mend the relay, or what it thinks of us; no reader is marked."""
    if fault is not None and fault.lasting:
        policy = f"{relay}: {_said(fault.answer)}"
    if not policy:
        return
    with desk.store.transaction() as session:
        try:
            mailings.change(session, mailing_id, MailingEvent.PAUSE, reason=policy)
        except NotPossibleError:
            return
        audit.record(session, BRAKE, "sending", detail={"mailing": mailing_id, "relay": relay})


def deliver_now(desk: Desk, carriers: OpenCarrier, mailing_id: int) -> Delivered:
    """Deliver all that is due of a mailing in this process, without a worker."""
    total: Counter[DeliveryEvent] = Counter()
    stopped: list[Delivered] = []
    with desk.store.reading() as session:
        batches = mailings.due_batches(session, mailing_id, desk.clock())
    for batch in batches:
        done = deliver_batch(desk, carriers, mailing_id, batch)
        while done.stopped_by is StoppedBy.RELAY or _waits_a_moment(desk, done):
            total += done.counted
            done = deliver_batch(desk, carriers, mailing_id, batch)
        total += done.counted
        stopped += [done] if done.again_at is not None else []
    first = min(stopped, key=lambda one: one.again_at or desk.clock(), default=None)
    return Delivered(total, first.again_at, first.stopped_by) if first else Delivered(total)


def _waits_a_moment(desk: Desk, done: Delivered) -> bool:
    """True, after a wait, when a limit a second long held up the rest and nobody asked to stop."""
    if done.stopped_by is not StoppedBy.LIMIT or done.again_at is None or desk.stopping():
        return False
    wait = (done.again_at - desk.clock()).total_seconds()
    if wait > _MOMENT:
        return False
    sleep(max(wait, 0.0))
    return True


def _nothing() -> None:
    """No chores."""


@dataclass(frozen=True)
class SendingOffice:
    """What a worker does for sending, wired once per process."""

    desk: Desk
    carriers: OpenCarrier
    bell: Doorbell
    sweep_every: timedelta = SWEEP_EVERY
    hang_up: Callable[[], object] = tuple
    """Closes the connections that `carriers` kept."""
    chores: Callable[[], object] = _nothing
    """What a worker does beside sending (`mailer.services.worker.chores`)."""
    writes: Callable[[], object] = _nothing
    """What a worker does in the content folder."""
    witness: Witness = field(default_factory=Witness)
    heart: Heart | None = None
    _asked: Event = field(default_factory=Event, init=False)

    def begin(self, queues: str = "") -> None:
        """This process lives from now on, and serves `queues`. What is due is rung for: it does not wait for the next
        sweep, nor does what a process of this machine had claimed that is dead."""
        if self.heart is not None:
            self.heart.begin(queues)
        at = self.desk.clock()
        with self.desk.store.reading() as session:
            last = last_taken(session, SWEEP)
            if last is None or at - last >= self.sweep_every:
                return  # the sweep that every process asks for at its start finds its slot free, and rings
            sending = [mailing.id for mailing in mailings.in_state(session, MailingState.SENDING)]
        for mailing_id in sending:
            dispatch(self.desk.store, self.bell, mailing_id, at)

    def deliver_batch(self, mailing_id: int, batch: int) -> Delivered:
        """Hand over what is due of a batch, and ring again as soon as a limit leaves room for the rest."""
        if not self.look():
            return Delivered(Counter())  # the sweep rings again
        self._ask_before_first_batch()
        delivered = deliver_batch(self.desk, self.carriers, mailing_id, batch)
        if delivered.again_at is not None:
            self._ring_at(delivered.again_at, mailing_id, batch)
        return delivered

    def mail(self) -> None:
        """Single mails, returned mail, and what is kept too long."""
        if self.look():
            self.chores()

    def write(self) -> None:
        """Drafts to open, and where each issue stands: where the content folder is."""
        if self.look():
            self.writes()

    def deliver_now(self, mailing_id: int) -> Delivered:
        """Deliver all that is due of a mailing. It counts as a sweep, before and after: no worker may ever run here."""
        self._count()
        delivered = deliver_now(self.desk, self.carriers, mailing_id)
        self._count()
        return delivered

    def sweep(self) -> Swept | None:
        """Once per half minute, however many ask; None if another did it, or another machine does."""
        self.look()
        if not self.witness.sweeps:
            return None
        at = self.desk.clock()
        with self.desk.store.transaction() as session:
            last = last_taken(session, SWEEP)
            if not take_slot(session, SWEEP, self.sweep_every, at):
                return None
            installation.swept(session)
            ask_after_silence(session, last, at)
        self.look()
        return sweep(self.desk.store, self.bell, at)

    def _ask_before_first_batch(self) -> None:
        """A bell that waited in the broker may be answered before the first sweep: this finds the silence then."""
        if self._asked.is_set():
            return
        with self.desk.store.reading() as session:
            last = last_taken(session, SWEEP)
        if self.witness.sweeps and last is not None and self.desk.clock() - last > LATE:
            self.sweep()
        self._asked.set()

    def look(self) -> bool:
        """A database that is another, or as it was before, is held back. False: on this machine it is too early to say,
        and nothing is begun."""
        return self.witness.look(self.desk.store, partial(hold_another, self.desk.store, self.desk.clock()))

    def _count(self) -> None:
        self.look()
        if self.witness.sweeps:
            with self.desk.store.transaction() as session:
                installation.swept(session)
            self.look()

    def close(self) -> None:
        """Say goodbye to the relays, and to the other processes."""
        self.hang_up()
        if self.heart is not None:
            self.heart.stop()

    def _ring_at(self, at: datetime, mailing_id: int, batch: int) -> None:
        """A timer of this process: should it be lost, the sweep rings."""
        wait = (at - self.desk.clock()).total_seconds()
        if wait < self.sweep_every.total_seconds():
            timer = Timer(max(wait, 0.0), self.bell.ring, (mailing_id, batch))
            timer.daemon = True
            timer.start()
