"""Run workers: inside this process (embedded), or as a Celery worker of their own."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from signal import SIG_IGN, SIGINT, SIGQUIT, SIGTERM, getsignal, signal
from threading import Thread
from typing import Any

from celery import Celery, signals
from celery.worker import state

from mailer.broker import QUEUES
from mailer.services.sending.doorbell import CeleryDoorbell
from wording import _
from wording.errors import OutdatedError
from worker.app import make_app
from worker.schedule import Clock
from worker.tasks import Office, register

OpenOffice = Callable[[CeleryDoorbell, Callable[[], bool]], Office]
"""Wires the use cases of a process, from its doorbell and from what tells it to stop."""

OUTDATED = 75
"""EX_TEMPFAIL: whoever started us starts what is there now."""
STOP_WITHIN = 30.0
"""Seconds; no new letter is begun after a stop was asked for, so only the letters on the wire are waited for."""


@dataclass(frozen=True)
class Working:
    """An application with its tasks, in all its processes."""

    app: Celery
    stop: Callable[[], None]
    """Asks every process to begin nothing new."""
    close: Callable[[], None]
    """Closes the connections of the process that calls it."""
    is_outdated: Callable[[], bool]
    """The database wants a newer program; this one was asked to stop."""


def worker_app(broker: str, open_office: OpenOffice, served: Sequence[str], master: str = "") -> Working:
    """An application, to be run by the process that calls this; `served` are the queues that the process serves."""
    app = make_app(broker, master)
    # Events that forked children share: Celery's stop reaches the parent only.
    stopping, outdated = get_context("fork").Event(), get_context("fork").Event()
    main = os.getpid()

    def end() -> None:
        if not outdated.is_set():
            outdated.set()
            os.kill(main, SIGTERM)  # as whoever runs us would: what is on the wire ends

    def opened() -> Office:
        office = open_office(CeleryDoorbell(app), stopping.is_set)
        office.begin(",".join(served))
        _leave_to_the_end()
        return office

    return Working(app, stopping.set, register(app, opened, end), outdated.is_set)


@cache
def _leave_to_the_end() -> None:
    """What a process is made of is not looked through for garbage again and again; once for each process is enough."""
    gc.collect()
    gc.freeze()


@contextmanager
def embedded(open_office: OpenOffice, *, sweep_seconds: float = 30.0) -> Iterator[CeleryDoorbell]:
    """A worker in threads of this process on a broker in its memory; stopped, with nothing on the wire, at the end."""
    letters, rest = QUEUES[:1], QUEUES[1:]
    # The process serves all; which of the two does a task, Celery says (below).
    sending, other = (worker_app("memory://", open_office, QUEUES) for _two in (letters, rest))
    # Celery's pool threads look for a task in the application that is the default of the process.
    sending.app.set_default()
    bell = CeleryDoorbell(sending.app)
    # One thread sends, over several connections; print runs and single mails never wait for it. An application each,
    # because the queues that a Celery worker listens to are kept in its application.
    workers = [_controller(sending.app, letters), _controller(other.app, rest)]
    threads = [Thread(target=worker.start, name="postduif-worker", daemon=True) for worker in workers]
    clock = Clock(bell.tick, sweep_seconds)
    for thread in threads:
        thread.start()
    clock.start()
    try:
        yield bell
    finally:
        clock.stop()
        sending.stop()
        other.stop()
        for worker in workers:
            worker.stop(exitcode=0)
        for thread in threads:
            thread.join(STOP_WITHIN)
        sending.close()
        other.close()
    if sending.is_outdated() or other.is_outdated():
        raise OutdatedError(_("De database is bijgewerkt voor een nieuwere versie van Postduif. Start die."))


class Ears:
    """Notices that a worker hears nothing more, and lets it connect anew.

    When the broker goes away under a task, Celery cannot acknowledge its message; when the broker is back, a worker
    that may hold one message (prefetch 1) still counts that one, and listens to nothing, for good.
    """

    PATIENCE = 2
    """Bells that were rung in vain. Perhaps another worker heard them: then a new connection does no harm."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self._heard = -1
        self._silent = 0

    def check(self) -> None:
        heard = sum(state.total_count.values())
        busy = bool(state.active_requests)
        self._silent = 0 if busy or heard != self._heard else self._silent + 1
        self._heard = heard
        if self._silent > self.PATIENCE and self._consumer.hub is not None:
            self._silent = 0
            self._consumer.hub.call_soon(_lose_connection)


def _lose_connection() -> None:
    """In the consumer's loop this is a lost connection: it connects again, with nothing unacknowledged."""
    raise ConnectionResetError("nothing is heard from the broker")


def run_worker(
    broker: str,
    open_office: OpenOffice,
    *,
    queues: Sequence[str] = QUEUES,
    processes: int = 1,
    sweep_seconds: float = 30.0,
    master: str = "",
) -> int:
    """A Celery worker in the foreground until SIGTERM, SIGQUIT or SIGINT; returns its exit code.

    That is 75 (EX_TEMPFAIL of sysexits.h) when the database wants a newer program.
    """

    def open_in_child(bell: CeleryDoorbell, stopping: Callable[[], bool]) -> Office:
        # A terminal and systemd tell every process; only the parent may listen, or a letter is cut off on the wire.
        for number in (SIGTERM, SIGQUIT):
            signal(number, SIG_IGN)
        return open_office(bell, stopping)

    working = worker_app(broker, open_in_child, queues, master)
    app = working.app
    bell = CeleryDoorbell(app)
    ears: list[Ears] = []

    def ring() -> None:
        if bell.tick():
            ears[0].check()

    clock = Clock(ring, sweep_seconds)

    def begin(sender: Any, **_signal: Any) -> None:
        # Celery ends its tasks at once on SIGQUIT, and on a second Ctrl+C.
        for number in (SIGQUIT, SIGINT):
            signal(number, getsignal(SIGTERM))
        ears.append(Ears(sender))
        clock.start()

    def end(**_signal: Any) -> None:
        working.stop()

    def leave(**_signal: Any) -> None:
        working.close()

    def keep_logging(**_signal: Any) -> None:
        """Whoever starts the worker chose how to log; Celery leaves that alone when somebody listens to this."""

    signals.setup_logging.connect(keep_logging)
    signals.worker_ready.connect(begin)
    signals.worker_shutting_down.connect(end)
    signals.worker_process_shutdown.connect(leave)
    worker = app.Worker(pool="prefork", concurrency=processes, queues=list(queues), **_QUIET)  # type: ignore[arg-type]
    worker.start()
    return OUTDATED if working.is_outdated() else int(worker.exitcode or 0)


_QUIET = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True, "quiet": True}
"""Workers need to know nothing of each other: the ledger keeps them apart."""


def _controller(app: Celery, queues: Sequence[str]) -> Any:
    return app.WorkController(
        pool="threads", concurrency=1, queues=list(queues), hostname=f"postduif-{queues[0]}@local", **_QUIET
    )
