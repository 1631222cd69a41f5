"""How fast readers are imported and how much memory it takes: 200,000 rows, looked at and brought in, as one file.

    .venv/bin/python -m benchmarks.readers [--rows N] [--json FILE]

Keys: import_rows_per_s (rows of the file per second of looking and bringing in), import_peak_mb (resident memory).
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from subscribers.consent import AgreedWording
from subscribers.importing.bringing import Provenance, bring, look
from subscribers.importing.judging import Defaults, Fate
from subscribers.importing.source import table_from

DEFAULTS = Defaults(("legal-aid",), "nl", frozenset({"nl"}), frozenset({"legal-aid"}), evidence=True)
PROVENANCE = Provenance("benchmark", "benchmark", AgreedWording("1", "nl", "Ja, mail mij."))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder), chosen.rows)
    print(
        f"{chosen.rows:,} rows: {measured['import_rows_per_s']:,.0f} rows/s, peak {measured['import_peak_mb']:.0f} MB"
    )
    if chosen.json:
        chosen.json.write_text(json.dumps(measured, indent=2) + "\n", "utf-8")


def measure(folder: Path, rows: int) -> dict[str, float]:
    path = folder / "readers.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("email,since\n")
        file.writelines(f"reader.{number}@house{number % 997}.example,2024-05-02\n" for number in range(rows))
    store = Store(f"sqlite:///{folder}/postduif.sqlite", KeyRing.generated())
    upgrade(store)
    started = time.perf_counter()
    table = table_from(path)
    with store.reading() as session:
        looked = look(session, table, DEFAULTS)
    with store.transaction() as session:
        brought = bring(session, table, DEFAULTS, PROVENANCE, ask=lambda _session, _needed: None)
    seconds = time.perf_counter() - started
    store.close()
    assert looked.fates[Fate.NEW] == brought.fates[Fate.NEW] == rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"import_rows_per_s": rows / seconds, "import_peak_mb": peak}


if __name__ == "__main__":
    main()
