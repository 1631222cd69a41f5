"""Which database this is, how far it is, and whether it holds everything back. Never commits.

A database that was put back does not know what was done since. Until a person has looked it is held: nothing is mailed,
printed or begun. Every statement by which something leaves the house asks for that itself (`FREE`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Text,
    Update,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

import wording
from database.base import Base, UtcDateTime
from database.declared import impersonal

_ONLY = 1
SCHEMA = 1
"""What this program knows of. A migration that older programs cannot live with writes a higher number in the row."""
FREE = "NOT EXISTS (SELECT 1 FROM installation WHERE hold IS NOT NULL)"
"""The condition that nothing is held back, in SQL."""


class Installation(Base):
    """One row, made by a migration. A copy that was put back has the same `uid`, and was swept less often."""

    __tablename__ = "installation"
    __table_args__ = ({"info": impersonal()},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    uid: Mapped[UUID]
    swept: Mapped[int] = mapped_column(BigInteger)
    """Goes up with every sweep, whatever the clock says."""
    epoch: Mapped[int] = mapped_column(default=1, server_default="1")
    """Goes up with every change that processes which run must notice: a hold, and other keys."""
    hold: Mapped[int | None]
    """The epoch with which a hold began; empty: nothing is held back. What was written under an earlier epoch is also
    in the database from which this one was copied, and may have left there."""
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(Text, default="", server_default="")
    why_slots: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """What fills the slots of `why`."""
    replayed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When those who were erased since were erased again; empty while that is still to be done."""
    schema: Mapped[int] = mapped_column(default=1, server_default="1")
    """The least that a program must know to work on this database (SCHEMA)."""
    active: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, server_default="{}")
    """The id of the key that seals and signs, by root; a root that is not named uses its newest."""
    first_delivery: Mapped[int | None] = mapped_column(BigInteger)
    """Deliveries get numbers from here: lower ones may stand in letters that left after this copy was made."""
    witnessed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A machine keeps beside the database how far it is (`mailer.services.sending.witness`)."""


@dataclass(frozen=True)
class Seen:
    """What a process knows of its database."""

    uid: UUID
    swept: int
    witnessed: bool = False
    schema: int = SCHEMA
    """The least that a program must know to work on it."""

    def is_ahead_of(self, found: Seen) -> bool:
        """True when what is found cannot be what was seen: another database, or an earlier state of it."""
        return found.uid != self.uid or found.swept < self.swept


@dataclass(frozen=True)
class Held:
    """Why nothing leaves the house, and since when."""

    since: datetime | None
    why: wording.Text
    epoch: int
    replayed: bool


def seen(session: Session, *, lock: bool = False) -> Seen | None:
    """None in a database that was made without its migrations. `lock`: no one changes the row until we are done."""
    found = select(Installation.uid, Installation.swept, Installation.witnessed, Installation.schema)
    columns = found.where(Installation.id == _ONLY)
    row = session.execute(columns.with_for_update() if lock else columns).first()
    return None if row is None else Seen(*row)


def swept(session: Session) -> None:
    """One more sweep."""
    _set(session, swept=Installation.swept + 1)


def witness(session: Session, at_least: int = 0) -> None:
    """From now on a machine keeps how far this database is; it is no less far than `at_least`."""
    row = session.get_one(Installation, _ONLY, with_for_update=True, populate_existing=True)
    row.witnessed, row.swept = True, max(row.swept, at_least)
    session.flush()


def is_free() -> ColumnElement[bool]:
    """The condition that nothing is held back."""
    return ~exists().where(Installation.hold.is_not(None))


def may_send() -> ColumnElement[bool]:
    """The condition that nothing is held back, and that this program is not too old for the database: after an upgrade
    in the middle of a batch it begins no letter more."""
    return ~exists().where(or_(Installation.hold.is_not(None), Installation.schema > SCHEMA))


def may_leave(epoch: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The condition that what was written under this epoch is not held back: it is in no other copy of the database."""
    return ~exists().where(Installation.hold > epoch)


def epoch_now() -> ColumnElement[int]:
    """The epoch to write down, as part of an INSERT."""
    return func.coalesce(select(Installation.epoch).scalar_subquery(), 0)


def held(session: Session, *, lock: bool = False) -> Held | None:
    """None when nothing is held back. `lock`: as in `seen`."""
    mine = select(Installation).where(Installation.id == _ONLY).execution_options(populate_existing=True)
    row = session.scalar(mine.with_for_update() if lock else mine)
    if row is None or row.hold is None:
        return None
    return Held(row.held_at, wording.Text(row.why, row.why_slots), row.hold, row.replayed_at is not None)


def hold(session: Session, why: wording.Text, at: datetime) -> None:
    """Hold everything back until a person lifts it (`lift`)."""
    session.execute(holding(why, at))


def holding(why: wording.Text, at: datetime) -> Update:
    """The statement of `hold`; it can be written out in words where `why` has no slots."""
    values = {"hold": Installation.epoch + 1, "epoch": Installation.epoch + 1, "held_at": at, "replayed_at": None}
    mine = update(Installation).where(Installation.id == _ONLY)
    return mine.values(why=why.msgid, why_slots=dict(why.values) or literal_column("'{}'"), **values)


def lift(session: Session) -> None:
    """Nothing is held back any more."""
    _set(session, hold=None, held_at=None, why="", why_slots={}, epoch=Installation.epoch + 1)


def first_delivery(session: Session) -> int | None:
    """The least number that a delivery may get."""
    return session.scalar(select(Installation.first_delivery).where(Installation.id == _ONLY))


def begin_deliveries_at(session: Session, number: int) -> None:
    _set(session, first_delivery=number)


def epoch(session: Session) -> int:
    """How often something changed that processes which run must notice."""
    return session.scalar(select(Installation.epoch).where(Installation.id == _ONLY)) or 0


def activate(session: Session, root: str, kid: int) -> None:
    """From now on this key seals and signs; every process that runs notices before it writes (`database.epoch`)."""
    row = session.get_one(Installation, _ONLY, with_for_update=True, populate_existing=True)
    row.active, row.epoch = {**row.active, root: kid}, row.epoch + 1
    session.flush()


def next_epoch(session: Session) -> None:
    """Every process that runs reads its keys anew."""
    _set(session, epoch=Installation.epoch + 1)


def replayed(session: Session, at: datetime) -> None:
    """Those who were erased since are erased again."""
    _set(session, replayed_at=at)


def _set(session: Session, **values: Any) -> None:
    session.execute(update(Installation).where(Installation.id == _ONLY).values(**values))
