"""Mail to one person because they pressed something (confirm, sign in): sealed until a relay takes it, then deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from database import onetime
from database.base import Base, UtcDateTime, new_id, now
from database.declared import CONSENT, personal
from database.keys import KeysError, keys_of
from database.sealed import Sealed, SealedText, open_sealed, seal
from wording import _

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""Waits between tries; after the last the notice is given up: whoever asked can ask again."""


class NoticeRow(Base):
    """A notice that waits for a relay."""

    __tablename__ = "notice"
    __table_args__ = (
        {"info": personal(_("een bevestiging of inloglink mailen"), CONSENT, _("tot de mailserver hem aannam"))},
    )

    uid: Mapped[UUID] = mapped_column(primary_key=True)
    content: Mapped[Sealed] = mapped_column(SealedText)
    kind: Mapped[str] = mapped_column(String(20))
    link: Mapped[UUID | None] = mapped_column(ForeignKey("one_time.uid", ondelete="CASCADE"), index=True)
    """The single-use token that it brings: when that ends because the reader left, moved or was erased, it goes too."""
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """It could not be opened: it waits for a person, and holds up no other."""


@dataclass(frozen=True)
class Notice:
    """One plain-text mail. `locale` sets the direction; nothing in it was typed by whoever asked."""

    kind: str
    locale: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    uid: UUID = field(default_factory=new_id)


def write(session: Session, notice: Notice, *, token: str = "") -> None:
    """Put a notice in the queue, in the transaction that made it necessary; `token` is the link that it brings."""
    link = onetime.uid_of(session, token) if token else None
    content = json.dumps([notice.locale, notice.to, notice.subject, notice.text])
    sealed = seal(keys_of(session), NoticeRow.content, notice.uid, content)
    session.add(NoticeRow(uid=notice.uid, content=sealed, kind=notice.kind, link=link, next_at=now()))
    session.flush()


def due(
    session: Session, at: datetime, most: int = 50, unreadable: Callable[[UUID], object] = lambda _uid: None
) -> list[Notice]:
    """The notices whose time has come, the oldest first; the ids of those that do not open go to `unreadable`."""
    waits = NoticeRow.next_at <= at, NoticeRow.set_aside_at.is_(None)
    found = []
    for row in session.scalars(select(NoticeRow).where(*waits).order_by(NoticeRow.next_at).limit(most)):
        try:
            found.append(_opened(session, row))
        except (KeysError, ValueError):
            unreadable(row.uid)
    return found


def waiting(session: Session, uids: Collection[UUID]) -> set[UUID]:
    """Those of these notices that are still to go: the link of the others has ended since they were read."""
    return set(session.scalars(select(NoticeRow.uid).where(NoticeRow.uid.in_(uids))))


def set_aside(session: Session, uids: Collection[UUID], at: datetime) -> None:
    """These do not open: they wait for a person."""
    session.execute(update(NoticeRow).where(NoticeRow.uid.in_(uids)).values(set_aside_at=at))


def forget_set_aside(session: Session, before: datetime) -> None:
    """Whoever was to get it has asked again long since."""
    session.execute(delete(NoticeRow).where(NoticeRow.set_aside_at < before))


def gone(session: Session, uid: UUID) -> None:
    """A relay took it, or refused it for good."""
    session.execute(delete(NoticeRow).where(NoticeRow.uid == uid))


def postpone(session: Session, uid: UUID, at: datetime) -> None:
    """Try again later; after the last wait it is given up."""
    row = session.get(NoticeRow, uid)
    if row is None:
        return
    if row.tries >= len(BACK_OFF):
        session.delete(row)
        return
    row.next_at, row.tries = at + BACK_OFF[row.tries], row.tries + 1


def _opened(session: Session, row: NoticeRow) -> Notice:
    locale, to, subject, text = json.loads(open_sealed(keys_of(session), NoticeRow.content, row.uid, row.content))
    return Notice(row.kind, locale, to, subject, text, row.uid)
