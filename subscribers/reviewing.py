"""Who does not get an issue and why, and who does, address by address, masked. Never commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from database.keys import keys_of
from database.sealed import open_sealed
from subscribers.address import address_from
from subscribers.chunks import chunks
from subscribers.reading import readable
from subscribers.rules import chosen, receiving, rule_of
from subscribers.tables import Membership, MembershipState, Pick, Subscriber, SubscriberState, Suppression

PAGE = 50
"""Readers on one page of a list."""


class Why(StrEnum):
    """Why someone of an audience gets nothing; the first that holds."""

    PENDING = "pending"
    LEFT = "left"
    BOUNCED = "bounced"
    PAUSED = "paused"
    BARRED = "barred"
    PICKED_OUT = "picked_out"
    RULE = "rule"
    """The rule of the audience leaves them out: a language, a region or a role."""


@dataclass(frozen=True)
class Masked:
    """One reader on a list. `address` is masked; "" for whoever left."""

    uid: UUID
    address: str
    locale: str
    paused_until: date | None = None


def not_receiving(session: Session, audiences: Sequence[str], issue: str) -> dict[Why, int]:
    """The members of any of these audiences, also those who left, that `readers_of` does not find, by why."""
    if not audiences:
        return {}
    each = select(_why(session, audiences, issue).label("why")).where(_left_out(session, audiences, issue)).subquery()
    counted = session.execute(select(each.c.why, func.count()).group_by(each.c.why))
    found: dict[str, int] = {row[0]: row[1] for row in counted}
    return {why: found[why] for why in Why if why in found}


def left_out(session: Session, audiences: Sequence[str], issue: str, why: Why, *, skip: int = 0) -> list[Masked]:
    """One page of those, by id."""
    condition = _left_out(session, audiences, issue), _why(session, audiences, issue) == why.value
    return _page(session, and_(*condition), skip)


def receiving_one(
    session: Session, audience: str, issue: str, *, conditions: Sequence[ColumnElement[bool]], skip: int = 0
) -> list[Masked]:
    """One page of the readers of an audience who get the issue and meet the conditions on `subscriber`, by id."""
    return _page(session, and_(gets(session, audience, issue), *conditions), skip)


def speaks(locales: Sequence[str]) -> ColumnElement[bool]:
    """Has one of these languages, as a condition on `subscriber`."""
    return Subscriber.locale.in_(locales)


def masked_of(session: Session, uids: Collection[UUID]) -> dict[UUID, str]:
    """The masked addresses of these readers, of those that have one."""
    found: dict[UUID, str] = {}
    for some in chunks(uids):
        rows = session.scalars(select(Subscriber).where(Subscriber.uid.in_(some), Subscriber.address.is_not(None)))
        found |= {one.uid: one.address for one in _masked(session, rows)}
    return found


def _page(session: Session, condition: ColumnElement[bool], skip: int) -> list[Masked]:
    rows = session.scalars(select(Subscriber).where(condition).order_by(Subscriber.uid).offset(skip).limit(PAGE))
    return list(_masked(session, rows))


def _masked(session: Session, rows: Iterable[Subscriber]) -> Iterator[Masked]:
    keys = keys_of(session)

    def masked(row: Subscriber) -> Masked:
        address = "" if row.address is None else open_sealed(keys, Subscriber.address, row.uid, row.address)
        shown = address_from(address).masked if address else ""
        return Masked(row.uid, shown, row.locale, row.paused_until)

    return readable(rows, masked)


def gets(session: Session, audience: str, issue: str) -> ColumnElement[bool]:
    """As `readers_of`, as a condition on `subscriber`."""
    return and_(receiving(datetime.now(UTC).date()), chosen(session, audience, issue))


def _left_out(session: Session, audiences: Sequence[str], issue: str) -> ColumnElement[bool]:
    member = exists().where(
        Membership.subscriber == Subscriber.uid, Membership.audience.in_(_members_of(session, audiences))
    )
    return and_(member, not_(or_(*(gets(session, one, issue) for one in audiences))))


def _members_of(session: Session, audiences: Sequence[str]) -> set[str]:
    return {member for audience in audiences for member in rule_of(session, audience).members_of}


def _why(session: Session, audiences: Sequence[str], issue: str) -> ColumnElement[str]:
    members = _members_of(session, audiences)
    active = exists().where(
        Membership.subscriber == Subscriber.uid,
        Membership.audience.in_(members),
        Membership.state == MembershipState.ACTIVE,
    )
    picked = exists().where(Pick.subscriber == Subscriber.uid, Pick.issue_slug == issue, Pick.included.is_(False))
    return case(
        (Subscriber.state == SubscriberState.PENDING, Why.PENDING.value),
        (or_(Subscriber.state == SubscriberState.LEFT, Subscriber.address.is_(None)), Why.LEFT.value),
        (Subscriber.bouncing, Why.BOUNCED.value),
        (Subscriber.paused_until > datetime.now(UTC).date(), Why.PAUSED.value),
        (exists().where(Suppression.address_index == Subscriber.address_index), Why.BARRED.value),
        (picked, Why.PICKED_OUT.value),
        (~active, Why.LEFT.value),
        else_=Why.RULE.value,
    )
