"""How much is left, and how long that takes a team at its own pace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

FEWEST = 10
"""Saved messages before anything is said of a pace."""
PAUSE = timedelta(minutes=15)
"""Who saved nothing for so long did something else."""


@dataclass(frozen=True)
class Left:
    """What is still to do: sentences, words of the source, and about how many minutes; None while that is unknown."""

    sentences: int
    words: int
    minutes: int | None


def left(todo: Iterable[str], saves: Sequence[tuple[UUID | None, datetime]]) -> Left:
    """What these sources still ask. `saves` are the last of the team, the newest first; of no one by name."""
    sources = list(todo)
    words = sum(len(one.split()) for one in sources)
    seconds = _seconds(saves)
    minutes = None if seconds is None else max(1, round(seconds * len(sources) / 60)) if sources else 0
    return Left(len(sources), words, minutes)


def _seconds(saves: Sequence[tuple[UUID | None, datetime]]) -> float | None:
    """The usual time from one save to the next of the same person; None before ten saves."""
    if len(saves) < FEWEST:
        return None
    last: dict[UUID | None, datetime] = {}
    between: list[float] = []
    for person, at in saves:
        if person in last and last[person] - at <= PAUSE:
            between.append((last[person] - at).total_seconds())
        last[person] = at
    return median(between) if between else None
