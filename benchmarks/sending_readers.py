"""A database with subscribers, for the benchmark of sending. Apart, so that no sending process carries the importer."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from benchmarks.sending_parts import AUDIENCE
from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from subscribers.consent import AgreedWording
from subscribers.importing.bringing import Provenance, bring
from subscribers.importing.judging import Defaults
from subscribers.importing.source import table_from


def new_database(url: str, folder: Path, readers: int) -> None:
    """Every table, and this many subscribers with sealed addresses who may receive."""
    keys = KeyRing.from_folder(folder) if folder.exists() else KeyRing.create(folder)
    store = Store(url, keys)
    upgrade(store)
    path = folder.parent / f"{uuid4().hex}.csv"
    rows = "".join(f"lezer{number}@huis{number % 97}.example,2024-05-02\n" for number in range(readers))
    path.write_text(f"email,since\n{rows}", "utf-8")
    defaults = Defaults((AUDIENCE,), "nl", frozenset({"nl"}), frozenset({AUDIENCE}), evidence=True)
    provenance = Provenance("benchmark", "command", AgreedWording("1", "nl", "Ja, mail mij."))
    with store.transaction() as session:
        bring(session, table_from(path), defaults, provenance, ask=lambda _session, _needed: None)
    store.close()
