"""What a report may do, by what shows that it is real. One table and a look-up; nothing here reads a mail's words.

Anyone who holds the full source of a reader's mail knows her bounce address, and can end her subscription, and no one
else's. The Message-ID is public (archives, replies, forwards), so its mark is another one and opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from mailer.returns.reading import Reading
from mailer.returns.reasons import Kind
from mailer.returns.verdict import Verdict
from mailer.returns.why import Why

IN_TIME = timedelta(days=10)
"""After the hand-over: a server gives up after five days (RFC 5321 §4.5.4.1), and some mail waits in our mailbox."""


class Outcome(StrEnum):
    """What follows from a report."""

    NOTE = "note"
    """A line in the statistics."""
    COUNT = "count"
    """Towards the reader's score, or the pause of the mailing; once for each delivery."""
    STOP = "stop"
    """No mail until she confirms a new sign-up."""


class Place(StrEnum):
    """Where our mark stands."""

    BOUNCE_ADDRESS = "bounce-address"
    """To whom the mail came, as our own server wrote it down."""
    RETURN_PATH = "return-path"
    """In the quoted header."""
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Case:
    """What is known of a report, apart from what it says."""

    place: Place
    known_sender: bool = False
    """Our own server checked that it is from a feedback loop we joined."""
    names_her: bool = True
    """It names our reader, or no one. Another name is a forward's: she gets the benefit of the doubt."""
    in_time: bool = True
    """Within IN_TIME, and the first report about this delivery that counts."""


@dataclass(frozen=True)
class _Rule:
    """None: either way."""

    kinds: frozenset[Kind]
    places: frozenset[Place]
    outcome: Outcome
    known_sender: bool | None = None
    names_her: bool | None = None
    in_time: bool | None = True

    def fits(self, kind: Kind, case: Case) -> bool:
        return (
            kind in self.kinds
            and case.place in self.places
            and self.known_sender in (None, case.known_sender)
            and self.names_her in (None, case.names_her)
            and self.in_time in (None, case.in_time)
        )


_COMPLAINT, _HARD = frozenset({Kind.COMPLAINT}), frozenset({Kind.HARD})
_ENVELOPE = frozenset({Place.BOUNCE_ADDRESS})
RULES: tuple[_Rule, ...] = (
    _Rule(_COMPLAINT, _ENVELOPE, Outcome.STOP, in_time=None),
    _Rule(_COMPLAINT, frozenset({Place.RETURN_PATH}), Outcome.STOP, known_sender=True, in_time=None),
    _Rule(_HARD, _ENVELOPE, Outcome.COUNT, names_her=True),
    _Rule(frozenset({Kind.SOFT, Kind.POLICY}), _ENVELOPE, Outcome.COUNT),
)
"""The first that fits; whatever fits none is a note. A complaint may come months later."""


def may(kind: Kind, case: Case) -> Outcome:
    """What may follow."""
    return next((rule.outcome for rule in RULES if rule.fits(kind, case)), Outcome.NOTE)


def about(found: Sequence[Verdict], address: str) -> tuple[Verdict, bool]:
    """The verdict on our reader, and whether the report names her or no one.

    One recipient with another name is hers too: she forwards. Several without her say nothing about her.
    """
    mine = [one for one in found if address.lower() in (one.recipient, one.original)]
    if mine:
        return mine[0], True
    if len(found) == 1:
        return found[0], not (found[0].recipient or found[0].original)
    return Verdict(Kind.UNKNOWN, "other-recipients", why=Why("recipients")), False


def place_of(mark: str, reading: Reading) -> Place:
    """Where a genuine mark of a bounce address stands."""
    if any(mark in one for one in reading.envelope):
        return Place.BOUNCE_ADDRESS
    paths = [*reading.quoted.get("return-path", ()), *reading.quoted.get("original-mail-from", ())]
    return Place.RETURN_PATH if any(mark in one.lower() for one in paths) else Place.ELSEWHERE
