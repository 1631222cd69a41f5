"""A pen on SQLite: the work is done in this thread, and a commit waits for the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Engine

from mailer.ledger.handover import Ending
from mailer.ledger.pen import (
    ATTEMPT,
    Hand,
    PenError,
    Written,
    accept_statement,
    attempt_row,
    intend_statement,
)


class SqlitePen:
    """See `mailer.ledger.pen.Pen`."""

    leaves_time = False

    def __init__(self, engine: Engine, hand: Hand) -> None:
        self._error: type[Exception] = engine.dialect.dbapi.Error  # type: ignore[union-attr]
        self._hand = hand
        self._lent = engine.raw_connection()
        self._connection: Any = self._lent.driver_connection

    def close(self) -> None:
        self._lent.close()

    def write(
        self, accepted: Sequence[Ending], ready: Sequence[int], at: datetime, meanwhile: Callable[[], object]
    ) -> Written:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                written = Written(self._record(accepted, at), self._intend(ready, at))
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except self._error as error:
            raise PenError(str(error)) from error
        return written

    def _record(self, accepted: Sequence[Ending], at: datetime) -> set[int]:
        if not accepted:
            return set()
        given = (*(ending.delivery for ending in accepted), self._hand.lease.token)
        recorded = {row[0] for row in self._connection.execute(_accept(len(accepted)), given)}
        rows = [attempt_row(ending, self._hand.relay, at) for ending in accepted if ending.delivery in recorded]
        texts = [tuple(_text(value) if isinstance(value, datetime) else value for value in row) for row in rows]
        self._connection.executemany(_APPEND, texts)
        return recorded

    def _intend(self, ready: Sequence[int], at: datetime) -> set[int]:
        if not ready:
            return set()
        given = (_text(at), self._hand.relay, *ready, self._hand.lease.token, self._hand.mailing_id)
        return {row[0] for row in self._connection.execute(_intend(len(ready), self._hand.still), given)}


def _text(moment: datetime) -> str:
    """As SQLAlchemy writes an instant in SQLite: UTC, without its zone."""
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _marks(count: int) -> str:
    return ", ".join("?" * count)


@cache
def _accept(count: int) -> str:
    return accept_statement(_marks(count), "?")


@lru_cache(maxsize=64)
def _intend(count: int, still: str) -> str:
    return intend_statement(_marks(count), "?", still)


_APPEND = f"INSERT INTO attempt ({ATTEMPT}) VALUES ({_marks(10)})"  # noqa: S608 - marks only
