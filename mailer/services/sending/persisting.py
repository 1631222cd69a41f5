"""Write a round of a batch again while the database is away: what relays answered must not be lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError

READ_ONLY = "25006"
"""PostgreSQL, appendix A: read_only_sql_transaction."""
T = TypeVar("T")


def persistently(write: Callable[[], T], patience: timedelta) -> T:
    """Run a transaction again for a while when the database goes away under it.

    Every one here is a compare-and-set: should the first have been committed after all, the second changes nothing,
    and what it does not allow is not sent.
    """
    deadline = time.monotonic() + patience.total_seconds()
    while True:
        try:
            return write()
        except DBAPIError as error:
            if not is_away(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def is_away(error: DBAPIError) -> bool:
    """The database hung up, or ended our transaction for another's sake, or is a standby that is not promoted yet."""
    return isinstance(error, OperationalError) or getattr(error.orig, "sqlstate", "") == READ_ONLY
