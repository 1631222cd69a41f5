"""The tasks: each carries ids and calls one use case."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Protocol

from celery import Celery

from mailer.services.sending.doorbell import DELIVER_BATCH, MAIL, MAKE_PRINT_RUN, SWEEP


class Office(Protocol):
    """The use cases a worker needs, wired to this process's parts."""

    def deliver_batch(self, mailing_id: int, batch: int) -> object: ...
    def sweep(self) -> object: ...
    def make_print_run(self, run_id: int) -> object: ...
    def close(self) -> None: ...
    def mail(self) -> object: ...


def register(app: Celery, open_office: Callable[[], Office]) -> Callable[[], None]:
    """Add the tasks. `open_office` runs once in each process, at its first task, so nothing is shared by a fork.

    Returns what closes the office of this process again, if it was opened.
    """
    office = cache(open_office)

    @app.task(name=DELIVER_BATCH, shared=False)
    def deliver_batch(mailing_id: int, batch: int) -> None:
        office().deliver_batch(mailing_id, batch)

    @app.task(name=SWEEP, shared=False)
    def sweep() -> None:
        office().sweep()

    @app.task(name=MAIL, shared=False)
    def mail() -> None:
        office().mail()

    @app.task(name=MAKE_PRINT_RUN, shared=False)
    def make_print_run(run_id: int) -> None:
        office().make_print_run(run_id)

    def close() -> None:
        if office.cache_info().currsize:
            office().close()

    return close
