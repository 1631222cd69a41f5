"""A process that typesets where there is one megabyte: `python -m tests.support.pages_on_full_disk FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from mailer.typesetting.typesetter import Typesetter, TypesettingError
from tests.carriers.test_post_trouble import job


def main(folder: Path) -> None:
    try:
        Typesetter(scratch=folder).pdfs([job()] * 30)
    except TypesettingError as error:
        sys.stdout.write(str(error.text))
    assert list(folder.iterdir()) == []


if __name__ == "__main__":
    main(Path(sys.argv[1]))
