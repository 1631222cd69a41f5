"""Backs up, and restores, where there is no room: `python -m tests.support.backup_on_full_disk` with four paths.

CONTENT KEYS FOLDER FILE: FOLDER has one megabyte; FILE is a backup of the installation in CONTENT, which is larger.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from database.keys import KeyRing
from mailer.bootstrap import backup_places, wire
from mailer.services.keeping import backup
from mailer.services.keeping.restore import restore
from mailer.services.office import Silence
from wording.errors import ServiceError


def main(content: Path, keys: Path, folder: Path, file: Path) -> None:
    parts = wire(content)
    places = backup_places(parts)
    for recipients in ((), places.recipients):
        try:
            backup.make(parts.office(Silence()), replace(places, recipients=recipients), folder / "made")
        except ServiceError as error:
            sys.stdout.write(f"{error.text}\n")
    place = folder / "back"
    try:
        restore(
            file, None, KeyRing.from_folder(keys), place, lambda _settings: f"sqlite:///{place}/var/postduif.sqlite"
        )
    except ServiceError as error:
        sys.stdout.write(f"{error.text}\n")
    assert {path.name for path in folder.iterdir()} == {".back.lock"}


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
