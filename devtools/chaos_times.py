"""What `make chaos` measures with leases, sweeps and hearts as they are in use: how long mail stands still, how fast it
goes under a limit. Counted at the receiving server."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL
from uuid import UUID, uuid4

from sqlalchemy import func, select

from database.keys import KeyRing
from database.session import Store
from devtools.fault_server import Plan, ServerProcess, fault_process
from devtools.mailings import open_mailing
from devtools.waiting import wait_for
from devtools.worker_process import Sender, sending
from mailer.ledger import heartbeats
from mailer.ledger.heartbeats import Heartbeat
from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import Delivery, LeaseRow

CONNECTIONS = 4
READERS = 480
"""Less than one batch: whoever has its lease has all of it."""
SWEEP = 30.0
A_SECOND = 20


@dataclass(frozen=True)
class Place:
    """A mailing that nobody sends yet, and the server that counts."""

    store: Store
    server: ServerProcess
    log: Path
    mailing: int
    sender: Sender

    def received(self) -> int:
        return len(self.log.read_text().split())

    def hearts(self) -> list[UUID]:
        with self.store.reading() as session:
            return [one.who.uid for one in heartbeats.beats(session)]

    def claimed_by(self, process: UUID) -> list[int]:
        """What a process holds and has not begun to hand over."""
        held = select(Delivery.id).join(LeaseRow, LeaseRow.token == Delivery.lease)
        with self.store.reading() as session:
            mine = held.where(LeaseRow.process == process, Delivery.state == DeliveryState.CLAIMED)
            return list(session.scalars(mine))

    def are_sent(self, deliveries: Sequence[int]) -> bool:
        """Whether any of these is, or none was held."""
        sent = Delivery.id.in_(deliveries), Delivery.state == DeliveryState.ACCEPTED
        with self.store.reading() as session:
            return not deliveries or session.scalar(select(Delivery.id).where(*sent).limit(1)) is not None

    def wait_for_received(self, many: int) -> float:
        """The moment at which so many had arrived, in seconds."""
        wait_for(lambda: self.received() >= many, lambda: f"{self.received()} of {many}", every=0.01)
        return time.monotonic()


@contextmanager
def place(url: str, broker: str, *, delay: float, limit: int = 0) -> Iterator[Place]:
    store = Store(url, KeyRing.generated())
    with tempfile.TemporaryDirectory(prefix="postduif-chaos-") as folder:
        log = Path(folder) / "received"
        log.touch()
        with store.transaction() as session:  # of those that were killed before
            for one in heartbeats.beats(session):
                heartbeats.leave(session, one.who.uid)
        with fault_process(Plan(delay=delay, log=str(log))) as server:
            sender = Sender(url, server.port, broker, 1, CONNECTIONS, sweep=SWEEP, limit=limit, limit_seconds=1)
            yield Place(store, server, log, open_mailing(store, READERS, slug=f"los-{uuid4().hex[:8]}"), sender)
    store.close()


def after_a_kill(url: str, broker: str, *, elsewhere: bool) -> float:
    """Seconds from kill -9 of a process that sends until another one has sent something of what it had claimed.
    `elsewhere`: the other one cannot ask the kernel for it, as on another machine."""
    with place(url, broker, delay=0.5) as here, sending(here.sender) as first:
        here.wait_for_received(1)
        [its] = here.hearts()
        with sending(here.sender, apart() if elsewhere else ()):
            wait_for(lambda: len(here.hearts()) == 2)
            wait_for(lambda: here.claimed_by(its))
            os.killpg(first.pid, SIGKILL)
            began, claimed = time.monotonic(), here.claimed_by(its)
            here.server.hurry()
            wait_for(lambda: here.are_sent(claimed))
            return time.monotonic() - began


def apart() -> Sequence[str]:
    """Before a command: in a namespace of processes of its own."""
    as_root = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    return ("unshare", *as_root, "--pid", "--mount-proc", "--fork", "--kill-child")


def of_a_fresh_worker(url: str, broker: str) -> float:
    """Seconds from the first beat of a worker that was just started until its first letter is handed over."""
    with place(url, broker, delay=0.0) as here, sending(here.sender):
        here.wait_for_received(1)
        with here.store.reading() as session:
            own = select(func.min(Delivery.handed_at)).where(Delivery.mailing_id == here.mailing)
            handed, born = session.scalar(own), session.scalar(select(func.min(Heartbeat.at)))
    assert handed is not None
    assert born is not None
    return float((handed - born) / timedelta(seconds=1))


def a_second(url: str, broker: str) -> float:
    """Letters a second at the receiving server under a limit of A_SECOND."""
    with place(url, broker, delay=0.0, limit=A_SECOND) as here, sending(here.sender):
        first, last = 2 * A_SECOND, READERS - A_SECOND
        began = here.wait_for_received(first)
        return (last - first) / (here.wait_for_received(last) - began)


def lines(name: str, url: str, broker: str) -> Iterator[str]:
    """What was measured on one database, in words."""
    for elsewhere, whence in ((False, "on one machine"), (True, "from another machine")):
        after = after_a_kill(url, broker, elsewhere=elsewhere)
        yield f"{name}: first mail of what the dead had claimed {after:.1f} s after the kill, {whence}"
    yield f"{name}: first mail {of_a_fresh_worker(url, broker):.2f} s after the first beat of a fresh worker"
    yield f"{name}: {a_second(url, broker):.1f} a second under a limit of {A_SECOND}"
