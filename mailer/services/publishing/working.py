"""Whether what Postduif leans on is there: a mail server, a worker, people who approve. For administrators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from mailer.carriers.relay import Relay
from mailer.ledger.health import health
from mailer.services.notices.alarms import ALARMS
from mailer.services.office import Office
from mailer.services.readers.week import AWAY, OPENED, Inbox
from mailer.services.sending.delivering import ALIVE, SWEEP
from staff.people import Person
from staff.permissions import two_pairs_of_eyes

_WEEK = timedelta(days=7)


class Part(StrEnum):
    """Something that has to work."""

    RELAY = "relay"
    """A mail server is named in the settings."""
    WORKER = "worker"
    """A process that sends was seen a moment ago."""
    NOTICES = "notices"
    """Mail to one person leaves at the first try."""
    APPROVERS = "approvers"
    """Someone may approve, and someone else may send."""
    ALARMS = "alarms"
    """No alarm went off in the last week."""
    RETURNS = "returns"
    """The mailbox for returned mail opened the last time, or there is none."""
    PRIVACY = "privacy"
    """The organisation said something of its own in the privacy statement of its readers."""
    SETTINGS = "settings"
    """postduif.toml as it is now is gone by."""


@dataclass(frozen=True)
class Check:
    """Whether one part works; `count` of things are wrong with it where they can be counted."""

    part: Part
    works: bool
    count: int = 0


def checks(session: Session, office: Office, colleagues: Sequence[Person]) -> tuple[Check, ...]:
    """Every part, in the order in which a mailing needs them. No door."""
    at = office.clock()
    found = health(session, (SWEEP, OPENED, AWAY), list(ALARMS), at - _WEEK, office.house.source_locale)
    return (
        Check(Part.RELAY, any(_is_set(one) for one in office.relays)),
        Check(Part.WORKER, found.swept_at is not None and at - found.swept_at < ALIVE),
        Check(Part.NOTICES, found.delayed == 0, found.delayed),
        Check(Part.APPROVERS, not office.policy.four_eyes or two_pairs_of_eyes(colleagues)),
        Check(Part.ALARMS, found.alarms == 0, found.alarms),
        Check(Part.RETURNS, not Inbox(found.opened_at, found.away_at).is_away),
        Check(Part.PRIVACY, found.tells_of_privacy),
        Check(Part.SETTINGS, office.policy.wrong() is None),
    )


def _is_set(relay: Relay) -> bool:
    """Not what the settings fall back on when no relay is named: port 25 of this machine."""
    return (relay.host, relay.port, relay.user) != ("localhost", 25, "")
