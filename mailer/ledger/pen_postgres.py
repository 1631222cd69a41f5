"""A pen on PostgreSQL: a round is one statement, so one transaction and one round trip, and we work while it is away.

It speaks through psycopg's own wrapper of libpq (https://www.psycopg.org/psycopg3/docs/api/pq.html), which can send a
statement and fetch its answer later.
"""

from __future__ import annotations

import os
import re
import select
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any

from psycopg import Error
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
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


class PostgresPen:
    """See `mailer.ledger.pen.Pen`."""

    leaves_time = True

    def __init__(self, engine: Engine, hand: Hand) -> None:
        self._hand = hand
        self._lent = engine.raw_connection()
        connection: Any = self._lent.driver_connection
        self._libpq = connection.pgconn
        self._known: set[bytes] = set()
        try:
            _good(self._libpq.exec_(_SET))
        except (Error, PenError) as error:
            self._lent.invalidate()
            raise PenError(str(error)) from error

    def close(self) -> None:
        try:
            _good(self._libpq.exec_(_RESET))
            for name in self._known:
                _good(self._libpq.exec_(b"DEALLOCATE " + name))
            self._lent.close()
        except (Error, PenError):
            self._lent.invalidate()

    def write(
        self, accepted: Sequence[Ending], ready: Sequence[int], at: datetime, meanwhile: Callable[[], object]
    ) -> Written:
        try:
            name = self._prepared(len(accepted), len(ready))
            self._libpq.send_query_prepared(name, [_octets(value) for value in self._given(accepted, ready, at)])
            self._libpq.flush()
            # Else the kernel lets the server wait on our processor until we are done with `meanwhile`.
            os.sched_yield()
            try:
                meanwhile()
            finally:
                answer = self._answer()
        except Error as error:
            raise PenError(str(error)) from error
        rows = [(answer.get_value(row, 0), answer.get_value(row, 1)) for row in range(answer.ntuples)]
        return Written(
            {int(key) for kind, key in rows if kind == b"1" and key},
            {int(key) for kind, key in rows if kind == b"2" and key},
        )

    def _given(self, accepted: Sequence[Ending], ready: Sequence[int], at: datetime) -> list[Any]:
        given: list[Any] = []
        if accepted:
            given += [*(ending.delivery for ending in accepted), self._hand.lease.token]
            for ending in accepted:
                given += attempt_row(ending, self._hand.relay, at)
        if ready:
            given += [at, self._hand.relay, *ready, self._hand.lease.token, self._hand.mailing_id]
        return given

    def _prepared(self, accepted: int, ready: int) -> bytes:
        """The name under which the server knows the statement of a round of this size. Raises PenError."""
        name = b"round_%d_%d" % (accepted, ready)
        if name not in self._known:
            _good(self._libpq.prepare(name, _round(accepted, ready, self._hand.still)))
            self._known.add(name)
        return name

    def _answer(self) -> PGresult:
        """What the server says of the statement that is under way, once it is committed. Raises PenError.

        The server says what a statement changed before it commits: an error may follow, and then nothing was written.
        """
        answer = _good(self._next())
        while (more := self._next()) is not None:
            _good(more)
        if self._libpq.transaction_status != TransactionStatus.IDLE:
            raise PenError("the connection ended before the commit was said")
        return answer

    def _next(self) -> PGresult | None:
        while self._libpq.is_busy():
            # libpq's own way of waiting would keep every other thread of this process waiting too
            select.select([self._libpq.socket], [], [])
            self._libpq.consume_input()
        result: PGresult | None = self._libpq.get_result()
        return result


def _good(answer: PGresult | None) -> PGresult:
    if answer is None or answer.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise PenError(answer.error_message.decode(errors="replace") if answer else "no answer")
    return answer


def _octets(value: object) -> bytes | None:
    """A value in PostgreSQL's text format."""
    if value is None:
        return None
    return (value.isoformat() if isinstance(value, datetime) else str(value)).encode()


_SET = b"SET plan_cache_mode = force_generic_plan; SET enable_bitmapscan = off"
"""Plan a round once and not again for each of its first five, and find rows by their number only: the server's guess
from a table that has just been filled is to read all that is open."""
_RESET = b"RESET plan_cache_mode; RESET enable_bitmapscan"
_MARK = "%s"
_TYPES = ("int", "text", "text", "timestamptz", "timestamptz", "text", "text", "int", "text", "text")
_TYPED = f"({', '.join(f'{_MARK}::{kind}' for kind in _TYPES)})"


@lru_cache(maxsize=64)
def _round(accepted: int, ready: int, still: str) -> bytes:
    """All of a round as one statement; an attempt is appended only for what was still ours."""
    parts, answers = [], []
    if accepted:
        parts.append(f"done AS ({accept_statement(_marks(accepted), _MARK)})")
        rows = ", ".join([_TYPED] * accepted)
        parts.append(
            f"noted AS (INSERT INTO attempt ({ATTEMPT}) SELECT ended.* FROM (VALUES {rows}) AS ended ({ATTEMPT}) "  # noqa: S608 - marks only
            "JOIN done ON done.id = ended.delivery_id)"
        )
        answers.append("SELECT 1, id FROM done")
    if ready:
        parts.append(f"begun AS ({intend_statement(_marks(ready), _MARK, still)})")
        answers.append("SELECT 2, id FROM begun")
    numbers = count(1)
    return re.sub(
        _MARK, lambda _mark: f"${next(numbers)}", f"WITH {', '.join(parts)} {' UNION ALL '.join(answers)}"
    ).encode()


def _marks(number: int) -> str:
    return ", ".join([_MARK] * number)
