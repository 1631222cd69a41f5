"""What came back in the last week: counted, and read out one by one, for whom (masked) and with what followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from mailer.ledger.returned import ReturnedMessage
from mailer.ledger.slots import last_taken
from mailer.ledger.tables import Delivery
from mailer.organisation import Channel
from mailer.returns.evidence import Outcome
from mailer.returns.reasons import Kind
from mailer.services.office import Office, look
from mailer.services.readers.returns import CameBack, came_back
from staff.people import Person
from staff.permissions import Permission
from subscribers.reviewing import masked_of

WEEK = timedelta(days=7)
PAGE = 50
"""Reports on one page."""
OPENED, AWAY = "returns_opened", "returns_away"
"""Slots: the mailbox for returned mail opened, or it did not."""
COUNTS = (Outcome.COUNT, Outcome.STOP)


@dataclass(frozen=True)
class Inbox:
    """The mailbox for returned mail: when it opened last, and when it last did not. None: never, as far as is kept."""

    opened: datetime | None
    away: datetime | None

    @property
    def is_away(self) -> bool:
        """The last try failed."""
        return self.away is not None and (self.opened is None or self.away > self.opened)


@dataclass(frozen=True)
class Returned:
    """One report. `address` is masked, and "" where the reader is gone or was never known."""

    report: CameBack
    issue: str
    address: str
    reader: UUID | None


@dataclass(frozen=True)
class Week:
    """`kinds`: how many reports that counted, by kind; `noted`: those that mean nothing. `rows`: the newest of all, or
    of those that count."""

    kinds: Mapping[Kind, int]
    noted: int
    rows: tuple[Returned, ...]
    total: int
    inbox: Inbox

    @property
    def counted(self) -> int:
        return sum(self.kinds.values())


def week(office: Office, person: Person, *, everything: bool = False) -> Week:
    """The last seven days. Raises NotAllowedError."""
    with look(office, person, Permission.SEE_READERS) as session:
        lately = ReturnedMessage.at > office.clock() - WEEK
        outcomes = select(ReturnedMessage.kind, ReturnedMessage.outcome, func.count()).where(lately)
        kinds: dict[Kind, int] = {}
        noted = 0
        for kind, outcome, count in session.execute(outcomes.group_by(ReturnedMessage.kind, ReturnedMessage.outcome)):
            if outcome in COUNTS and kind in set(Kind):
                kinds[Kind(kind)] = kinds.get(Kind(kind), 0) + count
            else:
                noted += count
        query = (
            select(ReturnedMessage, Delivery.reader, Delivery.issue_slug, Delivery.channel)
            .outerjoin(Delivery, Delivery.id == ReturnedMessage.delivery_id)
            .where(lately)
            .order_by(ReturnedMessage.at.desc(), ReturnedMessage.hash)
            .limit(PAGE)
        )
        rows = session.execute(query if everything else query.where(ReturnedMessage.outcome.in_(COUNTS))).all()
        mailed = [row[1] for row in rows if row[1] is not None and row[3] is Channel.EMAIL]
        masked = masked_of(session, mailed)
        found = tuple(Returned(came_back(row[0]), row[2] or "", masked.get(row[1], ""), row[1]) for row in rows)
        inbox = Inbox(last_taken(session, OPENED), last_taken(session, AWAY))
    total = sum(kinds.values()) + (noted if everything else 0)
    return Week(kinds, noted, found, total, inbox)
