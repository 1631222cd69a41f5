"""How far a mailing is, while it is sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from commands.words import say
from wording import _

if TYPE_CHECKING:
    from rich.console import Console

    from database.session import Store

_LOOK_EVERY = 0.2
"""Seconds; more often would compete with the worker for the database."""


def watch(store: Store, mailings: Sequence[int], console: Console, is_over: Callable[[], bool]) -> None:
    """Show a bar until `is_over`; what the bar says is read from the ledger."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from mailer.services.sending.overview import settled

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(say(_("Versturen")), total=None)
        while True:
            over = is_over()
            found = settled(store, mailings)
            progress.update(bar, completed=found.settled, total=found.readers)
            if over:
                return
            time.sleep(_LOOK_EVERY)
