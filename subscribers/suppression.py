"""Addresses that must never be written to, kept as keyed hashes that survive erasure."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from database.base import now
from database.keys import keys_of
from database.sealed import blind_indexes
from subscribers.address import Address, address_from
from subscribers.chunks import chunks
from subscribers.consent import SuppressedBecause
from subscribers.tables import Suppression

_BARRED = select(Suppression.address_index, Suppression.reason).where(
    Suppression.address_index.in_(bindparam("indexes", expanding=True))
)
"""Made once, for the floods (subscribers.locking)."""


def suppressed(session: Session, addresses: Iterable[str]) -> dict[str, str]:
    """Those among the addresses that must not be written to, with the reason; looked up under every index key."""
    keys, spelled = keys_of(session), {}
    for text in addresses:
        for index in blind_indexes(keys, "email", address_from(text).canonical):
            spelled[index] = text
    reasons: dict[str, str] = {}
    for some in chunks(spelled):
        reasons.update({spelled[index]: reason for index, reason in session.execute(_BARRED, {"indexes": some})})
    return reasons


def reason_for(session: Session, address: Address) -> Suppression | None:
    """The row that bars this address, under whatever key."""
    indexes = blind_indexes(keys_of(session), "email", address.canonical)
    return session.scalar(select(Suppression).where(Suppression.address_index.in_(indexes)).limit(1))


def bar(session: Session, index: str, because: SuppressedBecause) -> None:
    """Never write to the address with this blind index again. A complaint is never made milder by a later reason."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(Suppression.__table__).values(address_index=index, reason=because, at=now())
    milder = Suppression.reason != SuppressedBecause.COMPLAINED
    given = {"reason": new.excluded.reason, "at": new.excluded.at}
    session.execute(new.on_conflict_do_update(index_elements=["address_index"], set_=given, where=milder))
    session.get(Suppression, index, populate_existing=True)


def lift(session: Session, address: Address) -> None:
    """The reader pressed the button in a confirmation mail: only that ends a suppression."""
    indexes = blind_indexes(keys_of(session), "email", address.canonical)
    session.execute(delete(Suppression).where(Suppression.address_index.in_(indexes)))


def lift_bounce(session: Session, index: str) -> None:
    """What came back was read wrongly: write to this address again. Another reason to bar it stands."""
    mine = Suppression.address_index == index, Suppression.reason == SuppressedBecause.BOUNCED
    session.execute(delete(Suppression).where(*mine))
