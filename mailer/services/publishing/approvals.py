"""Which editions are approved, by whom, and what made an approval void. Pure: rows and hashes in, values out.

An approval says of each edition by its name which hash it had, and which it got since by nothing but corrected typing
errors. It holds for the editions that still have one of these, so a language that comes later is approved alone and
voids nothing. How many copies a reader gets is approved with it: it
is in the hash over the whole, from which it is found again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from mailer.organisation import Copies

COPIES = "copies"
"""What changed when no edition did: how many of them a reader gets."""


class Approved(Protocol):
    """A row of the table of approvals."""

    @property
    def person(self) -> UUID: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def editions(self) -> Mapping[str, str]: ...
    @property
    def kept(self) -> Mapping[str, Mapping[str, int]]: ...
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True)
class Now:
    """The editions as they are, each hash by its name, and how many of them a reader gets."""

    editions: Mapping[str, str]
    copies: Copies

    @property
    def whole(self) -> str:
        return whole_hash(self.editions.values(), self.copies)


def whole_hash(hashes: Iterable[str], copies: Copies) -> str:
    """SHA-256 over the hashes of editions, and how many copies a reader gets."""
    return sha256("".join([*hashes, *([] if copies is Copies.ONE else [copies])]).encode()).hexdigest()


def holds_for(row: Approved, now: Now) -> set[str]:
    """The names of the editions that are still as they were approved."""
    if row.content_hash == now.whole:
        return set(now.editions)
    if _copies_of(row) is not now.copies:
        return set()
    return as_approved(row, now)


def as_approved(row: Approved, now: Now) -> set[str]:
    """The same, whatever was approved of how many copies a reader gets."""
    return {name for name, one in row.editions.items() if now.editions.get(name) in (one, *row.kept.get(name, ()))}


def kept_by(row: Approved, now: Now) -> tuple[int, ...]:
    """The versions with corrected typing errors that this approval outlived, as far as editions are so now."""
    versions = (row.kept.get(name, {}).get(now.editions.get(name, "")) for name in holds_for(row, now))
    return tuple(sorted({one for one in versions if one is not None}))


def changed_since(row: Approved, now: Now) -> tuple[str, ...]:
    """The editions that were approved and are other now, or no more; COPIES where only that changed."""
    held = holds_for(row, now)
    changed = tuple(sorted(row.editions.keys() - as_approved(row, now)))
    return changed or (() if held else (COPIES,))


def approvers(rows: Sequence[Approved], now: Now) -> dict[str, tuple[UUID, ...]]:
    """Who approved each edition as it is now, the earliest first."""
    found: dict[str, dict[UUID, None]] = {name: {} for name in now.editions}
    for row in rows:
        for name in holds_for(row, now):
            found[name][row.person] = None
    return {name: tuple(people) for name, people in found.items()}


def _copies_of(row: Approved) -> Copies | None:
    fitting = (copies for copies in Copies if whole_hash(row.editions.values(), copies) == row.content_hash)
    return next(fitting, None)
