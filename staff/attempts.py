"""How often someone tried: limits that slow guessing down and end by themselves, so that no one is locked out for good.

Counted by keyed hash, so that the table names no one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, now
from database.declared import WORK, personal
from database.keys import keys_of
from database.sealed import blind_index, blind_indexes
from wording import _

_KEPT = timedelta(days=1)


class Attempt(StrEnum):
    """What is counted."""

    MAIL = "mail"
    """A link was asked for, by address."""
    NETWORK = "network"
    """A link was asked for, by network."""
    CODE = "code"
    """A wrong code from the mail, by network."""
    SECOND = "second"
    """A wrong second step, by person."""


@dataclass(frozen=True)
class Limit:
    """At most so many in a window; after it everything is as before."""

    most: int
    window: timedelta


LIMITS = {
    Attempt.MAIL: Limit(5, timedelta(hours=1)),
    Attempt.NETWORK: Limit(30, timedelta(hours=1)),  # an office shares one address
    Attempt.CODE: Limit(20, timedelta(minutes=15)),
    Attempt.SECOND: Limit(5, timedelta(minutes=5)),
}


class AttemptRow(Base):
    """One try."""

    __tablename__ = "staff_attempt"
    __table_args__ = ({"info": personal(_("raden bij het inloggen afremmen"), WORK, _("een dag, onder pseudoniem"))},)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    index: Mapped[str] = mapped_column(String(80), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def allowed(session: Session, kind: Attempt, of: str, at: datetime | None = None) -> bool:
    """Whether there is room for another try of this kind."""
    limit = LIMITS[kind]
    mine = AttemptRow.kind == kind.value, AttemptRow.index.in_(blind_indexes(keys_of(session), "attempt", of))
    recent = AttemptRow.at > (at or now()) - limit.window
    return (session.scalar(select(func.count()).select_from(AttemptRow).where(*mine, recent)) or 0) < limit.most


def count(session: Session, kind: Attempt, of: str, at: datetime | None = None) -> None:
    """One more try."""
    index = blind_index(keys_of(session), "attempt", of)
    session.add(AttemptRow(kind=kind.value, index=index, at=at or now()))
    session.flush()


def clear(session: Session, kind: Attempt, of: str) -> None:
    """It went well: earlier tries no longer count."""
    indexes = blind_indexes(keys_of(session), "attempt", of)
    session.execute(delete(AttemptRow).where(AttemptRow.kind == kind.value, AttemptRow.index.in_(indexes)))


def forget(session: Session, at: datetime | None = None) -> None:
    """Delete tries older than a day."""
    session.execute(delete(AttemptRow).where(AttemptRow.at <= (at or now()) - _KEPT))
