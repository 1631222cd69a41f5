"""A process that writes files where there is one megabyte: `python -m tests.support.export_on_full_disk FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from mailer.artefacts.paper.pieces import PrintFile
from mailer.services.post.exporting import save_files
from wording.errors import CarrierError


def main(folder: Path) -> None:
    small, large = (PrintFile(name, b"x" * size, 1, personal=True) for name, size in (("a", 200_000), ("b", 2_000_000)))
    try:
        save_files([small, large], folder)
    except CarrierError as error:
        sys.stdout.write(str(error.text))
    assert {path.name: path.stat().st_size for path in folder.iterdir()} == {"a": 200_000}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
