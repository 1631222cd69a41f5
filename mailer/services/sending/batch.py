"""The ledger's side of one batch on its way to a relay: claims, letters, intents, outcomes."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mailer.carriers.carrier import Letter, Outcome, Refused, nothing
from mailer.ledger import handover, shunt
from mailer.ledger.handover import Ending, Lease
from mailer.ledger.limits import Room
from mailer.ledger.pen import Hand, Pen, PenError, Written, pen_for
from mailer.ledger.states import DeliveryEvent, DeliveryState
from mailer.services.sending.claiming import Claims, Held, is_late, lengthened
from mailer.services.sending.limits import Limiting
from mailer.services.sending.persisting import persistently
from mailer.services.sending.receivers import Receivers
from mailer.services.sending.retries import ending
from mailer.services.sending.rules import Desk

_FIRST_CLAIM = 16
_CLAIM_SECONDS = 0.4
"""A claim holds as many as leave in about this time, so that an unsubscribe meanwhile is soon seen."""
HELD_AT_MOST = 2.0
"""Seconds. What was claimed and not begun by then, because the relay turned slow, is given back and claimed anew."""
POLICY_RUN = 5
"""Refusals for policy (5.7.x) in a row: they are about us, not about the readers."""

T = TypeVar("T")


class BatchOnItsWay:
    """One batch under one lease; what a carrier asks for letters and tells outcomes (see `carriers.carrier.Desk`)."""

    def __init__(self, desk: Desk, mailing_id: int, batch: int, relay: str, limiting: Limiting) -> None:
        self.counted: Counter[DeliveryEvent] = Counter()
        self.room: Room | None = None
        """Set when a limit ended the batch early: when it opens again."""
        self.policy = ""
        """What the relay said when it refused one letter after the other for reasons of policy."""
        self.error: Exception | None = None
        """Why no more letters could be made; those that were on the wire then came to an end all the same."""
        self._desk = desk
        self._mailing_id = mailing_id
        self._batch = batch
        self._relay = relay
        self._limiting = limiting
        self._lease = Lease.starting(desk.clock(), desk.rules.lease, desk.process)
        self._receivers = Receivers(desk)
        self._claims = Claims(desk, mailing_id, batch, relay, limiting, self._receivers)
        self._waiting: deque[int] = deque()
        self._prepared: deque[Letter] = deque()
        self._held: dict[int, Held] = {}
        self._begun: set[int] = set()
        self._left: int | None = None
        self._size = max(_FIRST_CLAIM, desk.pace.of(relay))
        self._claimed_at = desk.pace.seconds()
        self._exhausted = False
        self._halted = False
        self._progressed = False
        self._policy_run = 0
        self._pen: Pen | None = None
        self._pen_asks = ""
        self._meanwhile: Callable[[], object] = nothing

    def prepare(self, most: int) -> None:
        """Make letters while the relay is busy, unless there will be time while the database is."""
        if self._pen is None or not self._pen.leaves_time:
            self._make(most)

    def next_letter(self) -> Letter | None:
        """The next letter of the batch."""
        self._make(1)
        if not self._prepared or not self._may_begin():
            return None
        if self._left is not None and len(self._begun) >= self._left:
            return None
        letter = self._prepared.popleft()
        self._begun.add(letter.key)
        return letter

    def _make(self, most: int) -> None:
        """Have up to `most` letters ready; claims more when the last claim is used up.

        Raises nothing: the wait for answers of letters on the wire must not be interrupted by the next letter.
        """
        try:
            self._hold_no_longer()
            while len(self._prepared) < most and self._may_begin() and (self._waiting or self._claim_more()):
                if self._waiting:  # none of a claim may be left, when all of them unsubscribed
                    self._prepared.append(self._letter(self._waiting.popleft()))
        except Exception as error:
            self.error, self._halted = error, True

    def _hold_no_longer(self) -> None:
        """Give back what has waited too long; who may receive, and where, is then asked anew."""
        if self._desk.pace.seconds() - self._claimed_at < HELD_AT_MOST or not (self._waiting or self._prepared):
            return
        keys = [*(letter.key for letter in self._prepared), *self._waiting]

        def give_back() -> None:
            with self._desk.store.transaction() as session:
                handover.give_back(session, keys, self._lease, only=DeliveryState.CLAIMED)

        self._persistently(give_back)
        self._let_drop(keys)
        self._exhausted = False

    def _let_drop(self, keys: Collection[int]) -> None:
        """These are ours no longer."""
        for key in keys:
            self._held.pop(key, None)
        self._waiting = deque(key for key in self._waiting if key in self._held)
        self._prepared = deque(letter for letter in self._prepared if letter.key in self._held)

    def _may_begin(self) -> bool:
        return not (self._halted or self._desk.stopping())

    def _letter(self, key: int) -> Letter:
        held = self._held[key]
        edition = self._receivers.editions[held.claimed.edition_id]
        return self._desk.letters.letter(edition, held.claimed, held.recipient, self._desk.clock())

    def turn(
        self, outcomes: Sequence[tuple[int, Outcome]], ready: Sequence[int], meanwhile: Callable[[], object] = nothing
    ) -> Collection[int]:
        """One short transaction: the outcomes of the last round and the intents of the next."""
        self._reached("after_answer" if outcomes else "", "before_intent" if ready else "")
        at = self._desk.clock()
        endings = [self._ending(key, outcome, at) for key, outcome in outcomes]
        self._meanwhile = meanwhile
        if self._pen is None or not self._pen.leaves_time:
            meanwhile()
        allowed, handed_at, self._lease = self._persistently(lambda: self._write_down(endings, ready, at))
        self._progressed = self._progressed or bool(endings)
        self._reached("after_outcome" if outcomes else "", "after_intent" if ready else "")
        for key in allowed:
            self._held[key].handed_at = handed_at
        self._begun.difference_update(ready)
        held_back = [key for key in ready if key not in allowed]
        if held_back and self._receivers.still is not None:
            gone, parted = self._persistently(lambda: self._part_with_gone(held_back))
            self.counted[DeliveryEvent.SUPPRESS] += parted
            self._let_drop(gone)
            held_back = [key for key in held_back if key not in gone]
        # A limit is reached, the mailing was paused or cancelled, or the sweep took our lease: begin nothing more.
        self._halted = self._halted or bool(held_back)
        return allowed

    def _part_with_gone(self, held_back: Sequence[int]) -> tuple[list[int], int]:
        """Somebody left since the claim: no letter for them, nor for others who did. Returns who, and how many rows
        changed."""
        keys = [*held_back, *(letter.key for letter in self._prepared), *self._waiting]
        with self._desk.store.transaction() as session:
            claimed = [self._held[key].claimed for key in keys]
            gone = [key for key, recipient in self._receivers.of(session, claimed).items() if recipient is None]
            return gone, handover.suppress(session, gone, self._lease)

    def _write_down(
        self, endings: Sequence[Ending], ready: Sequence[int], at: datetime
    ) -> tuple[set[int], datetime, Lease]:
        """Those that may go, the moment of their intents, and the lease under which they are held now."""
        if self._is_plain(endings, at):
            written = self._with_pen(endings, ready, at)
            endings = [ending for ending in endings if written is None or ending.delivery not in written.recorded]
            if written is not None and not endings:
                return written.allowed, at, self._lease
            if written is not None:
                with self._desk.store.transaction() as session:
                    self._record(session, endings, at)
                return written.allowed, at, self._lease
        with self._desk.store.transaction() as session:
            self._record(session, endings, at)
            if self._limiting.any and ready:
                self._limiting.lock(session)
                at = self._desk.clock()
            allowed = self._intend(session, ready, at)
            lease = lengthened(self._lease, self._desk.rules.lease, at)
            if lease != self._lease:
                handover.renew(session, lease)
        return allowed, at, lease

    def _is_plain(self, endings: Sequence[Ending], at: datetime) -> bool:
        """True for a round as nearly all are: everything accepted, no limit to count, no lease to renew."""
        if self._limiting.any or not self._desk.rules.intents or is_late(self._lease, self._desk.rules.lease, at):
            return False
        if endings and not self._progressed:
            return False
        return all(ending.event is DeliveryEvent.ACCEPT for ending in endings)

    def _with_pen(self, endings: Sequence[Ending], ready: Sequence[int], at: datetime) -> Written | None:
        """None when the database went away under it: the same round is then written the long way."""
        try:
            asks = self._receivers.in_sql
            if self._pen_asks != asks:
                self._put_pen_down()
            if self._pen is None:
                hand = Hand(self._mailing_id, self._lease, self._relay, asks)
                self._pen, self._pen_asks = pen_for(self._desk.store.engine, hand), asks
            return self._pen.write(endings, ready, at, meanwhile=lambda: self._meantime(len(ready)))
        except (PenError, DBAPIError):
            self._put_pen_down()
            return None

    def _meantime(self, ready: int) -> None:
        self._meanwhile()
        self._make(ready)

    def _put_pen_down(self) -> None:
        if self._pen is not None:
            self._pen.close()
            self._pen = None

    def settle(self, retry_at: datetime | None = None, error: str = "") -> None:
        """Give back whatever was claimed and not sent, not to be claimed before `retry_at`; note an `error`.

        What may be sent, because it was allowed and its end was never told, is uncertain.
        """
        self._waiting.clear()
        self._prepared.clear()
        self._put_pen_down()
        if not self._halted:
            self._desk.pace.note(self._relay, self._size)
        at = self._desk.clock()
        doubts = [
            Ending(key, DeliveryEvent.LOSE_ANSWER, "dot", handed_at=held.handed_at, bucket=held.bucket)
            for key, held in self._held.items()
            if held.handed_at is not None
        ]
        unsent = [key for key, held in self._held.items() if held.handed_at is None]
        self.counted[DeliveryEvent.LOSE_ANSWER] += len(doubts)
        with self._desk.store.transaction() as session:
            handover.record(session, doubts, lease=self._lease, relay=self._relay, at=at)
            handover.give_back(session, unsent, self._lease, retry_at)
            handover.let_go(session, self._lease)
            shunt.progressed(session, self._mailing_id, self._batch, error)
            if self._limiting.any and (unsent or not self._exhausted):
                self.room = self._limiting.relay_room(session, self._desk.clock())
        self._held.clear()

    def _claim_more(self) -> bool:
        """Claim as many as left in the last while; False when the batch has no more, or a limit is reached."""
        if self._exhausted:
            return False
        self._resize()
        taken = self._persistently(lambda: self._claims.take(self._size, self._lease))
        if taken.claimed:
            self._lease = taken.lease
        if taken.left is not None:
            self._left = taken.left
        self._exhausted = taken.asked > 0 and taken.claimed < taken.asked
        self._halted = taken.asked == 0
        self.counted[DeliveryEvent.SUPPRESS] += taken.suppressed
        self.counted[DeliveryEvent.REFUSE] += taken.unreadable
        for held in taken.fresh:
            self._held[held.claimed.id] = held
            self._waiting.append(held.claimed.id)
        self._reached("after_claim")
        return taken.claimed > 0

    def _persistently(self, write: Callable[[], T]) -> T:
        return persistently(write, self._desk.rules.database_away)

    def _resize(self) -> None:
        now = self._desk.pace.seconds()
        passed, self._claimed_at = now - self._claimed_at, now
        fitting = int(self._size * _CLAIM_SECONDS / max(passed, 0.001))
        self._size = max(_FIRST_CLAIM, min(fitting, self._size * 4, handover.MOST_CLAIMED))

    def _record(self, session: Session, endings: Sequence[Ending], at: datetime) -> None:
        if not self._desk.rules.intents:
            self._write_intents(session, [ending.delivery for ending in endings], at)
        handover.record(session, endings, lease=self._lease, relay=self._relay, at=at)
        if endings and not self._progressed:
            shunt.progressed(session, self._mailing_id, self._batch)

    def _intend(self, session: Session, ready: Sequence[int], at: datetime) -> set[int]:
        if not self._desk.rules.intents:
            return set(ready)
        if self._limiting.any and ready:
            ready, self._left = self._limiting.within(session, [(key, self._held[key].bucket) for key in ready], at)
        return self._write_intents(session, ready, at)

    def _write_intents(self, session: Session, ready: Sequence[int], at: datetime) -> set[int]:
        return handover.intend(
            session,
            ready,
            mailing_id=self._mailing_id,
            lease=self._lease,
            relay=self._relay,
            at=at,
            still=self._receivers.still,
        )

    def _ending(self, key: int, outcome: Outcome, at: datetime) -> Ending:
        held = self._held.pop(key)
        self._begun.discard(key)
        written = ending(
            held.claimed,
            outcome,
            recipient=held.recipient.address,
            bucket=held.bucket,
            handed_at=held.handed_at,
            at=at,
            patience=self._desk.rules.patience,
            chance=random.random(),  # noqa: S311 - jitter, not a secret
        )
        self.counted[written.event] += 1
        self._watch_policy(written, refused=isinstance(outcome, Refused))
        return written

    def _watch_policy(self, said: Ending, *, refused: bool) -> None:
        self._policy_run = self._policy_run + 1 if refused and said.enhanced.startswith("5.7.") else 0
        if self._policy_run >= POLICY_RUN:
            self.policy = f"{self._relay}: {said.stage}: {said.code} {said.enhanced} {said.words}"
            self._halted = True

    def _reached(self, *failpoints: str) -> None:
        for failpoint in failpoints:
            if failpoint:
                self._desk.reached(failpoint)
