"""Who does not get an issue and why, and who does, address by address, masked. Never commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, not_, or_, select
from sqlalchemy.orm import Session

from database.keys import keys_of
from database.sealed import open_sealed
from database.wall import today
from subscribers.address import address_from
from subscribers.chunks import chunks
from subscribers.reading import readable
from subscribers.rules import chosen, receiving, rule_of, skipping
from subscribers.tables import (
    AddresseeRow,
    AddresseeState,
    Membership,
    MembershipState,
    Pick,
    Subscriber,
    SubscriberState,
    Suppression,
)

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
    SECOND = "second"
    """They chose every second issue, and this is not one of theirs."""
    RULE = "rule"
    """The rule of the audience leaves them out: a language, a region or a role."""


@dataclass(frozen=True)
class Masked:
    """One reader on a list. `address` is masked, or a letter of a name for the post; "" for whoever left."""

    uid: UUID
    address: str
    locale: str
    paused_until: date | None = None
    stopped_because: str = ""
    """Of a reader by post: why their post stands still, as a code."""


def left_out(
    session: Session, audiences: Sequence[str], issue: str, why: Why, *, after: UUID | None = None
) -> list[Masked]:
    """One page of those, by id, from the first after that one."""
    condition = _left_out(session, audiences, issue), _why(session, audiences, issue) == why.value
    return _page(session, and_(*condition), after)


def receiving_one(
    session: Session, audience: str, issue: str, *, conditions: Sequence[ColumnElement[bool]], after: UUID | None = None
) -> list[Masked]:
    """One page of the readers of an audience who get the issue and meet conditions on `subscriber`, as `left_out`."""
    return _page(session, and_(gets(session, audience, issue), *conditions), after)


def receiving_any(
    session: Session, conditions: Mapping[str, Sequence[ColumnElement[bool]]], issue: str, *, after: UUID | None = None
) -> list[Masked]:
    """One page of the readers of any audience that meet its conditions, as `left_out`."""
    if not conditions:
        return []
    return _page(session, or_(*(and_(gets(session, key, issue), *own) for key, own in conditions.items())), after)


def posted_of(session: Session, uids: Iterable[UUID], among: Collection[UUID] | None = None) -> list[Masked]:
    """These readers by post, in this order; only those in `among`, where it is given. Rows that do not open are not."""
    wanted = [uid for uid in dict.fromkeys(uids) if among is None or uid in among]
    found: dict[UUID, Masked] = {}
    for some in chunks(wanted):
        rows = session.scalars(select(AddresseeRow).where(AddresseeRow.uid.in_(some)))
        found |= {one.uid: one for one in _posted(session, rows)}
    return [found[uid] for uid in wanted if uid in found]


def stopped_post(session: Session, audiences: Sequence[str]) -> list[Masked]:
    """The readers by post of these audiences whose post stands still, by id."""
    still = AddresseeRow.state == AddresseeState.SUSPENDED, AddresseeRow.audience.in_(audiences)
    return list(_posted(session, session.scalars(select(AddresseeRow).where(*still).order_by(AddresseeRow.uid))))


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


def _page(session: Session, condition: ColumnElement[bool], after: UUID | None) -> list[Masked]:
    if after is not None:
        condition = and_(Subscriber.uid > after, condition)
    rows = session.scalars(select(Subscriber).where(condition).order_by(Subscriber.uid).limit(PAGE))
    return list(_masked(session, rows))


def _masked(session: Session, rows: Iterable[Subscriber]) -> Iterator[Masked]:
    keys = keys_of(session)

    def masked(row: Subscriber) -> Masked:
        address = "" if row.address is None else open_sealed(keys, Subscriber.address, row.uid, row.address)
        shown = address_from(address).masked if address else ""
        return Masked(row.uid, shown, row.locale, row.paused_until)

    return readable(rows, masked)


def _posted(session: Session, rows: Iterable[AddresseeRow]) -> Iterator[Masked]:
    keys = keys_of(session)

    def masked(row: AddresseeRow) -> Masked:
        name = open_sealed(keys, AddresseeRow.name, row.uid, row.name)
        locale = open_sealed(keys, AddresseeRow.locale, row.uid, row.locale)
        return Masked(row.uid, f"{name[:1]}…", locale, stopped_because=row.suspended_because or "")

    return readable(rows, masked)


def gets(session: Session, audience: str, issue: str) -> ColumnElement[bool]:
    """As `readers_of`, as a condition on `subscriber`."""
    return and_(receiving(today(session)), chosen(session, audience, issue))


def _left_out(session: Session, audiences: Sequence[str], issue: str) -> ColumnElement[bool]:
    member = exists().where(
        Membership.subscriber == Subscriber.uid, Membership.audience.in_(members_of(session, audiences))
    )
    return and_(member, not_(or_(*(gets(session, one, issue) for one in audiences))))


def members_of(session: Session, audiences: Sequence[str]) -> set[str]:
    """The audiences whose members these are made of."""
    return {member for audience in audiences for member in rule_of(session, audience).members_of}


def hindrance(day: date) -> ColumnElement[str]:
    """Why someone gets nothing on this day whatever the audience, as a value of Why; "" for whom `receiving` finds."""
    return case(*_hindrances(day), else_="")


def _hindrances(day: date) -> Sequence[tuple[ColumnElement[bool], str]]:
    return [
        (Subscriber.state == SubscriberState.PENDING, Why.PENDING.value),
        (or_(Subscriber.state == SubscriberState.LEFT, Subscriber.address.is_(None)), Why.LEFT.value),
        (Subscriber.bouncing.is_(True), Why.BOUNCED.value),
        (Subscriber.paused_until > day, Why.PAUSED.value),
        (exists().where(Suppression.address_index == Subscriber.address_index), Why.BARRED.value),
    ]


def _why(session: Session, audiences: Sequence[str], issue: str) -> ColumnElement[str]:
    members = members_of(session, audiences)
    active = exists().where(
        Membership.subscriber == Subscriber.uid,
        Membership.audience.in_(members),
        Membership.state == MembershipState.ACTIVE,
    )
    picked = exists().where(Pick.subscriber == Subscriber.uid, Pick.issue_slug == issue, Pick.included.is_(False))
    return case(
        *_hindrances(today(session)),
        (picked, Why.PICKED_OUT.value),
        (~active, Why.LEFT.value),
        (skipping(members, issue, Subscriber.uid.expression), Why.SECOND.value),
        else_=Why.RULE.value,
    )
