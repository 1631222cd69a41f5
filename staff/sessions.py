"""Sessions of the staff pages: kept on the server, found by the hash of a cookie, ended from anywhere at once.

A session holds no rights. Whoever it belongs to is read anew at each request, so that a role that was taken away or a
person who was deactivated is gone with the next click; `epoch` ends sessions that were being made at that moment.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, String, delete, false, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, new_id, now
from database.declared import WORK, personal
from staff.people import Person, PersonRow, opened, person
from wording import _

LASTS = timedelta(hours=12)
"""From signing in, whatever happens in it."""
IDLE_WITH_NAMES = timedelta(minutes=30)
"""Without a click, for someone who may see names of addressees."""
SUDO = timedelta(minutes=10)
"""How long a second step is good for the next frightening button."""
SEEN_EVERY = timedelta(minutes=1)
"""A click writes when it was at most this often."""
_TOKEN_BYTES = 32


class StaffSession(Base):
    """One browser of one person."""

    __tablename__ = "staff_session"
    __table_args__ = ({"info": personal(_("medewerkers ingelogd houden"), WORK, _("12 uur"))},)

    uid: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.uid"), index=True)
    epoch: Mapped[int]
    """That of the person when it began; a higher one ends it."""
    device: Mapped[str] = mapped_column(String(60))
    """Browser and system in two words, so that a person recognises it: "Firefox, Linux"."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    second_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the second step was last made."""
    challenge: Mapped[str] = mapped_column(String(100), default="")
    """Of the passkey that is being asked for; "" when none is."""


@dataclass(frozen=True)
class OpenSession:
    """A session that is good now, and whose it is."""

    uid: UUID
    person: Person
    device: str
    begun_at: datetime
    seen_at: datetime
    second_at: datetime | None
    challenge: str
    along: bool = False
    """The answer to what was asked along with it (`open_session`)."""

    def is_fresh(self, at: datetime) -> bool:
        """True while the second step was made less than ten minutes ago."""
        return self.second_at is not None and at - self.second_at < SUDO


def begin(session: Session, who: Person, device: str, at: datetime | None = None) -> str:
    """A new session of a person; returns the secret for the cookie."""
    token, at = secrets.token_urlsafe(_TOKEN_BYTES), at or now()
    epoch = session.scalar(select(PersonRow.epoch).where(PersonRow.uid == who.uid)) or 0
    session.add(
        StaffSession(
            uid=new_id(),
            token_hash=_hash(token),
            person=who.uid,
            epoch=epoch,
            device=device[:60],
            begun_at=at,
            seen_at=at,
        )
    )
    session.flush()
    return token


def open_session(
    session: Session, token: str, at: datetime | None = None, along: ColumnElement[bool] | None = None
) -> OpenSession | None:
    """The session of a cookie; None when it is unknown, over, or of someone who is no longer active.

    Every page asks for it, so what each page also needs is asked `along`, in the same query.
    """
    at = at or now()
    found = session.execute(
        select(StaffSession, PersonRow, false() if along is None else along)
        .join(PersonRow, PersonRow.uid == StaffSession.person)
        .where(StaffSession.token_hash == _hash(token), StaffSession.epoch == PersonRow.epoch, PersonRow.active)
    ).first()
    if found is None or at - found[0].begun_at >= LASTS:
        return None
    return _opened(found[0], opened(session, found[1]), along=bool(found[2]))


def touch(session: Session, uid: UUID, at: datetime | None = None) -> None:
    """Note a click, at most once a minute."""
    at = at or now()
    late = StaffSession.uid == uid, StaffSession.seen_at < at - SEEN_EVERY
    session.execute(update(StaffSession).where(*late).values(seen_at=at))


def second_step_made(session: Session, uid: UUID, at: datetime | None = None) -> None:
    """The person behind this session has just proved again who they are."""
    session.execute(update(StaffSession).where(StaffSession.uid == uid).values(second_at=at or now(), challenge=""))


def ask(session: Session, uid: UUID, challenge: str) -> None:
    """Keep the challenge that a passkey is to answer."""
    session.execute(update(StaffSession).where(StaffSession.uid == uid).values(challenge=challenge))


def sessions_of(session: Session, who: UUID, at: datetime | None = None) -> list[OpenSession]:
    """Everywhere a person is signed in, the latest click first."""
    found = person(session, who)
    rows = session.scalars(
        select(StaffSession)
        .join(PersonRow, PersonRow.uid == StaffSession.person)
        .where(
            StaffSession.person == who,
            StaffSession.epoch == PersonRow.epoch,
            StaffSession.begun_at > (at or now()) - LASTS,
        )
        .order_by(StaffSession.seen_at.desc())
    )
    return [] if found is None else [_opened(row, found) for row in rows]


def places(session: Session, at: datetime | None = None) -> dict[UUID, tuple[int, datetime]]:
    """By person: in how many browsers they are signed in, and when they last clicked in one."""
    rows = session.execute(
        select(StaffSession.person, func.count(), func.max(StaffSession.seen_at))
        .join(PersonRow, PersonRow.uid == StaffSession.person)
        .where(StaffSession.epoch == PersonRow.epoch, StaffSession.begun_at > (at or now()) - LASTS, PersonRow.active)
        .group_by(StaffSession.person)
    )
    return {uid: (count, seen_at) for uid, count, seen_at in rows}


def end(session: Session, who: UUID, uid: UUID) -> bool:
    """End one session of this person; False when it is not theirs or already over."""
    ended = session.execute(
        delete(StaffSession).where(StaffSession.uid == uid, StaffSession.person == who).returning(StaffSession.uid)
    )
    return ended.first() is not None


def end_all(session: Session, who: UUID) -> None:
    """End every session of a person, those that are being made at this moment too."""
    session.execute(update(PersonRow).where(PersonRow.uid == who).values(epoch=PersonRow.epoch + 1))
    session.execute(delete(StaffSession).where(StaffSession.person == who))


def forget(session: Session, at: datetime | None = None) -> None:
    """Delete the sessions that are over."""
    session.execute(delete(StaffSession).where(StaffSession.begun_at <= (at or now()) - LASTS))


def _opened(row: StaffSession, who: Person, *, along: bool = False) -> OpenSession:
    return OpenSession(row.uid, who, row.device, row.begun_at, row.seen_at, row.second_at, row.challenge, along)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
