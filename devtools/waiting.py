"""Wait for another process or thread: generously, because a busy machine is slow and not wrong.

The only clock of the tests (`tests/house/test_no_upper_limits.py`): whatever must not take long is counted, not timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 90.0
"""Seconds; no test fails a machine that needs half of it."""


def wait_for(
    happened: Callable[[], T], why: Callable[[], object] = lambda: "it did not happen", *, every: float = 0.02
) -> T:
    """Ask until the answer is true, and return it; `why` says what is there instead. Raises AssertionError."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := happened()):
        assert time.monotonic() < deadline, why()
        time.sleep(every)
    return answer
