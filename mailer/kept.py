"""A small memory of what was worked out before, by what it was made from or its hash."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The last `most` results, shared by the threads of a process. What is kept is frozen: no one may change it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for `key`; made now, outside the lock, when it is not there (any more)."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        made = make()
        with self._lock:
            self._results[key] = made
            while len(self._results) > self._most:
                self._results.popitem(last=False)
        return made

    def put(self, key: Hashable, made: T) -> None:
        """Keep what was made for `key` elsewhere, instead of what was there."""
        with self._lock:
            self._results.pop(key, None)
        self.get(key, lambda: made)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._results

    def __len__(self) -> int:
        return len(self._results)
