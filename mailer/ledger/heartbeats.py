"""Which processes live: each counts on in a row of its own. Nothing here commits.

Whether one is dead is judged by whether it counts on while somebody watches, never by a clock: machines have their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime
from database.declared import impersonal
from mailer.ledger import handover
from mailer.ledger.tables import LeaseRow


class Heartbeat(Base):
    """One process that works on this database."""

    __tablename__ = "heartbeat"
    __table_args__ = ({"info": impersonal()},)

    uid: Mapped[UUID] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(String(100))
    """The name of its machine, for a person."""
    place: Mapped[str] = mapped_column(String(100))
    """The boot and the namespace in which `pid` is a process; empty where that is not known."""
    pid: Mapped[int]
    born: Mapped[int] = mapped_column(BigInteger)
    """When the process with this number began, in ticks since the boot: a number is used again."""
    kind: Mapped[str] = mapped_column(String(10))
    """worker or web."""
    queues: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    keys: Mapped[list[str]] = mapped_column(JSON)
    """The keys it has, such as "data.1"."""
    epoch: Mapped[int]
    """The last epoch of the installation that it acted on."""
    beat: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """By its own clock, for a person."""


@dataclass(frozen=True)
class Who:
    """A process, as it says of itself."""

    uid: UUID
    host: str
    place: str
    pid: int
    born: int
    kind: str
    queues: str
    version: str


@dataclass(frozen=True)
class Beat:
    """A process, and how far it counted."""

    who: Who
    keys: tuple[str, ...]
    epoch: int
    beat: int
    at: datetime


def beat(session: Session, who: Who, keys: Sequence[str], epoch: int, at: datetime) -> None:
    """Count on; the row is made when it is not there, or was taken away by one who thought us dead."""
    mine = update(Heartbeat).where(Heartbeat.uid == who.uid)
    values = {"keys": list(keys), "epoch": epoch, "at": at}
    counted = session.execute(mine.values(beat=Heartbeat.beat + 1, **values).returning(Heartbeat.uid)).all()
    if not counted:
        session.add(Heartbeat(**vars(who), **values, beat=1))
        session.flush()


def beats(session: Session) -> list[Beat]:
    """Every process that has a row."""
    return [
        Beat(
            Who(one.uid, one.host, one.place, one.pid, one.born, one.kind, one.queues, one.version),
            tuple(one.keys),
            one.epoch,
            one.beat,
            one.at,
        )
        for one in session.scalars(select(Heartbeat).order_by(Heartbeat.host, Heartbeat.pid))
    ]


def leave(session: Session, uid: UUID) -> None:
    """A process ends by itself."""
    session.execute(delete(Heartbeat).where(Heartbeat.uid == uid))


def bury(session: Session, dead: Beat, at: datetime) -> list[tuple[int, int]]:
    """Take away the row of a process that no longer counts, and end its leases; the mailings and batches of these.

    Nothing happens when it counted on after all. Should it live, it has no lease, and changes nothing of what it held.
    """
    mine = delete(Heartbeat).where(Heartbeat.uid == dead.who.uid, Heartbeat.beat == dead.beat)
    if not session.execute(mine.returning(Heartbeat.uid)).all():
        return []
    held = select(LeaseRow.mailing_id, LeaseRow.batch).where(LeaseRow.process == dead.who.uid)
    batches = [(row.mailing_id, row.batch) for row in session.execute(held)]
    handover.end(session, LeaseRow.process == dead.who.uid, at)
    return batches
