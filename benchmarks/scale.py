# ruff: noqa: E501 - the lines of a page in Markdown
"""`python -m benchmarks.scale`: what one letter costs, measured, and what 1 and 10 million readers then need.

Processor seconds and bytes are measured on a PostgreSQL of our own with `READERS` readers, because they do not depend on
how busy the machine is. `python -m benchmarks.scale --measure` measures anew and writes benchmarks/scale.json; without
it docs/en/scale.md is written from that file.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import text

from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import Through, desk, open_mailing, relay
from devtools.servers import Server, postgres_server
from mailer.services.sending.delivering import deliver_now

FIGURES = Path(__file__).with_name("scale.json")
PAGE = Path(__file__).parent.parent / "docs" / "en" / "scale.md"
READERS = 10_000
OCTETS = 60_000
"""Of a usual letter on the line."""


@dataclass(frozen=True)
class Figures:
    """Of one letter: processor seconds here and in the database, bytes kept, and what opening a mailing takes of it."""

    sender_seconds: float
    database_seconds: float
    opening_seconds: float
    kept_octets: float
    readers: int


def measured(readers: int = READERS) -> Figures:
    with postgres_server() as server, fault_server(Plan()) as (_, port):
        store = Store(server.url, KeyRing.generated())
        upgrade(store)
        before, begun = size_of(store), time.process_time()
        mailing = open_mailing(store, readers)
        opened = time.process_time() - begun
        theirs, ours = processor_of(server), time.thread_time()
        deliver_now(desk(store), Through(relay(port)), mailing)
        sent, asked = time.thread_time() - ours, processor_of(server) - theirs
        kept = size_of(store) - before
        store.close()
    return Figures(sent / readers, asked / readers, opened / readers, kept / readers, readers)


def size_of(store: Store) -> int:
    with store.reading() as session:
        return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def processor_of(server: Server) -> float:
    """Seconds of all processes of the server."""
    assert server.process is not None
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if server.process.pid in (int(fields[1]), int(stat.parent.name)):
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


@dataclass(frozen=True)
class Need:
    """What one issue to so many readers takes. Hours are of one processor, or of the line."""

    readers: int
    opening_minutes: float
    sender_hours: float
    database_hours: float
    gigabytes_kept: float
    gigabytes_sent: float
    relay_hours: dict[int, float]
    """By how many letters a second the relay takes."""


def need(figures: Figures, readers: int) -> Need:
    return Need(
        readers,
        figures.opening_seconds * readers / 60,
        figures.sender_seconds * readers / 3600,
        figures.database_seconds * readers / 3600,
        figures.kept_octets * readers / 1e9,
        OCTETS * readers / 1e9,
        {rate: readers / rate / 3600 for rate in (50, 200, 1000)},
    )


def page(figures: Figures) -> str:
    """docs/en/scale.md."""
    needs = [need(figures, readers) for readers in (100_000, 1_000_000, 10_000_000)]
    head = " | ".join(f"{one.readers:,}" for one in needs)
    rows = [
        ("opening the mailing, our processor", [f"{one.opening_minutes:.1f} min" for one in needs]),
        ("sending, processor of the senders", [f"{one.sender_hours:.2f} h" for one in needs]),
        ("sending, processor of PostgreSQL", [f"{one.database_hours:.2f} h" for one in needs]),
        ("ledger that stays, per issue", [f"{one.gigabytes_kept:.2f} GB" for one in needs]),
        (f"on the line, at {OCTETS // 1000} KB a letter", [f"{one.gigabytes_sent:,.0f} GB" for one in needs]),
        *(
            (f"a relay that takes {rate} a second", [f"{one.relay_hours[rate]:.1f} h" for one in needs])
            for rate in needs[0].relay_hours
        ),
    ]
    table = "\n".join(f"| {name} | {' | '.join(values)} |" for name, values in rows)
    each = (figures.sender_seconds + figures.database_seconds) * 1e6
    return f"""# How large can it get?

Made by `python -m benchmarks.scale` from figures measured with {figures.readers:,} readers on PostgreSQL: one letter costs
{figures.sender_seconds * 1e6:.0f} µs of processor in the sender and {figures.database_seconds * 1e6:.0f} µs in the database, and leaves
{figures.kept_octets:.0f} bytes in the ledger. They are processor seconds, so a busy machine measures the same; small letters, no TLS.

| one issue to readers | {head} |
|---|---|---|---|
{table}

## What breaks first

1. **The relay.** One processor could send {1e6 / each:,.0f} letters a second; no provider takes that from an organisation. A million
   readers need a contract for hundreds a second, or a night. More of our machines change nothing before that.
2. **The ledger's disk.** Nothing of a delivery is removed before its retention ends: {needs[1].gigabytes_kept:.1f} GB an issue at a million readers,
   {needs[2].gigabytes_kept:.0f} GB at ten. Count with the issues of the years you keep, twice for indexes that bloat, once more for a backup.
3. **One transaction that opens the mailing.** At ten million it lasts as long as the first row above, and what waits for a snapshot waits with it.
   Split such an audience into several.
4. **The one node that writes.** Pages for staff and the content folder stand on one machine. It serves tens of editors; it is not
   where readers come, so it need not grow with them.

## What grows how

| readers | machines |
|---|---|
| up to 50,000 | one small server (2 processors, 4 GB), everything on it |
| to 1,000,000 | PostgreSQL on its own machine (4 processors, 16 GB, disk for the ledger); two machines with `worker --queues send` |
| to 10,000,000 | the same with 8 processors for PostgreSQL, four sending machines, `serve --public` on two behind one address, Sentinel |

Senders need settings, keys, database and broker, and set `storage.sweeps = false`; only the machine with the content folder serves the queue
`write`. Letters are never doubled by adding senders: the ledger hands each delivery to one of them at a time.
"""


def main() -> None:
    if "--measure" in sys.argv:
        FIGURES.write_text(json.dumps(asdict(measured()), indent=1) + "\n", "utf-8")
    figures = Figures(**json.loads(FIGURES.read_text("utf-8")))
    PAGE.write_text(page(figures), "utf-8")
    print(json.dumps(asdict(figures)))


if __name__ == "__main__":
    main()
