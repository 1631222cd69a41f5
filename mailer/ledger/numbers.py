"""Numbers of deliveries after a copy of the database was put back. Nothing here commits.

A number makes the Message-ID and the bounce address of a letter. The database that was lost gave out numbers which this
one does not know of; given out once more, a reader's mailbox takes the new letter for the old one, and a bounce of the
old one counts for another reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mailer.ledger import installation
from mailer.ledger.tables import Delivery

GAP = 10_000_000
"""More than an installation gives out between two backups."""
_MOST = 2**31 - 1


def leave_gap(session: Session) -> None:
    """The next delivery gets a number that the database which was lost has not given out."""
    first = (session.scalar(select(func.max(Delivery.id))) or 0) + GAP
    if first > _MOST - GAP:  # after two hundred times; then a number may come back
        return
    installation.begin_deliveries_at(session, first)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT setval(pg_get_serial_sequence('delivery', 'id'), :first)"), {"first": first})


def numbers_to_give(session: Session) -> Iterator[int] | None:
    """Numbers for the next deliveries; None when the database gives the right ones by itself.

    SQLite gives one more than the highest that there is.
    """
    first = installation.first_delivery(session)
    if first is None or session.get_bind().dialect.name == "postgresql":
        return None
    highest = session.scalar(select(func.max(Delivery.id))) or 0
    return count(first) if highest < first else None
