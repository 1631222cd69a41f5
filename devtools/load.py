"""`make slow`, its last part: staff at work in the pages and visitors at the public ones while a mailing goes out.

`postduif serve` and `postduif worker` on PostgreSQL, as an operator starts them. Each of 50 people clicks once in about
five seconds; visitors ask 200 pages a second between them. Told are the 95th percentile of both, every answer that is
an error, and the memory of the pages at the beginning and at the end.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select, update

from database.base import now
from devtools import servers
from devtools.chaos import databases, received
from devtools.chaos_web import SENT, Programs, World, sent_by_pages, world_in
from devtools.waiting import wait_for
from mailer.ledger.tables import Delivery, Mailing

STAFF = ("/staff/", "/staff/issues", f"/staff/issues/{SENT}", "/staff/mailings", "/staff/me", "/staff/people")
PUBLIC = (
    "/nl/aanmelden",
    "/en/aanmelden",
    "/ar/aanmelden",
    "/nl/archief/",
    "/static/public.css",
    "/nl/privacy",
    "/u/x",
)
GROWTH = 1.2
"""Memory that grew by no more than a fifth is flat: caches fill in the first minute."""


@dataclass
class Measured:
    """Seconds of each answer by kind, and how many were errors; shared by threads, each of which only appends."""

    took: dict[str, list[float]] = field(default_factory=lambda: {"staff": [], "public": []})
    errors: Counter[str] = field(default_factory=Counter)

    def p95(self, kind: str) -> float:
        """Milliseconds."""
        seconds = sorted(self.took[kind])
        return round(seconds[int(len(seconds) * 0.95)] * 1000, 1) if seconds else 0.0


@dataclass
class Asker:
    """A browser of one person, or of some visitors, over a connection that stays open."""

    port: int
    kind: str
    cookie: str
    rate: float
    """Requests a second; whoever is late does not ask faster to make up for it."""
    found: Measured
    connection: http.client.HTTPConnection | None = None

    def work(self, seconds: float, seed: int) -> None:
        chance, ends = random.Random(seed), time.monotonic() + seconds
        while (begun := time.monotonic()) < ends:
            self._ask(chance.choice(STAFF if self.kind == "staff" else PUBLIC))
            time.sleep(max(0.0, chance.expovariate(self.rate) - (time.monotonic() - begun)))

    def _ask(self, path: str) -> None:
        """What is no answer, or an error of ours, is counted."""
        begun = time.monotonic()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
            self.connection.request("GET", path, headers={"Cookie": f"staff-localhost={self.cookie}"})
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.found.errors[f"{self.kind}: {type(error).__name__}"] += 1
            self.connection = None
            return
        if answer.status >= 500 or (self.kind == "staff" and answer.status not in {200, 308}):
            self.found.errors[f"{self.kind}: {answer.status} {path}"] += 1
        self.found.took[self.kind].append(time.monotonic() - begun)


def memory_of(pid: int) -> int:
    """Kilobytes that a process has in memory (VmRSS)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def run(url: str, broker: str, *, seconds: float, staff: int, public: float, readers: int) -> dict[str, object]:
    found = Measured()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postduif-load-"))) / "content"
        folder.mkdir()
        log = folder / "received"
        log.touch()
        world = world_in(folder, url, readers, colleagues=staff)
        stack.callback(world.office.store.close)
        programs = Programs(folder, url, broker, log)
        stack.callback(programs.stop)
        port = programs.ports["pages"]
        wait_for(lambda: "Vandaag" in world.browser(programs.base, "Bram").get("/staff/"), every=0.2)
        sent_by_pages(world, programs.base)
        cookies = [world.cookies[name] for name in world.colleagues]
        visitors = max(1, round(public / 5))
        askers = [Asker(port, "staff", cookie, 0.2, found) for cookie in cookies]
        askers += [Asker(port, "public", "", public / visitors, found) for _each in range(visitors)]
        threads = [threading.Thread(target=one.work, args=(seconds, seed)) for seed, one in enumerate(askers)]
        begun = time.monotonic()
        for one in threads:
            one.start()
        time.sleep(min(60.0, seconds / 4))
        at_first = memory_of(programs.pid("pages"))
        for one in threads:
            one.join()
        took, at_last = time.monotonic() - begun, memory_of(programs.pid("pages"))
        mailed, waiting = sum(received(log).values()), _waiting(world)
    return {
        "seconds": round(took),
        "staff": staff,
        "staff_a_second": round(len(found.took["staff"]) / took, 1),
        "public_a_second": round(len(found.took["public"]) / took, 1),
        "staff_p95_ms": found.p95("staff"),
        "public_p95_ms": found.p95("public"),
        "errors": dict(found.errors),
        "memory_kb": [at_first, at_last],
        "flat": at_last <= at_first * GROWTH,
        "mailed": mailed,
        "waiting": waiting,
        "processors": os.cpu_count(),
    }


def _waiting(world: World) -> int:
    with world.office.store.transaction() as session:
        session.execute(update(Mailing).where(Mailing.scheduled_at > now()).values(scheduled_at=now()))
        return session.scalar(select(func.count()).select_from(Delivery).where(Delivery.is_open)) or 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--staff", type=int, default=50)
    parser.add_argument("--public", type=float, default=200, help="requests a second")
    parser.add_argument("--readers", type=int, default=20_000)
    options = parser.parse_args(arguments)
    with databases() as urls, servers.valkey() as broker:
        told = run(urls["postgresql"], broker, **vars(options))
    sys.stdout.write(json.dumps(told) + "\n")
    return 0 if not told["errors"] and told["flat"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
