"""Two texts, word by word: what stayed, what went, what came. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST = 4_000
"""Words of both together; a longer pair is shown as one that went and one that came."""

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Fate(StrEnum):
    """What became of some words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Part:
    """Words in a row with one fate."""

    fate: Fate
    text: str


def difference(old: str, new: str) -> tuple[Part, ...]:
    """`old` and `new` as parts in reading order; without the gone ones it is `new`, without the new ones `old`."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) + len(after) > MOST:
        return tuple(part for part in (Part(Fate.GONE, old), Part(Fate.NEW, new)) if part.text)
    return tuple(_parts(before, after))


def _parts(before: list[str], after: list[str]) -> Iterator[Part]:
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Part(Fate.SAME, "".join(before[i:j]))
            continue
        if gone := "".join(before[i:j]):
            yield Part(Fate.GONE, gone)
        if came := "".join(after[k:m]):
            yield Part(Fate.NEW, came)
