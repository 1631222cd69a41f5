"""Read a file of the content folder: a regular file inside it, reached without a symbolic link.

Everyone who may write in the folder decides what stands there. A link would let them show a file of the server, such
as a key, in a preview. So every part of a name is opened in the folder that was opened before it (openat(2)), a link
is never followed, and what is read is what was looked at, also if someone swaps it in between.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_PART = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""Without waiting: opening a pipe would wait until someone writes in it."""
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)


class OutOfBoundsError(Exception):
    """A symbolic link, a pipe, a socket or a device stands where a file was expected."""


def read_inside(root: Path, path: Path, most: int | None = None) -> bytes | None:
    """The bytes of `path`, which begins with `root`, no more than `most`; None when there is no such file.

    `root` itself may be reached by a link. Raises OutOfBoundsError, and OSError for what cannot be read.
    """
    parts = _parts(root, path)
    if not parts:
        return None
    try:
        opened = _opened(root, parts)
    except OSError as error:
        if error.errno in _NOT_THERE:
            return None
        raise
    if opened is None:
        return None
    with os.fdopen(opened, "rb") as file:
        return file.read(most)


def is_inside(root: Path, path: Path) -> bool:
    """Whether no existing part of `path` below `root` is a symbolic link: to be asked before something is written."""
    parts = _parts(root, path)
    here = root
    for part in parts:
        here /= part
        if here.is_symlink():
            return False
    return bool(parts)


def _parts(root: Path, path: Path) -> tuple[str, ...]:
    """The names from `root` to `path`; none when it lies elsewhere or holds what no name of ours has."""
    if not path.is_relative_to(root):
        return ()
    parts = path.relative_to(root).parts
    return () if any(part == ".." or "\0" in part for part in parts) else parts


def _opened(root: Path, parts: tuple[str, ...]) -> int | None:
    here = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            _require_no_link(part, here)
            inner = os.open(part, _PART, dir_fd=here)
            os.close(here)
            here = inner
        return _opened_file(parts[-1], here)
    except OSError as error:
        if error.errno == errno.ELOOP:  # swapped for a link since it was looked at
            raise OutOfBoundsError(parts) from error
        raise
    finally:
        os.close(here)


def _opened_file(name: str, folder: int) -> int | None:
    mode = _require_no_link(name, folder)
    if stat.S_ISDIR(mode):
        return None
    if not stat.S_ISREG(mode):  # opening some devices does something already
        raise OutOfBoundsError(name)
    opened = os.open(name, _FILE, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise OutOfBoundsError(name)
    return opened


def _require_no_link(name: str, folder: int) -> int:
    """The mode of what has this name. Raises OutOfBoundsError for a link."""
    mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        raise OutOfBoundsError(name)
    return mode
