"""Notices that the database went away and came back as another one, or as it was before: a backup, an old replica."""

from __future__ import annotations

from threading import Lock

from database.session import Store
from mailer.ledger.installation import Seen, seen


class Witness:
    """What one process last saw of its database; it is kept nowhere else."""

    def __init__(self) -> None:
        self._seen: Seen | None = None
        self._lock = Lock()

    def finds_another(self, store: Store) -> bool:
        """Look, and remember; True once, when this is not what was there, gone on."""
        with self._lock:  # of two threads the one that looked first would else know less than what is remembered
            with store.reading() as session:
                found = seen(session)
            before, self._seen = self._seen, found
        return before is not None and (found is None or before.is_ahead_of(found))
