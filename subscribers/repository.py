"""Every query about who may receive what. Never commits.

Addresses are opened only where somebody is about to be written to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, case, exists, func, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from database.keys import KeyRing, keys_of
from database.sealed import Sealed, blind_indexes, open_sealed
from database.wall import today
from subscribers.address import Address
from subscribers.addressee import Addressee, Centre
from subscribers.chunks import chunks
from subscribers.reader import Reader, ReaderRef
from subscribers.reading import UNOPENED, readable
from subscribers.rules import chosen, receiving
from subscribers.suppression import suppressed
from subscribers.tables import (
    AddresseeRow,
    AddresseeState,
    CentreRow,
    Membership,
    MembershipState,
    MergedReader,
    Subscriber,
)

Aside = Callable[[AddresseeRow], object]
"""Is told of a reader by post whose row does not open."""


def readers_of(
    session: Session, audience: str, day: date | None = None, *, issue: str | None = None
) -> list[ReaderRef]:
    """Who gets the next mailing to this audience: confirmed, not suppressed, not paused on `day` (today).

    With `issue` the readers picked for it are put in or left out.
    """
    receives = _receives(session, audience, day, issue)
    query = select(Subscriber.uid, Subscriber.locale).where(receives).order_by(Subscriber.uid)
    return [ReaderRef(uid, locale) for uid, locale in session.execute(query)]


@dataclass(frozen=True)
class Alike:
    """How many readers have this language, are in these of the audiences that were asked for, and meet these marks."""

    locale: str
    is_in: tuple[bool, ...]
    marks: tuple[bool, ...]
    count: int


def alike(
    session: Session, audiences: Sequence[str], *, issue: str, marks: Sequence[ColumnElement[bool]] = ()
) -> list[Alike]:
    """The readers of any of these audiences as `readers_of` finds them, counted by the database and not one by one.

    `marks` are conditions on `subscriber.uid`. At most 2 to the power of audiences and marks, for each language.
    """
    if not audiences:
        return []
    receives = [_receives(session, audience, None, issue) for audience in audiences]
    asked = [case((one, 1), else_=0).label(f"is_{at}") for at, one in enumerate([*receives, *marks])]
    each = select(Subscriber.locale, *asked).where(or_(*receives)).subquery()
    found = session.execute(select(*each.c, func.count()).group_by(*each.c))
    cut = len(audiences) + 1
    return [Alike(row[0], tuple(map(bool, row[1:cut])), tuple(map(bool, row[cut:-1])), row[-1]) for row in found]


def may_receive(
    session: Session, uids: Collection[UUID], audience: str, issue: str | None = None
) -> dict[UUID, Reader]:
    """Those among `uids` who may be written to at this moment, with their address; whoever is absent must not be.

    One whose address does not open has UNOPENED in its place: nothing can be sent there, and a person must look.

    Asked in the transaction that claims a delivery, so that nobody is still mailed who left a moment ago, or whom the
    editor left out of this `issue` after its mailing was opened.
    """
    keys, found = keys_of(session), {}
    receives = _receives(session, audience, None, issue)
    for some in chunks(uids):
        query = select(Subscriber.uid, Subscriber.locale, Subscriber.address).where(Subscriber.uid.in_(some), receives)
        for uid, locale, sealed in session.execute(query):
            if sealed is not None:
                found[uid] = Reader(uid, locale, _address(keys, uid, sealed))
    if len(keys.ids("index")) == 1:
        return found  # the query has compared the only keyed hash that an address can have
    barred = suppressed(session, [reader.address for reader in found.values() if reader.address != UNOPENED])
    return {uid: reader for uid, reader in found.items() if reader.address not in barred}


def still_receives(session: Session, audience: str, issue: str) -> ColumnElement[bool]:
    """As `may_receive`, as a condition on the column `delivery.reader` of the statement it stands in.

    Asked again in the transaction that writes down that a letter leaves now: whoever left, was erased or was barred
    since the claim gets none, however slow the relay is.
    """
    reader = literal_column("delivery.reader", Uuid())
    return exists().where(Subscriber.uid == reader, _receives(session, audience, None, issue))


def reader_by_id(session: Session, uid: UUID) -> Subscriber | None:
    """The reader who has this id, or had it before two readers of one mailbox became one."""
    row = session.get(Subscriber, uid)
    if row is None and (kept := session.get(MergedReader, uid)) is not None:
        return session.get(Subscriber, kept.reader)
    return row


def subscriber_with(session: Session, address: Address) -> Subscriber | None:
    """The row of this address, whatever its state."""
    indexes = blind_indexes(keys_of(session), "email", address.canonical)
    return session.scalar(select(Subscriber).where(Subscriber.address_index.in_(indexes)))


def address_of(session: Session, row: Subscriber) -> str | None:
    """The address in words; None for whoever left."""
    if row.address is None:
        return None
    return open_sealed(keys_of(session), Subscriber.address, row.uid, row.address)


_MEMBERSHIPS = select(Membership).where(Membership.subscriber == bindparam("uid")).order_by(Membership.audience)


def memberships(session: Session, uid: UUID) -> dict[str, MembershipState]:
    """The audiences of one reader, also those they left."""
    return {row.audience: MembershipState(row.state) for row in session.scalars(_MEMBERSHIPS, {"uid": uid})}


def centres(session: Session) -> dict[str, Centre]:
    """All detention centres by key."""
    rows = session.scalars(select(CentreRow).order_by(CentreRow.key))
    return {
        row.key: Centre(
            row.key,
            row.name,
            tuple(row.postal_lines),
            row.asks_registration,
            row.checked_on,
            row.phone,
            tuple(row.rules),
            row.closed_on,
        )
        for row in rows
    }


def addressees_of(session: Session, audience: str, aside: Aside = lambda _row: None) -> list[ReaderRef]:
    """Who gets the next post of this audience; rows that do not open go to `aside`."""
    rows = session.scalars(select(AddresseeRow).where(_posted(), AddresseeRow.audience == audience))

    def opened(row: AddresseeRow) -> ReaderRef:
        return ReaderRef(row.uid, _opened(session, row, AddresseeRow.locale, row.locale))

    return sorted(readable(rows, opened, aside), key=lambda ref: ref.uid)


def may_be_posted(session: Session, uids: Collection[UUID], aside: Aside = lambda _row: None) -> dict[UUID, Addressee]:
    """Those among `uids` whose post may be printed now, opened; whoever is absent must not be.

    Absent too is whose row does not open; it goes to `aside`, because it may be readable again tomorrow.
    """
    places, found = centres(session), {}
    for some in chunks(uids):
        rows = session.scalars(select(AddresseeRow).where(AddresseeRow.uid.in_(some), _posted()))
        for one in readable(rows, lambda row: _addressee(session, row, places), aside):
            found[one.uid] = one
    return found


def _address(keys: KeyRing, uid: UUID, sealed: Sealed) -> str:
    return next(readable([sealed], lambda one: open_sealed(keys, Subscriber.address, uid, one)), UNOPENED)


def _receives(session: Session, audience: str, day: date | None, issue: str | None = None) -> ColumnElement[bool]:
    return and_(receiving(day or today(session)), chosen(session, audience, issue))


def _posted() -> ColumnElement[bool]:
    return AddresseeRow.state == AddresseeState.ACTIVE


def _addressee(session: Session, row: AddresseeRow, places: dict[str, Centre]) -> Addressee:
    return Addressee(
        row.uid,
        _opened(session, row, AddresseeRow.name, row.name),
        places[_opened(session, row, AddresseeRow.centre, row.centre)],
        _opened(session, row, AddresseeRow.registration, row.registration) if row.registration else None,
        _opened(session, row, AddresseeRow.locale, row.locale),
        _opened(session, row, AddresseeRow.large_print, row.large_print) == "yes",
    )


def _opened(session: Session, row: AddresseeRow, column: InstrumentedAttribute[Any], sealed: Sealed) -> str:
    return open_sealed(keys_of(session), column, row.uid, sealed)
