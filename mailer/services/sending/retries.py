"""What the ledger writes for an outcome, and when a deferred delivery is tried again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.carriers.carrier import Accepted, Deferred, Outcome, Refused
from mailer.ledger.handover import Claimed, Ending
from mailer.ledger.states import DeliveryEvent
from mailer.returns.vocabulary import in_known_words

POLICY_TRIES = 3
"""Before a refusal for policy counts for the reader."""


@dataclass(frozen=True)
class Patience:
    """How long and how often a deferred delivery is tried: 5, 10, 20 … minutes apart, at most 4 hours, for 72 hours."""

    first: timedelta = timedelta(minutes=5)
    most: timedelta = timedelta(hours=4)
    until: timedelta = timedelta(hours=72)
    """A relay's own queue usually gives up after five days; a newsletter is old news sooner."""
    jitter: float = 0.2
    """Of the wait, either way: what was deferred together must not return together."""

    def wait(self, tries: int, chance: float) -> timedelta:
        """Before the next try, after `tries` earlier ones; `chance` is between 0 and 1."""
        plain = min(self.first * (1 << min(tries, 20)), self.most)
        return plain * (1 + self.jitter * (2 * chance - 1))


def ending(
    claimed: Claimed,
    outcome: Outcome,
    *,
    recipient: str,
    bucket: str | None,
    handed_at: datetime | None,
    at: datetime,
    patience: Patience,
    chance: float,
) -> Ending:
    """The ledger's line for how a try ended; of the server's words only those that tell of no one."""
    event, next_at = _event(outcome, claimed.tries), None
    if event is DeliveryEvent.DEFER:
        next_at = at + patience.wait(claimed.tries, chance)
        if next_at - (claimed.first_try_at or at) > patience.until:
            event, next_at = DeliveryEvent.REFUSE, None
    answer = outcome.answer
    return Ending(
        claimed.id,
        event,
        stage=answer.stage,
        code=answer.code,
        enhanced=answer.enhanced,
        words=in_known_words(answer.words, recipient),
        handed_at=handed_at,
        next_at=next_at,
        bucket=bucket,
    )


def _event(outcome: Outcome, tries: int) -> DeliveryEvent:
    if isinstance(outcome, Accepted):
        return DeliveryEvent.ACCEPT
    if isinstance(outcome, Deferred):
        return DeliveryEvent.DEFER
    if isinstance(outcome, Refused):
        # Policy (5.7.x) is mostly about the sender: a person may have mended it before the last of these tries.
        policy = outcome.answer.enhanced.startswith("5.7.") and tries < POLICY_TRIES
        return DeliveryEvent.DEFER if policy else DeliveryEvent.REFUSE
    return DeliveryEvent.LOSE_ANSWER
