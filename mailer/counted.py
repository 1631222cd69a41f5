"""What costs long to count is counted once, and shown with the moment of the count while it is counted again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

RENEWED_AFTER = 10
"""Times as long as a count took, before it is taken again: a tenth of a processor at most, however many look."""
_MOST = 200


@dataclass(frozen=True)
class Count(Generic[T]):
    """A value, and when it was counted."""

    value: T
    at: datetime


@dataclass(frozen=True)
class Going:
    """The first count is not done yet: so many of so many were looked at; `of` is 0 while that is unknown."""

    done: int = 0
    of: int = 0


Tell = Callable[[Going], None]
"""Told by who takes a count how far it is."""


@dataclass
class _Held:
    lock: Lock = field(default_factory=Lock)
    """Held while the first count is taken."""
    count: Count[Any] | None = None
    going: Going = field(default_factory=Going)
    cost: float = 0.0
    """Seconds."""
    taken: float = 0.0
    """By a clock that only goes forward."""
    counting: bool = False
    """Behind the back of who looks."""

    @property
    def is_old(self) -> bool:
        return time.monotonic() - self.taken > RENEWED_AFTER * self.cost


class Counts:
    """The counts of a process, shared by its threads. However many ask for one at the same time, it is taken once."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], Count[T]], *, is_large: Callable[[T], bool]) -> Count[T]:
        """The count of `key`; who comes first waits. One that `is_large` is kept, and taken again behind their back."""
        held = self._of(key)
        kept = held.count  # the thread of another may take it away when it is large no more
        if kept is None:
            with held.lock:
                return held.count or _take(held, make, is_large)
        if held.is_old:
            self._begin(held, lambda: _take(held, make, is_large))
        return kept

    def soon(self, key: str, make: Callable[[Tell], Count[T]]) -> Count[T] | Going:
        """The count of `key` that was taken last, or how far the first one is: it is taken while no one waits.

        `make` runs in a thread of its own, in no one's transaction.
        """
        held = self._of(key)

        def tell(going: Going) -> None:
            held.going = going

        if held.count is None or held.is_old:
            self._begin(held, lambda: _take(held, lambda: make(tell), lambda _value: True))
        return held.count or held.going

    def drop(self, key: str) -> None:
        """Something changed that who looks next must see."""
        with self._lock:
            self._held.pop(key, None)

    def _of(self, key: str) -> _Held:
        with self._lock:
            if key not in self._held and len(self._held) >= _MOST:
                self._held.pop(next(iter(self._held)))
            return self._held.setdefault(key, _Held())

    def _begin(self, held: _Held, count: Callable[[], object]) -> None:
        """In a thread of its own, unless one is at it."""
        with self._lock:
            if held.counting:
                return
            held.counting = True
        Thread(target=_counted, args=(held, count), daemon=True).start()


def _counted(held: _Held, count: Callable[[], object]) -> None:
    try:
        count()
    except Exception:  # who looks next begins it again
        log.exception("a count failed")
    finally:
        held.counting, held.going = False, Going()


def _take(held: _Held, make: Callable[[], Count[T]], is_large: Callable[[T], bool]) -> Count[T]:
    begun = time.monotonic()
    count = make()
    held.cost, held.taken = time.monotonic() - begun, time.monotonic()
    held.count = count if is_large(count.value) else None
    return count
