"""What every carrier speaks: letters in, outcomes out. Retry or not is a type, never a guess from a number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol


@dataclass(frozen=True)
class Limit:
    """At most `most` hand-overs in any window of `seconds`."""

    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One finished message for one recipient. `key` is the ledger's id of the delivery.

    `sender` and `recipient` are envelope addresses (RFC 5321 §2.3.11); `pieces` are the bytes of the message with CRLF
    line ends, no line beginning with a dot, and without the final dot.
    """

    key: int
    sender: str
    recipient: str
    pieces: Sequence[bytes]

    @property
    def size(self) -> int:
        """Octets of the message."""
        return sum(map(len, self.pieces))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said, and where in the conversation. No code: it said nothing (dropped, or too slow)."""

    stage: str
    code: int | None = None
    enhanced: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side took responsibility (250 after the dot)."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: a 4xx reply, or the connection went before anything could have arrived. Safe to try again."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: a 5xx reply, or an address or size that cannot be right."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The final dot was written and no answer was read. It may have arrived."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class RelayFault:
    """The relay itself is wrong; no reader is to blame and no letter was sent.

    `lasting`: it will not pass by itself (wrong password, bad certificate), so a person must hear of it.
    """

    answer: Answer
    lasting: bool = False


class Standing(IntEnum):
    """How a relay was when we last spoke with it; the higher, the better."""

    BROKEN = 0
    """A person must mend it."""
    AWAY = 1
    """It may pass."""
    WELL = 2


Outcome = Accepted | Deferred | Refused | Uncertain


def nothing() -> None:
    """No other work."""


class Desk(Protocol):
    """The carrier's other side: gives letters, and keeps the ledger at every turn."""

    def prepare(self, most: int) -> None:
        """A moment in which the other side is busy: get up to `most` letters ready that are asked for next."""

    def next_letter(self) -> Letter | None:
        """The next letter, or None when there is none now."""

    def turn(
        self, outcomes: Sequence[tuple[int, Outcome]], ready: Sequence[int], meanwhile: Callable[[], object] = nothing
    ) -> Collection[int]:
        """Write down how letters ended and that `ready` ones are handed over now; returns those that may go.

        It is committed when this returns. The carrier writes no final dot of a letter that is not returned.
        The desk may call `meanwhile` while the ledger is busy: the carrier then does work that need not wait for this.
        """


class Carrier(Protocol):
    """Brings letters to the other side until the desk has no more, or the relay fails."""

    @property
    def name(self) -> str: ...
    @property
    def limits(self) -> Sequence[Limit]: ...

    def hand_over(self, desk: Desk) -> RelayFault | None:
        """Returns the fault that ended it early; letters without an outcome were not sent."""

    def close(self) -> None:
        """Say goodbye to the other side."""
