"""Looks at the installation beside the pages: a look waits for servers of others, and no page does."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Lock, Thread

from mailer.doctor.checks import CHECKS
from mailer.doctor.finding import Check, Finding, examine
from mailer.doctor.records import Record, records
from mailer.doctor.world import World
from wording import Text

log = logging.getLogger(__name__)

Keep = Callable[[Sequence[Finding]], object]


class Rounds:
    """The looks of one process, one at a time. `world` is asked anew for each: settings may have changed."""

    def __init__(self, world: Callable[[], World], checks: Mapping[str, Check] = CHECKS) -> None:
        self._world, self._checks = world, checks
        self._lock = Lock()
        self._ended: Event | None = None

    @property
    def is_looking(self) -> bool:
        """Whether a look is on its way."""
        return self._ended is not None and not self._ended.is_set()

    def begin(self, keep: Keep) -> None:
        """Begin to look, unless someone looks already; `keep` gets what was found, in another thread."""
        with self._lock:
            if self.is_looking:
                return
            ended = self._ended = Event()
        Thread(target=self._look, args=(keep, ended), name="doctor", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Whether the look that is on its way ended within so many seconds."""
        return self._ended is None or self._ended.wait(seconds)

    def records(self) -> tuple[Sequence[Record], Sequence[Text]]:
        """What to set in DNS by the settings as they are; without a question to anyone. Or what is wrong with them."""
        world = self._world()
        return (tuple(records(world)), ()) if world.is_known else ((), world.problems)

    def _look(self, keep: Keep, ended: Event) -> None:
        try:
            keep(examine(self._world(), self._checks))
        except Exception as error:
            # who asked may have lost the right meanwhile; of an error our log shows the kind and the place alone
            log.warning("a look was not kept", exc_info=error)
        finally:
            ended.set()
