"""Limits of a child process that works on what others made: memory, file size, and no network."""

from __future__ import annotations

import ctypes
import resource
import sys
from typing import Any

NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000
"""CLONE_NEWUSER | CLONE_NEWNET, see unshare(2)."""


def confine(*, megabytes: int, largest_file: int) -> None:
    """From here on this process has at most so much address space, writes no larger file (in bytes), leaves no core
    behind, and reaches no network (the last also where the kernel does not help)."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_no_sockets)
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(NEW_USER_AND_NETWORK)


def _no_sockets(event: str, _arguments: Any) -> None:
    if event.startswith("socket."):
        raise PermissionError(event)
