"""Claims of a batch: as many deliveries as leave in a moment, of readers who may receive, where there is room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mailer.carriers.mailbox import domain_of
from mailer.ledger import handover, limits
from mailer.ledger.handover import Claimed, Ending, Lease
from mailer.ledger.states import DeliveryEvent
from mailer.services.sending.letters import Recipient
from mailer.services.sending.limits import Limiting
from mailer.services.sending.receivers import Receivers
from mailer.services.sending.rules import Desk
from subscribers.reading import UNOPENED, tell_unreadable


@dataclass(slots=True)
class Held:
    """A delivery that we claimed and that has not come to an end."""

    claimed: Claimed
    recipient: Recipient
    bucket: str | None
    handed_at: datetime | None = None


@dataclass(slots=True)
class Taken:
    """What one claim brings. Its transaction may be rolled back and made again, so nothing else is changed in it."""

    asked: int
    left: int | None
    """How many the relay may still take under its limits; None when it has none."""
    lease: Lease
    claimed: int = 0
    suppressed: int = 0
    unreadable: int = 0
    fresh: list[Held] = field(default_factory=list)


def is_late(lease: Lease, length: timedelta, at: datetime) -> bool:
    """Whether less than half of it is left."""
    return lease.until - at < length / 2


def lengthened(lease: Lease, length: timedelta, at: datetime) -> Lease:
    """The lease, longer when it is late; to be kept once that is committed."""
    return replace(lease, until=at + length) if is_late(lease, length, at) else lease


@dataclass(frozen=True, slots=True)
class Claims:
    """What claims for one batch; it keeps nothing itself."""

    _desk: Desk
    _mailing_id: int
    _batch: int
    _relay: str
    _limiting: Limiting
    _receivers: Receivers

    def take(self, size: int, lease: Lease) -> Taken:
        """Claim up to `size` deliveries under this lease, in one transaction."""
        with self._desk.store.transaction() as session:
            most, left = self._most(session, size)
            at = self._desk.clock()
            taken = Taken(most, left, lengthened(lease, self._desk.rules.lease, at))
            claimed = handover.claim(
                session, mailing_id=self._mailing_id, batch=self._batch, most=most, lease=taken.lease, at=at
            )
            taken.claimed = len(claimed)
            gone = self._admit(session, claimed, taken, at)
            self._receivers.renew(session)
            taken.suppressed = handover.suppress(session, gone, taken.lease)
        return taken

    def _most(self, session: Session, size: int) -> tuple[int, int | None]:
        now = self._desk.clock()
        if self._desk.rules.not_before(now) > now:
            return 0, None
        if not self._limiting.any:
            return size, None
        self._limiting.lock(session)
        left = self._limiting.relay_room(session, self._desk.clock()).left
        return min(size, left), left

    def _admit(self, session: Session, claimed: Sequence[Claimed], taken: Taken, at: datetime) -> list[int]:
        """Take those who may receive and for whose domains there is room; returns the ids of who may not receive."""
        recipients = self._receivers.of(session, claimed)
        gone, fresh, unreadable = [], [], []
        for one in claimed:
            recipient = recipients[one.id]
            if recipient is None:
                gone.append(one.id)
            elif recipient.address == UNOPENED:
                unreadable.append(one.id)
            else:
                bucket = self._desk.rules.bucket_of(domain_of(recipient.address))
                fresh.append(Held(one, recipient, bucket.name if bucket else None))
        self._set_aside(session, unreadable, taken.lease, at)
        taken.unreadable = len(unreadable)
        taken.fresh = self._with_room(session, fresh, taken.lease, at)
        return gone

    def _set_aside(self, session: Session, deliveries: Sequence[int], lease: Lease, at: datetime) -> None:
        """Their addresses do not open: a person can have them tried again once the key is back."""
        endings = [Ending(one, DeliveryEvent.REFUSE, "address", words="it does not open") for one in deliveries]
        handover.record(session, endings, lease=lease, relay=self._relay, at=at)
        tell_unreadable(session, "address", len(deliveries))

    def _with_room(self, session: Session, fresh: Sequence[Held], lease: Lease, at: datetime) -> list[Held]:
        """What goes to a domain without room is left alone until it has some; everything else goes on."""
        by_bucket: dict[str, list[int]] = defaultdict(list)
        for held in fresh:
            if held.bucket is not None:
                by_bucket[held.bucket].append(held.claimed.id)
        later: set[int] = set()
        for bucket, ids in by_bucket.items():
            room = self._limiting.bucket_room(session, bucket, at)
            waits = ids[room.left :]
            handover.give_back(session, waits, lease, room.opens_at or at + self._desk.rules.patience.first)
            later.update(waits)
        limits.put_in_buckets(session, by_bucket)
        return [held for held in fresh if held.claimed.id not in later]
