"""The list of those who were erased, kept beside the witness of this machine: no copy of the database has it."""

from __future__ import annotations

import json
from pathlib import Path

from database.session import Store
from mailer.files import write_whole
from mailer.ledger import installation
from subscribers import rights

NAME = "erased.json"


def keep_erased(store: Store, folder: Path) -> int:
    """Write down who was erased, as random ids and keyed hashes, beside whom the list had; returns how many are in it.

    Nothing is taken off it: a database that was put back does not know of the last. While everything is held back
    nothing is written.
    """
    with store.reading() as session:
        found = installation.seen(session)
        if found is None or installation.held(session) is not None:
            return 0
        stones = {stone["subject"]: stone for stone in rights.tombstones(session)}
    path = folder / f"{found.uid}.{NAME}"
    try:
        before = {stone["subject"]: stone for stone in json.loads(path.read_text("utf-8"))}
    except (OSError, ValueError, TypeError, KeyError):  # there is none yet, or it is damaged
        before = {}
    listed = list({**before, **stones}.values())
    if len(listed) > len(before):
        write_whole(path, (json.dumps(listed, indent=1) + "\n").encode())
        path.chmod(0o600)
    return len(listed)
