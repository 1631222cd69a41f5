"""What is sealed and does not open is one row: it is set aside and told, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from database import audit
from database.audit import AuditRow
from database.base import now
from database.keys import KeysError

UNREADABLE = "unreadable"
"""In the audit trail; an alarm goes by it."""

UNOPENED = "\0"
"""In the place of an address that does not open."""
_DAY = timedelta(days=1)

Row = TypeVar("Row")
Value = TypeVar("Value")


def readable(
    rows: Iterable[Row], opened: Callable[[Row], Value], aside: Callable[[Row], object] = lambda _row: None
) -> Iterator[Value]:
    """What opens, in order; a row that does not goes to `aside`."""
    for row in rows:
        try:
            value = opened(row)
        except (KeysError, UnicodeDecodeError):
            aside(row)
        else:
            yield value


def tell_unreadable(session: Session, kind: str, rows: int) -> None:
    """Write in the audit trail that so many rows of a kind do not open; once a day, however often it is met."""
    if not rows:
        return
    recent = select(AuditRow).where(AuditRow.event == UNREADABLE, AuditRow.at > now() - _DAY)
    if all(row.detail.get("kind") != kind for row in session.scalars(recent)):
        audit.record(session, UNREADABLE, "reading", detail={"kind": kind, "rows": rows})
