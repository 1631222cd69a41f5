"""Files of a print run to a folder of the desk: each whole or not there at all, and readable by its owner only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mailer.artefacts.paper.pieces import PrintFile
from wording import _
from wording.errors import CarrierError


def save_files(files: Iterable[PrintFile], folder: Path) -> list[Path]:
    """Write them and return where; a file that was there is replaced. Raises CarrierError when the disk refuses."""
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return [_save(file.data, folder / file.name) for file in files]


def save_whole(data: bytes, path: Path) -> None:
    """One file in a folder that is there: all of it, or what was there before. Raises CarrierError."""
    with _told(path.parent):
        _save(data, path)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise CarrierError(
            _("In {folder} kan niet geschreven worden: {reason}.", folder=folder, reason=reason)
        ) from error


def _save(data: bytes, final: Path) -> Path:
    """Under another name first (mkstemp: mode 0600); the last name appears when all bytes are on the disk."""
    handle, unfinished = tempfile.mkstemp(dir=final.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        Path(unfinished).replace(final)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return final
