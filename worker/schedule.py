"""The clock of a worker: it asks for a sweep at the start and every half minute.

Every worker has one, so none depends on another being there; the slot row makes all but the first a no-op.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from mailer.services.sending.holding import SWEEP_EVERY

log = logging.getLogger(__name__)


class Clock:
    """Rings at once and then every `seconds`, until it is stopped."""

    def __init__(self, ring: Callable[[], object], seconds: float = SWEEP_EVERY.total_seconds()) -> None:
        self._ring = ring
        self._seconds = seconds
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="postduif-clock", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when no further ring can come."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._ring()
            except Exception:
                # A clock that stands still would be a mailing that stands still.
                log.exception("the clock could not ring")
            if self._stopped.wait(self._seconds):
                return
