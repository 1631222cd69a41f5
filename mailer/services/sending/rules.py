"""How a worker behaves: times, limits and what it does at a failpoint. Values only."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from database.base import now
from database.session import Store
from mailer.carriers.carrier import Limit
from mailer.ledger import handover
from mailer.planning import QuietHours
from mailer.services.sending.letters import Letters, Recipient
from mailer.services.sending.retries import Patience

MayReceive = Callable[[Session, Collection[UUID], str, str], Mapping[UUID, Recipient]]
"""`subscribers.repository.may_receive`: those among the readers who may get this audience's mail of this issue now."""

Still = Callable[[Session, str, str], ColumnElement[bool]]
"""`subscribers.repository.still_receives`: the same as a condition on `delivery.reader`, for the transaction in which
an intent is written down."""

FAILPOINTS = ("after_claim", "before_intent", "after_intent", "after_answer", "after_outcome")
"""Where a test may stop or kill a worker: after the claim's commit, before and after the commit of an intent, after
the relay's answer and before its commit, after that commit."""


def not_reached(_failpoint: str) -> None:
    """The failpoint of every day: nothing happens."""


@dataclass(frozen=True)
class Bucket:
    """Receiving domains that count together, such as all of one large provider."""

    name: str
    domains: frozenset[str]
    limits: tuple[Limit, ...]


@dataclass(frozen=True)
class Rules:
    """How a worker behaves; tests shorten the times."""

    lease: timedelta = handover.LEASE
    rest: timedelta = timedelta(minutes=1)
    """How long what a failing relay gave back is left alone."""
    database_away: timedelta = timedelta(seconds=30)
    """How long a worker with answers in its hands waits for the database; a restart takes a few seconds."""
    patience: Patience = field(default_factory=Patience)
    buckets: tuple[Bucket, ...] = ()
    quiet: QuietHours | None = None
    """When no newsletter is handed over; what is on the wire then, ends."""
    intents: bool = True
    """False only in the control run of the kill test, which must then find doubled mail."""

    def not_before(self, at: datetime) -> datetime:
        """`at` itself when mail may be handed over then, else the first moment at which it may."""
        return self.quiet.wait(at) if self.quiet else at

    def bucket_of(self, domain: str) -> Bucket | None:
        return next((bucket for bucket in self.buckets if domain in bucket.domains), None)


class Pace:
    """How many letters each relay took in the time of one claim, a moment ago; so the next batch need not find out."""

    _LASTS = 10.0
    """Seconds."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        """A clock that only goes forward, which a test can hold."""
        self._known: dict[str, tuple[int, float]] = {}

    def note(self, relay: str, letters: int) -> None:
        self._known[relay] = letters, self.seconds()

    def of(self, relay: str) -> int:
        """0 when it was too long ago."""
        letters, noted = self._known.get(relay, (0, float("-inf")))
        return letters if self.seconds() - noted < self._LASTS else 0


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
    pace: Pace = field(default_factory=Pace)
    process: UUID | None = None
    """This process, as its heart calls it; None without one: what it claimed is then given free when its lease ends."""
    still: Still | None = None
    """None where readers are no rows: in tests of sending alone."""
