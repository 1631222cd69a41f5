"""The ledger's side of one batch on its way to a relay: claims, letters, intents, outcomes."""

from __future__ import annotations

import random
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from database.base import now
from database.session import Store
from mailer.carriers.carrier import Letter, Outcome
from mailer.ledger import handover
from mailer.ledger.handover import Claimed, Ending, Lease
from mailer.ledger.states import DeliveryEvent
from mailer.services.letters import EditionFacts, Letters, Recipient
from mailer.services.retrying import Patience, ending

MayReceive = Callable[[Session, Collection[UUID], str], Mapping[UUID, Recipient]]
"""`subscribers.repository.may_receive`: those among the readers who may get mail of this audience at this moment."""

FAILPOINTS = ("after_claim", "before_intent", "after_intent", "after_answer", "after_outcome")
"""Where a test may stop or kill a worker: after the claim's commit, before and after the commit of an intent, after
the relay's answer and before its commit, after that commit."""

_FIRST_CLAIM = 16
_CLAIM_SECONDS = 0.4
"""A claim holds as many as leave in about this time, so that whoever unsubscribes meanwhile is soon seen."""


def not_reached(_failpoint: str) -> None:
    """The failpoint of every day: nothing happens."""


@dataclass(frozen=True)
class Rules:
    """How a worker behaves; tests shorten the times."""

    lease: timedelta = handover.LEASE
    patience: Patience = field(default_factory=Patience)
    intents: bool = True
    """False only in the control run of the kill test, which must then find doubled mail."""


@dataclass(frozen=True)
class Desk:
    """The parts that a batch needs, wired once per process."""

    store: Store
    may_receive: MayReceive
    letters: Letters
    rules: Rules = field(default_factory=Rules)
    clock: Callable[[], datetime] = now
    reached: Callable[[str], None] = not_reached
    stopping: Callable[[], bool] = bool
    """True once the worker was asked to stop: no new letter is begun."""


class BatchOnItsWay:
    """One batch under one lease; what a carrier asks for letters and tells outcomes (see `carriers.carrier.Desk`)."""

    def __init__(self, desk: Desk, mailing_id: int, batch: int, relay: str) -> None:
        self.counted: Counter[DeliveryEvent] = Counter()
        self._desk = desk
        self._mailing_id = mailing_id
        self._batch = batch
        self._relay = relay
        self._lease = Lease.starting(desk.clock(), desk.rules.lease)
        self._editions: dict[int, EditionFacts] = {}
        self._waiting: deque[tuple[Claimed, Recipient]] = deque()
        self._held: dict[int, tuple[Claimed, str]] = {}
        self._handed: dict[int, datetime] = {}
        self._size = _FIRST_CLAIM
        self._claimed_at = time.monotonic()
        self._exhausted = False
        self._halted = False

    def next_letter(self) -> Letter | None:
        """The next letter of the batch; claims more when the last claim is used up."""
        if self._halted or self._desk.stopping():
            return None
        while not self._waiting:
            if self._exhausted or not self._claim_more():
                return None
        claimed, recipient = self._waiting.popleft()
        edition = self._editions[claimed.edition_id]
        return self._desk.letters.letter(edition, claimed, recipient, self._desk.clock())

    def turn(self, outcomes: Sequence[tuple[int, Outcome]], ready: Sequence[int]) -> Collection[int]:
        """One short transaction: the outcomes of the last round and the intents of the next."""
        at = self._desk.clock()
        endings = [self._ending(key, outcome, at) for key, outcome in outcomes]
        self._reached("after_answer" if outcomes else "", "before_intent" if ready else "")
        with self._desk.store.transaction() as session:
            self._record(session, endings, at)
            allowed = self._intend(session, ready, at)
            self._renew(session, at)
        self._reached("after_outcome" if outcomes else "", "after_intent" if ready else "")
        self._handed.update(dict.fromkeys(allowed, at))
        # The mailing was paused or cancelled, or the sweep took our lease: begin nothing more.
        self._halted = self._halted or len(allowed) < len(ready)
        return allowed

    def settle(self, retry_at: datetime | None = None) -> None:
        """Give back whatever was claimed and not sent, not to be claimed before `retry_at`."""
        self._waiting.clear()
        if self._held:
            with self._desk.store.transaction() as session:
                handover.give_back(session, list(self._held), self._lease, retry_at)
        self._held.clear()

    def _claim_more(self) -> bool:
        """Claim as many as left in the last while; False when the batch has no more."""
        self._resize()
        at = self._desk.clock()
        with self._desk.store.transaction() as session:
            claimed = handover.claim(
                session, mailing_id=self._mailing_id, batch=self._batch, most=self._size, lease=self._lease, at=at
            )
            gone = self._admit(session, claimed)
            self.counted[DeliveryEvent.SUPPRESS] += handover.suppress(session, gone, self._lease)
        self._exhausted = len(claimed) < self._size
        self._reached("after_claim")
        return bool(claimed)

    def _resize(self) -> None:
        passed, self._claimed_at = time.monotonic() - self._claimed_at, time.monotonic()
        fitting = int(self._size * _CLAIM_SECONDS / max(passed, 0.001))
        self._size = max(_FIRST_CLAIM, min(fitting, self._size * 4, handover.MOST_CLAIMED))

    def _admit(self, session: Session, claimed: Sequence[Claimed]) -> list[int]:
        """Queue those who may receive; returns the ids of the others."""
        by_audience: dict[str, list[Claimed]] = {}
        for one in claimed:
            if one.edition_id not in self._editions:
                self._editions[one.edition_id] = self._desk.letters.edition(session, one.edition_id)
            by_audience.setdefault(self._editions[one.edition_id].audience, []).append(one)
        gone = []
        for audience, those in by_audience.items():
            recipients = self._desk.may_receive(session, [one.reader for one in those], audience)
            for one in those:
                if (recipient := recipients.get(one.reader)) is None:
                    gone.append(one.id)
                else:
                    self._waiting.append((one, recipient))
                    self._held[one.id] = (one, recipient.address)
        return gone

    def _record(self, session: Session, endings: Sequence[Ending], at: datetime) -> None:
        if not self._desk.rules.intents:
            self._write_intent(session, [ending.delivery for ending in endings], at)
        handover.record(session, endings, lease=self._lease, relay=self._relay, at=at)

    def _intend(self, session: Session, ready: Sequence[int], at: datetime) -> set[int]:
        return self._write_intent(session, ready, at) if self._desk.rules.intents else set(ready)

    def _write_intent(self, session: Session, ready: Sequence[int], at: datetime) -> set[int]:
        return handover.intend(session, ready, mailing_id=self._mailing_id, lease=self._lease, relay=self._relay, at=at)

    def _renew(self, session: Session, at: datetime) -> None:
        if self._lease.until - at < self._desk.rules.lease / 2:
            self._lease = Lease(self._lease.token, at + self._desk.rules.lease)
            handover.renew(session, list(self._held), self._lease)

    def _ending(self, key: int, outcome: Outcome, at: datetime) -> Ending:
        claimed, recipient = self._held.pop(key)
        written = ending(
            claimed,
            outcome,
            recipient=recipient,
            handed_at=self._handed.pop(key, None),
            at=at,
            patience=self._desk.rules.patience,
            chance=random.random(),  # noqa: S311 - jitter, not a secret
        )
        self.counted[written.event] += 1
        return written

    def _reached(self, *failpoints: str) -> None:
        for failpoint in failpoints:
            if failpoint:
                self._desk.reached(failpoint)
