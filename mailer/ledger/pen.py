"""The rounds in which all goes well, written by hand: outcomes that are `accepted`, and intents.

Nearly every message costs one of these and nothing else. SQLAlchemy's work for one statement is several times that of
the database, so these few are plain SQL on a connection of their own; they do exactly what `handover.record` and
`handover.intend` do, which remain the way for everything else. Each round is one transaction, committed on return.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Engine

from mailer.ledger.handover import Ending, Lease
from mailer.ledger.installation import FREE

ATTEMPT = "delivery_id, relay, bucket, handed_at, ended_at, outcome, stage, code, enhanced, words"
"""The columns that a round fills in, in the order of `attempt_row`."""


class PenError(Exception):
    """The database went away, or refused; whether the round was written is not known."""


@dataclass(frozen=True, slots=True)
class Written:
    """`recorded`: accepted deliveries that were still ours and moved on; `allowed`: those that may be handed over."""

    recorded: set[int]
    allowed: set[int]


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose pen it is: the mailing, the lease of a batch and the relay that its letters go to."""

    mailing_id: int
    lease: Lease
    relay: str
    still: str = "TRUE"
    """SQL about the row of `delivery`: whether its reader may still receive."""


class Pen(Protocol):
    """A connection to the ledger for the rounds of one batch."""

    leaves_time: bool
    """True: the work is done elsewhere, and `meanwhile` is called."""

    def write(
        self, accepted: Sequence[Ending], ready: Sequence[int], at: datetime, meanwhile: Callable[[], object]
    ) -> Written:
        """Record outcomes and intents in one transaction. Raises PenError.

        `meanwhile` is called while a database elsewhere does its part; not at all when this thread does it.
        """

    def close(self) -> None:
        """Give the connection back."""


def pen_for(engine: Engine, hand: Hand) -> Pen:
    """A pen for this kind of database."""
    # Its own kind of database only: psycopg costs a worker on SQLite memory for nothing.
    if engine.dialect.name == "sqlite":
        from mailer.ledger.pen_sqlite import SqlitePen  # noqa: PLC0415

        return SqlitePen(engine, hand)
    from mailer.ledger.pen_postgres import PostgresPen  # noqa: PLC0415

    return PostgresPen(engine, hand)


def attempt_row(ending: Ending, relay: str, at: datetime) -> tuple[Any, ...]:
    """The values of an attempt, as ATTEMPT names them."""
    said = (ending.stage, ending.code, ending.enhanced, ending.words)
    return (ending.delivery, relay, ending.bucket, ending.handed_at, at, str(ending.event), *said)


def accept_statement(marks: str, mark: str) -> str:
    """Move deliveries that we are handing over to `accepted`: their ids at `marks`, then the lease at `mark`."""
    ours = f"id IN ({marks}) AND state = 'handing_over' AND lease = {mark}"
    freed = "next_at = NULL, lease = NULL, is_open = FALSE"
    return f"UPDATE delivery SET state = 'accepted', tries = tries + 1, {freed} WHERE {ours} RETURNING id"  # noqa: S608


def intend_statement(marks: str, mark: str, still: str) -> str:
    """Write down intents: moment and relay, the ids at `marks`, the lease and the mailing, which must be sending; of
    those for which `still` holds, and none while everything is held back."""
    ours = f"id IN ({marks}) AND state = 'claimed' AND lease = {mark}"
    sending = f"EXISTS (SELECT 1 FROM mailing WHERE mailing.id = {mark} AND mailing.state = 'sending')"  # noqa: S608
    begun = f"state = 'handing_over', handed_at = {mark}, relay = {mark}"
    return f"UPDATE delivery SET {begun} WHERE {ours} AND {sending} AND {FREE} AND {still} RETURNING id"  # noqa: S608
