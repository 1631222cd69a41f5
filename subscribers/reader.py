"""A reader by e-mail: a reference that shows nobody, and the person as a carrier needs to know one."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class ReaderRef:
    """Someone who is to get an edition: enough for a ledger row, nothing about the person."""

    uid: UUID
    locale: str


@dataclass(frozen=True)
class Reader:
    """Someone who may be written to now. The address stays out of `repr`, so that no traceback or log line shows it."""

    uid: UUID
    locale: str
    address: str = field(repr=False)
