"""Mail to one person because they pressed something (confirm, sign in): sealed until a relay takes it, then deleted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, new_id, now
from database.declared import CONSENT, personal
from database.keys import keys_of
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
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True)
class Notice:
    """One plain-text mail. `locale` sets the direction; nothing in it was typed by whoever asked."""

    kind: str
    locale: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    uid: UUID = field(default_factory=new_id)


def write(session: Session, notice: Notice) -> None:
    """Put a notice in the queue, in the transaction that made it necessary."""
    content = json.dumps([notice.locale, notice.to, notice.subject, notice.text])
    sealed = seal(keys_of(session), NoticeRow.content, notice.uid, content)
    session.add(NoticeRow(uid=notice.uid, content=sealed, kind=notice.kind, next_at=now()))
    session.flush()


def due(session: Session, at: datetime, most: int = 50) -> list[Notice]:
    """The notices whose time has come, the oldest first."""
    rows = session.scalars(select(NoticeRow).where(NoticeRow.next_at <= at).order_by(NoticeRow.next_at).limit(most))
    return [_opened(session, row) for row in rows]


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
