"""Try a use case again when the database ended it for the sake of another one at the same moment."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from wording import _
from wording.errors import ConflictError

TRIES = 12
"""Two use cases that meet are through at the second try; twelve leave room for a crowd."""
_FIRST, _LONGEST = 0.01, 0.5
"""Seconds to wait before trying again, doubled each time, half of it by chance: who met must not meet again."""
_ENDED = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL, appendix A: serialization_failure, deadlock_detected, lock_not_available."""

P = ParamSpec("P")
T = TypeVar("T")


def retried(deed: Callable[P, T]) -> Callable[P, T]:
    """A use case that opens its own transactions and may be run again from its beginning.

    It is, after a deadlock, a failure to serialise, a row that changed or went under it, the same row written by two,
    or a SQLite file that stayed locked. Raises ConflictError when that does not help.
    """

    @wraps(deed)
    def tried(*args: P.args, **kwargs: P.kwargs) -> T:
        for number in range(TRIES - 1):
            try:
                return deed(*args, **kwargs)
            except (DBAPIError, StaleDataError, ObjectDeletedError) as error:
                if not passes(error):
                    raise
            time.sleep(min(_FIRST * 2**number, _LONGEST) * (0.5 + random.random() / 2))  # noqa: S311 - no secret
        try:
            return deed(*args, **kwargs)
        except (DBAPIError, StaleDataError, ObjectDeletedError) as error:
            if not passes(error):
                raise
            raise ConflictError(
                _("Iemand anders veranderde op hetzelfde moment hetzelfde. Probeer het nog een keer.")
            ) from error

    return tried


def passes(error: Exception) -> bool:
    """Whether what went wrong is over when it is tried again: someone else was at the same rows."""
    if isinstance(error, StaleDataError | ObjectDeletedError | IntegrityError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state in _ENDED if state else "database is locked" in str(error.orig)
