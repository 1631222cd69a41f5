"""Backs up and restores with little more memory than a small backup took; its arguments are those of `main`.

It first makes a small backup, so that everything is loaded; then what is large is added, and the kernel gives this
process 48 MiB more and no octet beyond (RLIMIT_DATA, getrlimit(2)).
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from sqlalchemy import text

from database.base import new_id
from database.keys import KeyRing
from mailer.bootstrap import backup_places, wire
from mailer.services.keeping import backup
from mailer.services.keeping.restore import restore
from mailer.services.office import Silence

MORE = 48 << 20
_ROW = 4 << 20


def main(content: str, keys: str, url: str, empty: str, mib: str) -> None:
    """The installation in `content`, its keys and its database; an empty database of the same kind; how many MiB of
    content, and of database, are added."""
    folder = Path(content).parent
    size = int(mib) << 20
    parts = wire(Path(content), url)
    office, places = parts.office(Silence()), backup_places(parts)
    noor = folder / "noor.key"
    small, large = folder / "small.age", folder / "large.age"
    backup.make(office, places, small, try_it=True)
    with (Path(content) / "large.bin").open("wb") as file:
        file.truncate(size)
    for _row in range(size // _ROW):
        with parts.store.transaction() as session:
            filled = {"uid": new_id().hex if parts.store.is_sqlite else new_id(), "text": os.urandom(_ROW // 2).hex()}
            session.execute(
                text("INSERT INTO wording (hash, version, locale, text) VALUES (:uid, '', '', :text)"), filled
            )
    ring = KeyRing.from_folder(Path(keys))
    most = _data() + MORE
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    made = backup.make(office, places, large, try_it=True)
    assert made.size > 2 * size
    assert made.tried
    restore(large, noor, ring, folder / "back", lambda _settings: empty)
    parts.store.close()
    try:
        bytearray(2 * MORE)
    except MemoryError:
        sys.stdout.write("limited\n")


def _data() -> int:
    """What RLIMIT_DATA counts of this process, in octets."""
    [line] = [one for one in Path("/proc/self/status").read_text("ascii").splitlines() if one.startswith("VmData")]
    return int(line.split()[1]) << 10


if __name__ == "__main__":
    main(*sys.argv[1:])
