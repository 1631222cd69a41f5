"""Many things, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

SIZE = 500
"""Ids in one query; SQLite takes 32,766, and shorter statements are planned faster."""


def chunks(items: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """Lists of at most `size` items, in order; the source is read as it is needed."""
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some
