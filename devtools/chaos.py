"""`make chaos`: kill -9 at random, over and over, while mail is on its way; then count at the receiving server.

The control runs first, without intents: it must find doubled mail, or the harness would prove nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text

from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from devtools import chaos_times, servers
from devtools.fault_server import Plan, fault_process
from devtools.mailings import open_mailing, states
from devtools.waiting import wait_for
from devtools.worker_process import Sender, kill_group, spawn
from mailer.ledger import mailings, shunt
from mailer.ledger.states import DeliveryState

KINDS = ("child", "worker", "group")
"""A Celery child, its parent alone, or the parent with all its children."""

WORKERS, PROCESSES, CONNECTIONS = 2, 1, 4
DELAY = 0.02
"""Seconds before each answer to a dot: at any moment every connection has a message in doubt."""


@dataclass
class Found:
    """What one run came to. `at_most` is the number of connections that were open in the killed processes."""

    name: str
    kills: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    uncertain: int = 0
    arrived: int = 0
    """Of the uncertain: those that the server had."""
    at_most: int = 0
    seconds: float = 0.0

    def line(self) -> str:
        kinds = " ".join(f"{kind} {self.kills[kind]}" for kind in KINDS)
        doubts = f"uncertain {self.uncertain:>3} of at most {self.at_most:>3} ({self.arrived} had arrived)"
        return f"{self.name:<28} {kinds:<28} lost {self.lost} doubled {self.doubled:>3} {doubts} {self.seconds:.0f} s"


class Workers:
    """Celery workers that are started again whenever they are killed."""

    def __init__(self, sender: Sender, chance: random.Random) -> None:
        self._sender = sender
        self._chance = chance
        self._running = [spawn(sender) for _ in range(WORKERS)]
        self._fallen: list[subprocess.Popen[bytes]] = []

    def kill(self, kind: str) -> int:
        """Returns how many connections the killed processes may have had open."""
        place = self._chance.randrange(WORKERS)
        worker = self._running[place]
        children = children_of(worker.pid)
        if kind == "child":
            if children:
                os.kill(self._chance.choice(children), signal.SIGKILL)
            return CONNECTIONS if children else 0
        if kind == "group":
            kill_group(worker)
        else:
            # Orphaned children end by themselves as soon as they notice; until then they go on sending.
            worker.kill()
            worker.wait()
        self._fallen.append(worker)
        self._running[place] = spawn(self._sender)
        return CONNECTIONS * max(len(children), 1)

    def stop(self) -> None:
        for worker in [*self._running, *self._fallen]:
            kill_group(worker)


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(child) for child in found.read_text().split()]
    except FileNotFoundError:
        return []


def run(name: str, database: str, broker: str, *, seed: int, kills: int, readers: int, intents: bool = True) -> Found:
    """Send one mailing under fire. Raises RuntimeError when it ends before the kills do."""
    found, chance, started = Found(name), random.Random(seed), time.monotonic()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="postduif-chaos-"))
        log = Path(folder) / "received"
        log.touch()
        store = Store(database, KeyRing.generated())
        stack.callback(store.close)
        mailing_id = open_mailing(store, readers, slug=f"los-{uuid4().hex[:8]}")
        server = stack.enter_context(fault_process(Plan(delay=DELAY, log=str(log))))
        sender = Sender(
            database, server.port, broker, PROCESSES, CONNECTIONS, lease=3.0, rest=0.1, sweep=0.5, intents=intents
        )
        workers = Workers(sender, chance)
        stack.callback(workers.stop)
        for number in range(kills):
            wait_until_mail_flows(log)
            time.sleep(chance.uniform(0.05, 0.5))
            if received(log).total() >= readers:
                raise RuntimeError("everything was sent before the kills were over: give it more readers")
            kind = KINDS[number % len(KINDS)]
            found.at_most += workers.kill(kind)
            found.kills[kind] += 1
        server.hurry()
        settle(store, mailing_id)
        count(found, states(store, mailing_id), received(log))
    found.seconds = time.monotonic() - started
    return found


def received(log: Path) -> Counter[str]:
    return Counter(log.read_text().split())


def wait_until_mail_flows(log: Path) -> None:
    before = log.stat().st_size
    wait_for(lambda: log.stat().st_size >= before + 200, lambda: "no mail flows")


def settle(store: Store, mailing_id: int) -> None:
    """Wait until nothing is open. A batch that was killed three times before its first answer is set aside: go on."""

    def is_settled() -> bool:
        with store.reading() as session:
            account = mailings.accounting(session, mailing_id)
            aside = shunt.shunted(session, mailing_id)
        if aside:
            with store.transaction() as session:
                shunt.release(session, mailing_id)
        assert account.balances, account
        return account.waiting == account.states[DeliveryState.DEFERRED] == 0

    wait_for(is_settled, every=0.2)


def count(found: Found, ended: dict[str, DeliveryState], got: Counter[str]) -> None:
    """Compare the ledger with what the server wrote down before it answered."""
    doubtful = {to for to, state in ended.items() if state is DeliveryState.UNCERTAIN}
    found.uncertain = len(doubtful)
    found.arrived = sum(1 for to in doubtful if got[to])
    found.doubled = sum(1 for times in got.values() if times > 1)
    found.lost = sum(1 for to, state in ended.items() if to not in doubtful and not got[to])
    strangers = set(got) - set(ended)
    assert not strangers, strangers


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """An empty database of each kind."""
    with tempfile.TemporaryDirectory(prefix="postduif-chaos-db-") as folder, servers.postgres() as server:
        name = f"chaos_{uuid4().hex[:8]}"
        engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        urls = {"sqlite": f"sqlite:///{folder}/ledger.sqlite", "postgresql": server.replace("/postgres?", f"/{name}?")}
        for url in urls.values():
            store = Store(url)
            upgrade(store)
            store.close()
        yield urls


def total(runs: list[Found]) -> Found:
    whole = Found("total")
    for one in runs:
        whole = replace(
            whole,
            kills=whole.kills + one.kills,
            lost=whole.lost + one.lost,
            doubled=whole.doubled + one.doubled,
            uncertain=whole.uncertain + one.uncertain,
            at_most=whole.at_most + one.at_most,
        )
    return whole


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=102, help="in all, over both databases and the seeds")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only-times", action="store_true", help="leave the kills out")
    parser.add_argument("--readers", type=int, default=12_000, help="of each mailing")
    options = parser.parse_args(arguments)
    runs: list[Found] = []
    # apart from the kills: a measurement leaves letters behind that would be counted as doubled there
    with databases() as urls, servers.valkey() as broker:
        for name, url in urls.items():
            for line in chaos_times.lines(name, url, broker):
                say(line)
    if options.only_times:
        return 0
    with databases() as urls, servers.valkey() as broker:
        control = run(
            "control (sqlite, no intents)", urls["sqlite"], broker, seed=0, kills=6, readers=4000, intents=False
        )
        say(control.line())
        if not control.doubled:
            say("the control found no doubled mail: this harness proves nothing here")
            return 1
        each = -(-options.kills // (options.seeds * len(urls)))
        for name, url in urls.items():
            for seed in range(1, options.seeds + 1):
                runs.append(run(f"{name}, seed {seed}", url, broker, seed=seed, kills=each, readers=options.readers))
                say(runs[-1].line())
    whole = total(runs)
    say(
        f"kills {whole.kills.total()} lost {whole.lost} doubled {whole.doubled} "
        f"uncertain {whole.uncertain} of at most {whole.at_most}"
    )
    return 0 if whole.lost == whole.doubled == 0 and whole.uncertain <= whole.at_most else 1


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
