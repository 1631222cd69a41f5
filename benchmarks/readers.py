"""How fast readers are imported and how much memory it takes: one file, looked at first and then brought in.

    .venv/bin/python -m benchmarks.readers [--quick]

import_rows_per_s  rows of the file per second of looking and bringing in together (200,000; quick 40,000)
import_peak_mb     resident memory of the process at its largest
import_vs_orm      import_rows_per_s ÷ the rows per second of a plain SQLAlchemy ORM upsert without sealing or dry run
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from benchmarks import readers_peer
from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from subscribers.consent import AgreedWording
from subscribers.importing.bringing import Provenance, bring, look
from subscribers.importing.judging import Defaults, Fate
from subscribers.importing.source import table_from

DEFAULTS = Defaults(("legal-aid",), "nl", frozenset({"nl"}), frozenset({"legal-aid"}), evidence=True)
PROVENANCE = Provenance("benchmark", "command", AgreedWording("1", "nl", "Ja, mail mij."))
PEER_SHARE = 10
"""The peer gets a tenth of the rows: it is slow, and slows down little with more of them."""


def main() -> None:
    options = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="a fifth of the rows")
    rows = 40_000 if options.parse_args().quick else 200_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = _file(folder / "readers.csv", rows)
        looking, bringing = _seconds(folder, path, rows)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # before the peer takes its own
        peer = readers_peer.rows_per_s(path, folder / "peer.sqlite", rows // PEER_SHARE)
    ours = rows / (looking + bringing)
    figures = {
        "import_rows_per_s": round(ours),
        "import_peak_mb": round(peak),
        "import_vs_orm": round(ours / peer, 1),
        "orm_rows_per_s": round(peer),
        "looking_s": round(looking, 1),
        "bringing_s": round(bringing, 1),
        "rows": rows,
    }
    for key, value in figures.items():
        print(f"{key:24}{value:>12}")
    print(json.dumps(figures))


def _file(path: Path, rows: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("email,since\n")
        file.writelines(f"reader.{number}@house{number % 997}.example,2024-05-02\n" for number in range(rows))
    return path


def _seconds(folder: Path, path: Path, rows: int) -> tuple[float, float]:
    """How long looking takes, and then bringing in, on an SQLite file with every table."""
    store = Store(f"sqlite:///{folder}/postduif.sqlite", KeyRing.generated())
    upgrade(store)
    started = time.perf_counter()
    table = table_from(path)
    with store.reading() as session:
        looked = look(session, table, DEFAULTS)
    between = time.perf_counter()
    with store.transaction() as session:
        brought = bring(session, table, DEFAULTS, PROVENANCE, ask=lambda _session, _needed: None)
    ended = time.perf_counter()
    store.close()
    assert looked.fates[Fate.NEW] == brought.fates[Fate.NEW] == rows
    return between - started, ended - between


if __name__ == "__main__":
    main()
