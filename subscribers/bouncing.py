"""When mail that comes back ends a subscription for now. The policy is pure; writing it down is not.

A hard refusal of two different issues suspends: one may be a server's bad day. Soft ones score half a point per issue
and suspend at five, and an issue that arrives clears the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.base import now
from subscribers.consent import Choice, ConsentKind, Evidence, SuppressedBecause
from subscribers.evidence import write_consent
from subscribers.suppression import bar
from subscribers.tables import Bounce, Subscriber

HARD_ISSUES = 2
SOFT_SCORE, SOFT_LIMIT = 0.5, 5.0


class BounceKind(StrEnum):
    """What came back for one issue."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True)
class Returned:
    """What came back: for which issue, how bad, and the status code."""

    issue: str
    kind: BounceKind
    code: str


def score(bounced: Mapping[str, str], sent: Sequence[str]) -> float:
    """Half a point for every soft bounce in a row, from the newest issue back. `sent` is the newest first."""
    total = 0.0
    for slug in sent:
        if slug not in bounced:
            break
        total += SOFT_SCORE if bounced[slug] == BounceKind.SOFT else 0
    return total


def suspends(bounced: Mapping[str, str], sent: Sequence[str]) -> bool:
    """True when the policy says to stop. `bounced` maps issues to the kind of what came back."""
    hard = sum(kind == BounceKind.HARD for kind in bounced.values())
    return hard >= HARD_ISSUES or score(bounced, sent) >= SOFT_LIMIT


def bounced(session: Session, uid: UUID, returned: Returned, sent: Sequence[str]) -> bool:
    """Write down what came back for one issue; True when the reader is suspended by it."""
    row = session.get(Subscriber, uid)
    if row is None:
        return False
    code = returned.code[:12]
    known = session.get(Bounce, (uid, returned.issue))
    if known is None:
        session.add(Bounce(subscriber=uid, issue_slug=returned.issue, kind=returned.kind, code=code, at=now()))
    elif returned.kind is BounceKind.HARD:
        known.kind, known.code = returned.kind, code
    session.flush()
    history = {one.issue_slug: one.kind for one in session.scalars(select(Bounce).where(Bounce.subscriber == uid))}
    row.bounce_score = score(history, sent)
    if row.bouncing or not suspends(history, sent):
        return False
    row.bouncing = True
    bar(session, row.address_index, SuppressedBecause.BOUNCED)
    write_consent(session, uid, ConsentKind.BOUNCED, Choice((), row.locale), Evidence(f"bounce {code}".strip()))
    return True
