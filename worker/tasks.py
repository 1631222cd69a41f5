"""The tasks: each carries ids and calls one use case."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Protocol

from celery import Celery

from mailer.services.sending.doorbell import DELIVER_BATCH, MAIL, MAKE_PRINT_RUN, PRESENT, SWEEP, WRITE
from wording.errors import OutdatedError


class Office(Protocol):
    """The use cases a worker needs, wired to this process's parts."""

    def begin(self, queues: str) -> object: ...
    def deliver_batch(self, mailing_id: int, batch: int) -> object: ...
    def sweep(self) -> object: ...
    def make_print_run(self, run_id: int) -> object: ...
    def close(self) -> None: ...
    def mail(self) -> object: ...
    def write(self) -> object: ...


def register(app: Celery, open_office: Callable[[], Office], outdated: Callable[[], object]) -> Callable[[], None]:
    """Add the tasks. `open_office` runs once in each process, at its first task, so nothing is shared by a fork.

    `outdated` is called when the database wants a newer program. Returns what closes the office of this process again,
    if it was opened.
    """
    opened, opening = cache(open_office), Lock()

    def office() -> Office:
        with opening:  # one, also for the two threads of a worker in this process that both get their first task
            return opened()

    def do(work: Callable[[], object]) -> None:
        try:
            work()
        except OutdatedError:
            outdated()

    @app.task(name=DELIVER_BATCH, shared=False)
    def deliver_batch(mailing_id: int, batch: int) -> None:
        do(lambda: office().deliver_batch(mailing_id, batch))

    @app.task(name=SWEEP, shared=False)
    def sweep() -> None:
        do(lambda: office().sweep())

    @app.task(name=MAIL, shared=False)
    def mail() -> None:
        do(lambda: office().mail())

    @app.task(name=WRITE, shared=False)
    def write() -> None:
        do(lambda: office().write())

    @app.task(name=PRESENT, shared=False)
    def present() -> None:
        do(office)

    @app.task(name=MAKE_PRINT_RUN, shared=False)
    def make_print_run(run_id: int) -> None:
        do(lambda: office().make_print_run(run_id))

    def close() -> None:
        if opened.cache_info().currsize:
            office().close()

    return close
