"""How far a mailing is, while it is sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from commands.words import say
from mailer.ledger.overview import overview
from mailer.organisation import Channel
from wording import _

if TYPE_CHECKING:
    from rich.console import Console

    from database.session import Store

_LOOK_EVERY = 0.2
"""Seconds; more often would compete with the worker for the database."""


def watch(store: Store, mailings: Sequence[int], console: Console, is_over: Callable[[], bool]) -> None:
    """Show a bar until `is_over`; what the bar says is read from the ledger."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(say(_("Versturen")), total=None)
        while True:
            over = is_over()
            settled, readers = counted(store, mailings)
            progress.update(bar, completed=settled, total=readers)
            if over:
                return
            time.sleep(_LOOK_EVERY)


def counted(store: Store, mailings: Sequence[int]) -> tuple[int, int]:
    """How many readers by e-mail are settled, of how many."""
    with store.reading() as session:
        editions = [one for mailing in mailings for one in overview(session, mailing) if one.channel is Channel.EMAIL]
    readers = sum(one.readers for one in editions)
    return readers - sum(one.waiting for one in editions), readers
