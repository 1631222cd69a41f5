"""How many members an audience had, and what a rule would change: counted by the database in one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, not_, select
from sqlalchemy.orm import Session

from subscribers.audience import Rule
from subscribers.rules import chosen, matches, receiving
from subscribers.tables import Membership, MembershipState, Subscriber, SubscriberState


@dataclass(frozen=True)
class Growth:
    """Members at each of some moments and now, and what changed since the first of them.

    Made from the memberships that are kept: whoever was erased was never there, and of one who joined, left and joined
    again only the last time is known.
    """

    sizes: tuple[int, ...]
    joined: int
    left: int
    stopped: int
    """Members who get nothing because mail to them came back."""


@dataclass(frozen=True)
class Weighed:
    """What another rule would do: who gets the next mailing now and then, who gains it and who loses it, of all who
    may be mailed."""

    now: int
    then: int
    gaining: int
    losing: int
    everyone: int


def growth(session: Session, audience: str, moments: Sequence[datetime]) -> Growth:
    """`moments` in order, the first one the longest ago."""
    active, left = Membership.state == MembershipState.ACTIVE, Membership.state == MembershipState.LEFT
    later = [_count(and_(state, Membership.since > at)) for at in moments for state in (active, left)]
    stopped = _count(and_(active, Subscriber.bouncing.is_(True)))
    query = select(_count(active), stopped, *later).join(Subscriber, Subscriber.uid == Membership.subscriber)
    total, bouncing, *counts = (
        int(one or 0) for one in session.execute(query.where(Membership.audience == audience)).one()
    )
    pairs = list(zip(counts[::2], counts[1::2], strict=True))
    sizes = [total - joined + gone for joined, gone in pairs]
    joined, gone = pairs[0] if pairs else (0, 0)
    return Growth((*sizes, total), joined, gone, bouncing)


def weigh(session: Session, audience: str, rule: Rule, day: date) -> Weighed:
    """Compare a rule with the one that holds."""
    old, new = chosen(session, audience), matches(rule)
    parts = (old, new, and_(new, not_(old)), and_(old, not_(new)))
    query = select(*(_count(one) for one in parts), func.count()).where(receiving(day))
    return Weighed(*(int(one or 0) for one in session.execute(query).one()))


def losing(audience_now: ColumnElement[bool], rule: Rule, day: date) -> ColumnElement[bool]:
    """Who gets the next mailing and would not under this rule, as a condition on `subscriber`."""
    return and_(receiving(day), audience_now, not_(matches(rule)))


def traits(session: Session) -> tuple[list[str], list[str]]:
    """The regions and the roles that any reader has, in order."""
    known = Subscriber.state == SubscriberState.ACTIVE
    rows = session.execute(select(Subscriber.region, Subscriber.role).where(known).distinct()).all()
    return sorted({row[0] for row in rows if row[0]}), sorted({row[1] for row in rows if row[1]})


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
