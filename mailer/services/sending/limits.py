"""The limits that one batch is under: its relay's, and those of the domains it writes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from mailer.carriers.carrier import Limit
from mailer.ledger import limits
from mailer.ledger.limits import Cap, Room
from mailer.services.sending.rules import Bucket


class Limiting:
    """Asks the ledger, inside the transaction that hands over, how many may go; exact over processes and restarts."""

    def __init__(self, relay: str, relay_limits: Sequence[Limit], buckets: Sequence[Bucket]) -> None:
        self._relay = tuple(Cap("relay", relay, limit.most, limit.seconds) for limit in relay_limits)
        self._buckets: Mapping[str, tuple[Cap, ...]] = {
            bucket.name: tuple(Cap("bucket", bucket.name, limit.most, limit.seconds) for limit in bucket.limits)
            for bucket in buckets
        }

    @property
    def any(self) -> bool:
        return bool(self._relay or self._buckets)

    def lock(self, session: Session) -> None:
        """Until this transaction ends no one else hands over under these limits; read the clock after it."""
        limits.lock(session, [*self._relay, *(cap for caps in self._buckets.values() for cap in caps)])

    def relay_room(self, session: Session, at: datetime) -> Room:
        return limits.room(session, self._relay, at)

    def bucket_room(self, session: Session, bucket: str, at: datetime) -> Room:
        return limits.room(session, self._buckets[bucket], at)

    def within(self, session: Session, ready: Sequence[tuple[int, str | None]], at: datetime) -> tuple[list[int], int]:
        """Those of the ready deliveries (with their bucket) that may go now, and how many more the relay may take."""
        left = self.relay_room(session, at).left
        rooms = {bucket: self.bucket_room(session, bucket, at).left for _id, bucket in ready if bucket is not None}
        allowed: list[int] = []
        for delivery, bucket in ready:
            if len(allowed) < left and (bucket is None or rooms[bucket] > 0):
                allowed.append(delivery)
                if bucket is not None:
                    rooms[bucket] -= 1
        return allowed, left - len(allowed)
