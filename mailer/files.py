"""Files that are written whole or not at all, by one writer at a time."""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BOM = b"\xef\xbb\xbf"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is either the old one or the new one, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def create_whole(path: Path, data: bytes) -> None:
    """As `write_whole`, for a file that is not there yet. Raises FileExistsError when someone else made it first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        path.hardlink_to(beside)
    finally:
        Path(beside).unlink(missing_ok=True)


def halves_of(path: Path) -> list[Path]:
    """What writers of this file that were killed left beside it, or one that writes now has there."""
    name = re.compile(rf"\.{re.escape(path.name)}\.[a-z0-9_]{{8}}")  # as mkstemp makes them
    return [one for one in path.parent.glob(f".{path.name}.*") if name.fullmatch(one.name)]


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Wait until no one else is in this block for the same folder, over all processes on this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def as_it_was(text: str, before: bytes) -> bytes:
    """The text with LF, or with CRLF and a byte order mark where the file had them: browsers send CRLF for both."""
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    if before.count(b"\r\n") == before.count(b"\n") > 0:
        data = data.replace(b"\n", b"\r\n")
    return _BOM + data if before.startswith(_BOM) and not data.startswith(_BOM) else data
