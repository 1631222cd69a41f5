"""A sender as a process of its own, so that a test can kill it: `python -m devtools.worker_process '{"database": …}'`.

With a broker it is a Celery worker; without one it delivers in a loop until everything is settled.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

from database.session import Store
from devtools.mailings import desk, relay
from mailer.carriers.carrier import Limit
from mailer.ledger import mailings
from mailer.ledger.states import MailingState
from mailer.services.office import Silence
from mailer.services.sending.delivering import SendingOffice, Swept
from mailer.services.sending.doorbell import CeleryDoorbell
from mailer.services.sending.heart import Heart
from mailer.services.sending.relays import Relays
from mailer.services.sending.retries import Patience
from mailer.services.sending.rules import Rules
from worker.running import run_worker


@dataclass
class Sender:
    """What a sending process is told."""

    database: str
    port: int
    broker: str = ""
    processes: int = 1
    connections: int = 4
    failpoint: str = ""
    """Where it kills itself or stops: "after_claim:SIGKILL:1" means at the first time."""
    lease: float = 600.0
    rest: float = 0.2
    sweep: float = 0.5
    database_away: float = 30.0
    intents: bool = True
    limit: int = 0
    """Hand-overs in any `limit_seconds`; 0 is no limit."""
    limit_seconds: int = 60
    poison: int = 0
    """A mailing whose letters kill the process."""
    journal: str = ""
    """A file that gets a line for each sweep: the process, and whether it was asked or did it."""
    beat: float = 5.0
    """Seconds between two beats of its heart."""
    key: str = ""
    """That makes the marks of letters, in hexadecimal; empty: that of `devtools.mailings`."""
    master: str = ""
    """The name by which a broker `sentinel://…` knows its server."""


class OnlySends(SendingOffice):
    """A worker's office without a print desk."""

    def make_print_run(self, run_id: int) -> object:
        raise AssertionError("nobody ordered a print run")


@dataclass(frozen=True)
class JournalOffice(OnlySends):
    """Writes down each sweep when it is asked for one, and again when it did one."""

    journal: str = ""

    def sweep(self) -> Swept | None:
        self._note("asked")
        swept = super().sweep()
        if swept is not None:
            self._note("did")
        return swept

    def _note(self, what: str) -> None:
        with Path(self.journal or os.devnull).open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()} {what}\n")


def office(sender: Sender, bell: object, stopping: Callable[[], bool]) -> OnlySends:
    rules = Rules(
        lease=timedelta(seconds=sender.lease),
        rest=timedelta(seconds=sender.rest),
        database_away=timedelta(seconds=sender.database_away),
        patience=Patience(first=timedelta(seconds=0.2), most=timedelta(seconds=1)),
        intents=sender.intents,
    )
    limits = (Limit(sender.limit, sender.limit_seconds),) if sender.limit else ()
    to = relay(sender.port, connections=sender.connections, limits=limits)
    at_desk = desk(Store(sender.database), rules=rules, stopping=stopping, reached=failing(sender.failpoint))
    heart = Heart(at_desk.store, bell.ring, every=sender.beat)  # type: ignore[attr-defined]
    at_desk = replace(at_desk, process=heart.process)
    if sender.key:
        at_desk = replace(at_desk, letters=replace(at_desk.letters, key=bytes.fromhex(sender.key)))
    if sender.poison:
        at_desk = replace(at_desk, letters=replace(at_desk.letters, personal=poisoned(sender.poison)))
    every = timedelta(seconds=sender.sweep)
    to_relays = Relays([to])
    return JournalOffice(at_desk, to_relays, bell, every, heart=heart, journal=sender.journal)  # type: ignore[arg-type]


def poisoned(mailing: int) -> Callable[..., dict[str, str]]:
    def personal(edition: object, _reader: object) -> dict[str, str]:
        if getattr(edition, "mailing_id", None) == mailing:
            os.kill(os.getpid(), signal.SIGKILL)
        return {}

    return personal


def failing(failpoint: str) -> Callable[[str], None]:
    wanted, _, rest = failpoint.partition(":")
    kind, _, number = rest.partition(":")
    seen = [0]

    def reached(here: str) -> None:
        if here == wanted:
            seen[0] += 1
            if seen[0] == int(number):
                os.kill(os.getpid(), getattr(signal, kind))

    return reached


def deliver_all(sender: Sender) -> None:
    """Sweep and deliver until every mailing is done."""
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stop.append(number))
    here = office(sender, Silence(), lambda: bool(stop))
    here.begin()
    while not stop:
        here.sweep()
        with here.desk.store.reading() as session:
            going = [mailing.id for mailing in mailings.in_state(session, MailingState.SENDING)]
        if not going:
            here.close()
            return
        for mailing_id in going:
            here.deliver_now(mailing_id)
        time.sleep(0.05)


def run(sender: Sender) -> int:
    if not sender.broker:
        deliver_all(sender)
        return 0

    def open_office(bell: CeleryDoorbell, stopping: Callable[[], bool]) -> OnlySends:
        return office(sender, bell, stopping)

    return run_worker(
        sender.broker,
        open_office,
        queues=["send"],
        processes=sender.processes,
        sweep_seconds=sender.sweep,
        master=sender.master,
    )


def spawn(sender: Sender, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start it in a process group of its own; `before` are the words of a command that starts it."""
    command = [*before, sys.executable, "-m", "devtools.worker_process", json.dumps(asdict(sender))]
    folder = Path(__file__).parent.parent
    return subprocess.Popen(command, cwd=folder, start_new_session=True, stderr=subprocess.DEVNULL)


@contextmanager
def sending(sender: Sender, before: Sequence[str] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """A sender that is gone, with all its children, when the block ends."""
    process = spawn(sender, before)
    try:
        yield process
    finally:
        kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    sys.exit(run(Sender(**json.loads(sys.argv[1]))))
