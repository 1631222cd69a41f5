"""When mail that comes back ends a subscription for now. The policy is pure; writing it down is not.

A hard refusal of two issues that were sent a week apart suspends: one may be a server's bad day. Soft ones score half
a point per issue and suspend at five, and an issue that arrives clears the score. A full mailbox never suspends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.base import now
from subscribers.consent import Choice, ConsentKind, Evidence, SuppressedBecause
from subscribers.evidence import write_consent
from subscribers.locking import lock_reader
from subscribers.suppression import bar, lift_bounce
from subscribers.tables import Bounce

APART = timedelta(days=6, hours=12)
"""A week; a weekly letter is not sent at the same hour every time."""
SOFT_SCORE, SOFT_LIMIT = 0.5, 5.0


class BounceKind(StrEnum):
    """What came back for one issue."""

    HARD = "hard"
    SOFT = "soft"
    PATIENT = "patient"
    """A full mailbox and the like: the issue did not arrive, and that says nothing about the next."""


@dataclass(frozen=True)
class Returned:
    """What came back: for which issue, how bad, and the status code."""

    issue: str
    kind: BounceKind
    code: str


def score(bounced: Mapping[str, str], sent: Mapping[str, datetime]) -> float:
    """Half a point for every soft bounce in a row, from the newest issue back. `sent` has the newest first."""
    total = 0.0
    for slug in sent:
        if slug not in bounced:
            break
        total += SOFT_SCORE if bounced[slug] == BounceKind.SOFT else 0
    return total


def suspends(bounced: Mapping[str, str], sent: Mapping[str, datetime]) -> bool:
    """True when the policy says to stop. `bounced` maps issues to the kind of what came back, `sent` to the moment."""
    hard = [at for slug, at in sent.items() if bounced.get(slug) == BounceKind.HARD]
    gone = bool(hard) and max(hard) - min(hard) >= APART
    return gone or score(bounced, sent) >= SOFT_LIMIT


def bounced(session: Session, uid: UUID, returned: Returned, sent: Mapping[str, datetime]) -> bool:
    """Write down what came back for one issue; True when the reader is suspended by it."""
    row = lock_reader(session, uid)
    if row is None:
        return False
    uid, code = row.uid, returned.code[:12]
    known = session.get(Bounce, (uid, returned.issue))
    if known is None:
        session.add(Bounce(subscriber=uid, issue_slug=returned.issue, kind=returned.kind, code=code, at=now()))
    elif returned.kind is BounceKind.HARD:
        known.kind, known.code = returned.kind, code
    session.flush()
    history = _history(session, uid)
    row.bounce_score = score(history, sent)
    if row.bouncing or not suspends(history, sent):
        return False
    row.bouncing = True
    bar(session, row.address_index, SuppressedBecause.BOUNCED)
    write_consent(session, uid, ConsentKind.BOUNCED, Choice((), row.locale), Evidence(f"bounce {code}".strip()))
    return True


def unbounced(session: Session, uid: UUID, issue: str, sent: Mapping[str, datetime]) -> bool:
    """What came back for this issue was read wrongly: forget it. True when a reader who was suspended no longer is."""
    row = lock_reader(session, uid)
    uid = row.uid if row is not None else uid
    known = session.get(Bounce, (uid, issue))
    if row is None or known is None:
        return False
    session.delete(known)
    session.flush()
    history = _history(session, uid)
    row.bounce_score = score(history, sent)
    if not row.bouncing or suspends(history, sent):
        return False
    row.bouncing = False
    lift_bounce(session, row.address_index)
    write_consent(session, uid, ConsentKind.CHANGED, Choice((), row.locale), Evidence("bounce read wrongly"))
    return True


def _history(session: Session, uid: UUID) -> dict[str, str]:
    return {one.issue_slug: one.kind for one in session.scalars(select(Bounce).where(Bounce.subscriber == uid))}
