"""What costs long to count is counted once, and shown with the moment of the count while it is counted again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")

RENEWED_AFTER = 10
"""Times as long as a count took, before it is taken again: a tenth of a processor at most, however many look."""
_MOST = 200


@dataclass(frozen=True)
class Count(Generic[T]):
    """A value, and when it was counted."""

    value: T
    at: datetime


@dataclass
class _Held:
    lock: Lock = field(default_factory=Lock)
    count: Count[Any] | None = None
    cost: float = 0.0
    """Seconds."""
    taken: float = 0.0
    """By a clock that only goes forward."""
    renewing: bool = False


class Counts:
    """The counts of a process, shared by its threads. However many ask for one at the same time, it is taken once."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], Count[T]], *, is_large: Callable[[T], bool]) -> Count[T]:
        """The count of `key`. One that `is_large` is kept, and taken again behind the back of who looks at it."""
        held = self._of(key)
        if held.count is None:
            with held.lock:
                return held.count or self._take(held, make, is_large)
        if not held.renewing and time.monotonic() - held.taken > RENEWED_AFTER * held.cost:
            held.renewing = True
            Thread(target=self._renew, args=(held, make, is_large), daemon=True).start()
        return held.count

    def drop(self, key: str) -> None:
        """Something changed that who looks next must see."""
        with self._lock:
            self._held.pop(key, None)

    def _of(self, key: str) -> _Held:
        with self._lock:
            if key not in self._held and len(self._held) >= _MOST:
                self._held.pop(next(iter(self._held)))
            return self._held.setdefault(key, _Held())

    def _renew(self, held: _Held, make: Callable[[], Count[T]], is_large: Callable[[T], bool]) -> None:
        try:
            self._take(held, make, is_large)
        finally:
            held.renewing = False

    @staticmethod
    def _take(held: _Held, make: Callable[[], Count[T]], is_large: Callable[[T], bool]) -> Count[T]:
        begun = time.monotonic()
        count = make()
        held.cost, held.taken = time.monotonic() - begun, time.monotonic()
        held.count = count if is_large(count.value) else None
        return count
