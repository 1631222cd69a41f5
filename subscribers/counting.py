"""How many readers get an issue, how many do not and why: counted by the database, in one look at each reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, func, literal, or_, select, text, true
from sqlalchemy.orm import Session

from database.wall import today
from subscribers.repository import Alike
from subscribers.reviewing import Why, hindrance, members_of
from subscribers.rules import chosen, skipping
from subscribers.tables import Membership, MembershipState, Pick, Subscriber

PORTION = 50_000
"""Readers of one statement: a part of a second, after which others can write and the page can say how far it is."""
_GETS, _NOT_OURS = "", "-"


@dataclass
class Tally:
    """What was counted so far: who gets it, by what they have in common, and who does not, by why."""

    getting: Counter[tuple[str, tuple[bool, ...], tuple[bool, ...]]] = field(default_factory=Counter)
    without: Counter[Why] = field(default_factory=Counter)
    readers: int = 0
    """That were looked at, also of other audiences."""
    last: UUID | None = None
    """The last of them by id; None before the first and after all."""

    def alike(self) -> list[Alike]:
        return [Alike(*common, count) for common, count in self.getting.items()]


def size(session: Session, most: int | None = None) -> int:
    """How many readers there are by e-mail, whatever their state; no more than `most`."""
    every = select(literal(1)).select_from(Subscriber)
    counted = every if most is None else every.limit(most)
    return session.scalar(select(func.count()).select_from(counted.subquery())) or 0


def count_on(
    session: Session, audiences: Sequence[str], issue: str, tally: Tally, *, marks: Sequence[ColumnElement[bool]] = ()
) -> None:
    """Add the next PORTION of readers to the tally; those of these audiences as `readers_of` finds them.

    `marks` are conditions on `subscriber.uid` of those who get it, as for `alike`.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL jit = off"))  # compiling took longer than a portion takes
    after = Subscriber.uid > tally.last if tally.last is not None else true()
    beyond = select(Subscriber.uid).where(after).order_by(Subscriber.uid).offset(PORTION - 1).limit(1)
    until = session.scalar(beyond)
    here = after if until is None else and_(after, Subscriber.uid <= until)
    tally.readers += PORTION if until is not None else _count(session, here)
    tally.last = until
    if not audiences:
        return
    cut = 2 + len(audiences)
    for locale, why, *rest in session.execute(_statement(session, audiences, issue, marks, here)):
        flags, count = rest[:-1], rest[-1]
        if why == _GETS:
            common = locale, tuple(map(bool, flags[: cut - 2])), tuple(map(bool, flags[cut - 2 :]))
            tally.getting[common] += count
        else:
            tally.without[Why(why)] += count


def _count(session: Session, here: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Subscriber).where(here)) or 0


def _statement(
    session: Session,
    audiences: Sequence[str],
    issue: str,
    marks: Sequence[ColumnElement[bool]],
    here: ColumnElement[bool],
) -> Select[Any]:
    """Two steps that the database keeps apart, or it would look each thing up as often as it is named."""
    asked = [chosen(session, one, issue) for one in audiences]
    columns = [case((one, 1), else_=0).label(f"is_{at}") for at, one in enumerate([*asked, *marks])]
    each = _kept_apart(
        select(Subscriber.uid, Subscriber.locale, hindrance(today(session)).label("hindrance"), *columns).where(here),
        "each",
    )
    flags = [each.c[one.name] for one in columns]
    is_chosen = or_(*(flag == 1 for flag in flags[: len(audiences)]))
    gets = and_(each.c.hindrance == _GETS, is_chosen)
    why = case((gets, _GETS), else_=_why(each, members_of(session, audiences), issue))
    shown = [case((gets, flag), else_=0).label(flag.name) for flag in flags]
    judged = _kept_apart(select(each.c.locale, why.label("why"), *shown), "judged")
    return select(*judged.c, func.count()).where(judged.c.why != _NOT_OURS).group_by(*judged.c)


def _kept_apart(statement: Select[Any], name: str) -> CTE:
    return statement.cte(name).prefix_with("MATERIALIZED")


def _why(each: CTE, members: set[str], issue: str) -> ColumnElement[str]:
    """Of one who does not get it; asked of them alone."""
    member = exists().where(Membership.subscriber == each.c.uid, Membership.audience.in_(members))
    picked = exists().where(Pick.subscriber == each.c.uid, Pick.issue_slug == issue, Pick.included.is_(False))
    return case(
        (~member, _NOT_OURS),
        (each.c.hindrance != _GETS, each.c.hindrance),
        (picked, Why.PICKED_OUT.value),
        (~member.where(Membership.state == MembershipState.ACTIVE), Why.LEFT.value),
        (skipping(members, issue, each.c.uid), Why.SECOND.value),
        else_=Why.RULE.value,
    )
