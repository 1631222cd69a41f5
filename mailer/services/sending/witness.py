"""Notices that the database went away and came back as another one, or as it was before: a backup, an old replica."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from database.session import Store
from mailer.ledger.installation import Seen, seen


class Witness:
    """What one process last saw of its database; it is kept nowhere else."""

    def __init__(self) -> None:
        self._seen: Seen | None = None
        self._lock = Lock()

    def look(self, store: Store, when_another: Callable[[], object]) -> None:
        """Look, and remember; calls `when_another` when this is not what was there, gone on.

        What `when_another` raises is raised: then nothing is remembered, and the next look finds the same. Other
        threads wait until it is done, so that none of them goes on with a database that no one has acted on.
        """
        with self._lock:  # of two threads the one that looked first would else know less than what is remembered
            with store.reading() as session:
                found = seen(session)
            if self._seen is not None and (found is None or self._seen.is_ahead_of(found)):
                when_another()
            self._seen = found
