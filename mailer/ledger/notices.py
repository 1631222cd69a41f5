"""Mail to one person because they pressed something (confirm, sign in): sealed until a relay takes it, then deleted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from database import onetime
from database.base import Base, UtcDateTime, new_id, now
from database.declared import CONSENT, personal
from database.keys import KeysError, keys_of
from database.sealed import Sealed, SealedText, open_sealed, seal
from mailer.ledger.installation import epoch_now, may_leave
from subscribers.chunks import chunks
from wording import _

ASIDE = timedelta(hours=1)
"""Wait between tries of what does not open: its key may come back."""
LEASE = timedelta(minutes=15)
"""How long a notice that goes on the line is its worker's: longer than a relay may take to answer. When the worker is
killed meanwhile it goes once more, with the same Message-ID."""
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
    epoch: Mapped[int] = mapped_column(default=0, server_default="0")
    """That of the installation when it was written: what is older than a hold waits until that is lifted, because it is
    also in the database of which this one is a copy, and may have left there."""
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it could not be opened for the first time: it waits for its key, and holds up no other."""


@dataclass(frozen=True)
class Notice:
    """One mail in plain text, and as `html` too where it has a look. `locale` sets the direction; nothing in it was
    typed by whoever asked. `publication` says whose sender it has; "": the first newsletter's."""

    kind: str
    locale: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    publication: str = ""
    html: str = field(default="", repr=False)
    uid: UUID = field(default_factory=new_id)
    next_at: datetime | None = None
    """When it was read from the queue: not before then may anyone send it. It changes with whoever takes it."""


def write(session: Session, notice: Notice, *, token: str = "") -> None:
    """Put a notice in the queue, in the transaction that made it necessary; `token` is the link that it brings."""
    link = onetime.uid_of(session, token) if token else None
    content = json.dumps([notice.locale, notice.to, notice.subject, notice.text, notice.publication, notice.html])
    sealed = seal(keys_of(session), NoticeRow.content, notice.uid, content)
    row = {"uid": notice.uid, "content": sealed, "kind": notice.kind, "link": link, "next_at": now()}
    session.execute(insert(NoticeRow).values(**row, epoch=epoch_now()))


def due(
    session: Session, at: datetime, most: int = 50, unreadable: Callable[[UUID], object] = lambda _uid: None
) -> list[Notice]:
    """The notices whose time has come, the oldest first, and after them what was set aside.

    The ids of those that do not open go to `unreadable`.
    """
    query = select(NoticeRow).where(NoticeRow.next_at <= at, may_leave(NoticeRow.epoch))
    found = []
    for row in session.scalars(query.order_by(NoticeRow.set_aside_at.is_not(None), NoticeRow.next_at).limit(most)):
        try:
            found.append(_opened(session, row))
        except (KeysError, ValueError):
            unreadable(row.uid)
    return found


def claim(session: Session, found: Collection[Notice], at: datetime) -> dict[UUID, datetime]:
    """Take these notices, which go on the line now; those that were taken, and until when no one else may.

    What is left out was taken by another worker since it was read, or its link has ended, or it is held back.
    """
    taken = {}
    until = at + LEASE
    for one in found:
        mine = NoticeRow.uid == one.uid, NoticeRow.next_at == one.next_at, may_leave(NoticeRow.epoch)
        if session.scalar(update(NoticeRow).where(*mine).values(next_at=until).returning(NoticeRow.uid)) is not None:
            taken[one.uid] = until
    return taken


def forget_among(session: Session, uids: Collection[UUID]) -> int:
    """A relay took these, by its log; returns how many waited here."""
    known = known_among(session, uids)
    for some in chunks(known):
        session.execute(delete(NoticeRow).where(NoticeRow.uid.in_(some)))
    return len(known)


def set_aside(session: Session, uids: Collection[UUID], at: datetime) -> int:
    """These do not open, and are tried again in an hour. Returns how many are new to that."""
    mine = NoticeRow.uid.in_(uids)
    session.execute(update(NoticeRow).where(mine).values(next_at=at + ASIDE))
    fresh = update(NoticeRow).where(mine, NoticeRow.set_aside_at.is_(None)).values(set_aside_at=at)
    return len(session.scalars(fresh.returning(NoticeRow.uid)).all())


def forget_set_aside(session: Session, before: datetime) -> None:
    """What was set aside before then and still does not open: whoever was to get it has asked again long since."""
    for row in session.scalars(select(NoticeRow).where(NoticeRow.set_aside_at < before)).all():
        try:
            _opened(session, row)
        except (KeysError, ValueError):
            session.delete(row)


def gone(session: Session, uid: UUID) -> None:
    """A relay took it, or refused it for good."""
    session.execute(delete(NoticeRow).where(NoticeRow.uid == uid))


def postpone(session: Session, notice: Notice, at: datetime) -> None:
    """Try again later, unless another worker took it meanwhile; after the last wait it is given up."""
    row = session.get(NoticeRow, notice.uid, with_for_update=True)
    if row is None or row.next_at != notice.next_at:
        return
    if row.tries >= len(BACK_OFF):
        session.delete(row)
        return
    row.next_at, row.tries, row.set_aside_at = at + BACK_OFF[row.tries], row.tries + 1, None


def held_back(session: Session) -> Counter[str]:
    """How many notices wait because of a hold, by kind."""
    waits = select(NoticeRow.kind, func.count().label("many")).where(~may_leave(NoticeRow.epoch))
    return Counter({row.kind: row.many for row in session.execute(waits.group_by(NoticeRow.kind))})


def known_among(session: Session, uids: Collection[UUID]) -> set[UUID]:
    """Which of these wait here."""
    return {
        uid for some in chunks(uids) for uid in session.scalars(select(NoticeRow.uid).where(NoticeRow.uid.in_(some)))
    }


def _opened(session: Session, row: NoticeRow) -> Notice:
    said = json.loads(open_sealed(keys_of(session), NoticeRow.content, row.uid, row.content))
    publication, html = said[4:] or ("", "")  # it waited since before a notice had these
    locale, to, subject, text = said[:4]
    return Notice(row.kind, locale, to, subject, text, publication, html, row.uid, row.next_at)
