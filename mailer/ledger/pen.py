# ruff: noqa: S608 - nothing but the marks for values is pasted into these statements
"""The rounds in which all goes well, written by hand: outcomes that are `accepted`, and intents.

Nearly every message costs one of these and nothing else. SQLAlchemy's work for one statement is several times that of
the database, so these few are plain SQL on a connection of their own; they do exactly what `handover.record` and
`handover.intend` do, which remain the way for everything else. Each round is one transaction, committed on return.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Engine

from mailer.ledger.handover import Ending, Lease

_ATTEMPT = "delivery_id, relay, bucket, handed_at, ended_at, outcome, stage, code, enhanced, words"


class PenError(Exception):
    """The database went away, or refused; whether the round was written is not known."""


@dataclass(frozen=True, slots=True)
class Written:
    """`recorded`: accepted deliveries that were still ours and moved on; `allowed`: those that may be handed over."""

    recorded: set[int]
    allowed: set[int]


class Pen:
    """A connection to the ledger for the rounds of one batch."""

    def __init__(self, engine: Engine, *, mailing_id: int, lease: Lease, relay: str) -> None:
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._error: type[Exception] = engine.dialect.dbapi.Error  # type: ignore[union-attr]
        self._mailing_id = mailing_id
        self._token = lease.token
        self._relay = relay
        lent = engine.raw_connection()
        connection: Any = lent.driver_connection
        self._connection = connection
        # Ours alone from here on: it must not return to the pool with another way of committing.
        lent.detach()
        if not self._is_sqlite:
            # One statement is one transaction is one round trip.
            self._connection.autocommit = True

    def close(self) -> None:
        self._connection.close()

    def write(self, accepted: Sequence[Ending], ready: Sequence[int], at: datetime) -> Written:
        """Record outcomes and intents in one transaction. Raises PenError."""
        try:
            return self._on_sqlite(accepted, ready, at) if self._is_sqlite else self._on_postgres(accepted, ready, at)
        except self._error as error:
            raise PenError(str(error)) from error

    def _on_sqlite(self, accepted: Sequence[Ending], ready: Sequence[int], at: datetime) -> Written:
        execute, moment = self._connection.execute, _text(at)
        execute("BEGIN IMMEDIATE")
        try:
            recorded: set[int] = set()
            if accepted:
                ids = [ending.delivery for ending in accepted]
                recorded = {row[0] for row in execute(_accept(len(ids), "?"), (*ids, self._token))}
                rows = [self._attempt(ending, moment) for ending in accepted if ending.delivery in recorded]
                self._connection.executemany(_APPEND, rows)
            allowed: set[int] = set()
            if ready:
                given = (moment, self._relay, *ready, self._token, self._mailing_id)
                allowed = {row[0] for row in execute(_intend(len(ready), "?"), given)}
            execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                execute("ROLLBACK")
            raise
        return Written(recorded, allowed)

    def _on_postgres(self, accepted: Sequence[Ending], ready: Sequence[int], at: datetime) -> Written:
        given: list[Any] = []
        if accepted:
            given += [*(ending.delivery for ending in accepted), self._token]
            for ending in accepted:
                given += self._attempt(ending, at)
        if ready:
            given += [at, self._relay, *ready, self._token, self._mailing_id]
        rows = self._connection.execute(_both(len(accepted), len(ready)), given).fetchall()
        return Written({row[1] for row in rows if row[0] == 1}, {row[1] for row in rows if row[0] == 2})

    def _attempt(self, ending: Ending, at: datetime | str) -> tuple[Any, ...]:
        handed_at = _text(ending.handed_at) if self._is_sqlite and ending.handed_at else ending.handed_at
        outcome = str(ending.event)
        said = (ending.stage, ending.code, ending.enhanced, ending.words)
        return (ending.delivery, self._relay, ending.bucket, handed_at, at, outcome, *said)


def _text(moment: datetime) -> str:
    """As SQLAlchemy writes an instant in SQLite: UTC, without its zone."""
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _marks(count: int, mark: str) -> str:
    return ", ".join([mark] * count)


@cache
def _accept(count: int, mark: str) -> str:
    return (
        "UPDATE delivery SET state = 'accepted', tries = tries + 1, next_at = NULL, lease = NULL, lease_until = NULL "
        f"WHERE id IN ({_marks(count, mark)}) AND state = 'handing_over' AND lease = {mark} RETURNING id"
    )


@cache
def _intend(count: int, mark: str) -> str:
    return (
        f"UPDATE delivery SET state = 'handing_over', handed_at = {mark}, relay = {mark} "
        f"WHERE id IN ({_marks(count, mark)}) AND state = 'claimed' AND lease = {mark} "
        f"AND EXISTS (SELECT 1 FROM mailing WHERE mailing.id = {mark} AND mailing.state = 'sending') RETURNING id"
    )


_APPEND = f"INSERT INTO attempt ({_ATTEMPT}) VALUES ({_marks(10, '?')})"

_TYPES = ("int", "text", "text", "timestamptz", "timestamptz", "text", "text", "int", "text", "text")
_TYPED = f"({', '.join(f'%s::{kind}' for kind in _TYPES)})"


@cache
def _both(accepted: int, ready: int) -> str:
    """All of a round as one statement; an attempt is appended only for what was still ours."""
    parts, answers = [], []
    if accepted:
        parts.append(f"done AS ({_accept(accepted, '%s')})")
        rows = ", ".join([_TYPED] * accepted)
        parts.append(
            f"noted AS (INSERT INTO attempt ({_ATTEMPT}) SELECT ended.* FROM (VALUES {rows}) AS ended ({_ATTEMPT}) "
            "JOIN done ON done.id = ended.delivery_id)"
        )
        answers.append("SELECT 1, id FROM done")
    if ready:
        parts.append(f"begun AS ({_intend(ready, '%s')})")
        answers.append("SELECT 2, id FROM begun")
    return f"WITH {', '.join(parts)} {' UNION ALL '.join(answers)}"
