"""What is sealed and does not open is one row: it is set aside and told, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from sqlalchemy.orm import Session

from database import audit
from database.keys import KeysError

UNREADABLE = "unreadable"
"""In the audit trail; an alarm goes by it."""

UNOPENED = "\0"
"""In the place of an address that does not open."""

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
    if rows:
        audit.record_once(session, UNREADABLE, "reading", detail={"kind": kind, "rows": rows}, about="kind")
