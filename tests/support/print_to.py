"""A process that prepares a run and writes its files, to be killed by a test: `python -m tests.support.print_to …`.

Arguments: database URL, folder of keys, run, folder for the files.
"""

from __future__ import annotations

import sys
from pathlib import Path

from database.keys import KeyRing
from database.session import Store
from devtools.print_editions import house
from mailer.services.post import runs
from mailer.services.post.exporting import save_files
from tests.support.desk_people import POSTAL
from tests.support.office import office_of


def main(url: str, keys: str, run: str, folder: str) -> None:
    store = Store(url, KeyRing.from_folder(Path(keys)))
    office = office_of(store, house=house())
    sys.stdout.write("begin\n")
    sys.stdout.flush()
    runs.make(office, int(run))
    save_files(runs.files(office, POSTAL, int(run)), Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
