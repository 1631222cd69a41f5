"""A backup each night where no systemd has timers: in containers, as a process that stays."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import date
from threading import Event
from typing import TYPE_CHECKING

from commands.telling import tell_aside
from wording.errors import PostduifError

if TYPE_CHECKING:
    from mailer.bootstrap import Parts

UNIT = "postduif-backup"
"""As the administrators are told of it."""
EVERY = 300.0
"""Seconds between two looks whether it is time."""


def each_night(parts: Parts, make: Callable[[], object], over: Event | None = None) -> None:
    """Make a backup once a night, until this process is told to end. When one fails the administrators are mailed, and
    it is tried again the next night."""
    from mailer.bootstrap import watchman
    from mailer.services.keeping.backup import night_due
    from mailer.services.office import Silence

    over = over or told_to_end()
    tried: date | None = None
    while True:
        night = night_due(parts.office(Silence()))
        if night is not None and night != tried:
            tried = night
            try:
                make()
            except PostduifError as error:
                tell_aside(error.text)
                watchman(parts).unit_failed(UNIT)
        if over.wait(EVERY):
            return


def told_to_end() -> Event:
    """Set when the process is asked to end (SIGTERM); as the first process of a container it would hear nothing."""
    over = Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: over.set())
    return over
