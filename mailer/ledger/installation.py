"""Which database this is, and how far it is: a process that saw it further has another one before it. Never commits."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base
from database.declared import impersonal

_ONLY = 1


class Installation(Base):
    """One row, made by a migration. A copy that was put back has the same `uid`, and was swept less often."""

    __tablename__ = "installation"
    __table_args__ = ({"info": impersonal()},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    uid: Mapped[UUID]
    swept: Mapped[int] = mapped_column(BigInteger)
    """Goes up with every sweep, whatever the clock says."""


@dataclass(frozen=True)
class Seen:
    """What a process knows of its database."""

    uid: UUID
    swept: int

    def is_ahead_of(self, found: Seen) -> bool:
        """True when what is found cannot be what was seen: another database, or an earlier state of it."""
        return found.uid != self.uid or found.swept < self.swept


def seen(session: Session) -> Seen | None:
    """None in a database that was made without its migrations."""
    row = session.execute(select(Installation.uid, Installation.swept).where(Installation.id == _ONLY)).first()
    return None if row is None else Seen(row.uid, row.swept)


def swept(session: Session) -> None:
    """One more sweep."""
    session.execute(update(Installation).where(Installation.id == _ONLY).values(swept=Installation.swept + 1))
