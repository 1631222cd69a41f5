"""The one place where what a member of staff is to hear of waits, until it is mailed to them in one digest.

Nothing here commits. Whoever makes something happen calls `tell` in the same transaction; `mailer.services.notices`
makes the digests.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, new_id
from database.declared import WORK, personal
from database.keys import KeysError, keys_of
from database.sealed import Sealed, SealedText, open_sealed, seal
from mailer.ledger.installation import epoch_now, may_leave
from staff.mails import Mail
from staff.people import Person
from wording import Text, _
from wording.packed import packed, unpacked

Words = Text | str


class StaffMail(Base):
    """One event that one person is to hear of."""

    __tablename__ = "staff_mail"
    __table_args__ = (
        {"info": personal(_("medewerkers laten weten wat er in hun werk gebeurt"), WORK, _("tot het gemaild is"))},
    )

    uid: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.uid", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(120))
    """The issue or the mailing, and the language if it is about one."""
    content: Mapped[Sealed] = mapped_column(SealedText)
    """JSON of what it says, not yet in a language."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    epoch: Mapped[int] = mapped_column(default=0, server_default="0")
    """That of the installation when it was written, as that of a notice."""


@dataclass(frozen=True)
class News:
    """What happened, as it will be said. `lines` are paragraphs, `link` leads to where something can be done."""

    kind: Mail
    about: str
    subject: Words = field(repr=False)
    lines: Sequence[Words] = field(repr=False)
    link: str = ""


@dataclass(frozen=True)
class Waiting:
    """News that waits for a person since `at`; None when it does not open."""

    uid: UUID
    kind: Mail | None
    at: datetime
    news: News | None


def tell(session: Session, to: Person, news: News, at: datetime) -> bool:
    """Queue news for a person; False when they do without such mail."""
    if news.kind in to.muted:
        return False
    uid = new_id()
    content = json.dumps([packed(news.subject), [packed(line) for line in news.lines], news.link])
    sealed = seal(keys_of(session), StaffMail.content, uid, content)
    row = {
        "uid": uid,
        "person": to.uid,
        "kind": news.kind.value,
        "about": news.about[:120],
        "content": sealed,
        "at": at,
    }
    session.execute(insert(StaffMail).values(**row, epoch=epoch_now()))
    return True


def waits(session: Session, to: Person, kind: Mail, about: str) -> bool:
    """Whether the person has yet to be mailed news of this kind about the same thing."""
    same = StaffMail.person == to.uid, StaffMail.kind == kind.value, StaffMail.about == about[:120]
    return session.scalar(select(StaffMail.uid).where(*same).limit(1)) is not None


def due(session: Session, collected: datetime, urgent: Collection[Mail]) -> list[UUID]:
    """The people with news from `collected` or before, or with news that is urgent."""
    query = select(StaffMail.person).where(or_(StaffMail.at <= collected, StaffMail.kind.in_(sorted(urgent))))
    query = query.where(may_leave(StaffMail.epoch))
    return list(session.scalars(query.distinct().order_by(StaffMail.person)))


def held(session: Session, person: UUID) -> list[Waiting]:
    """All that waits for a person and may leave, the oldest first; no one else can take it until the transaction ends.

    Whoever asks at the same moment waits, and then finds what is left.
    """
    query = (
        select(StaffMail)
        .where(StaffMail.person == person, may_leave(StaffMail.epoch))
        .order_by(StaffMail.at, StaffMail.uid)
    )
    return [_opened(session, row) for row in session.scalars(query.with_for_update())]


def done(session: Session, taken: Collection[Waiting]) -> None:
    """These were put in a mail, or are for no one any more."""
    session.execute(delete(StaffMail).where(StaffMail.uid.in_([one.uid for one in taken])))


def _opened(session: Session, row: StaffMail) -> Waiting:
    kind = Mail(row.kind) if row.kind in set(Mail) else None
    try:
        content = open_sealed(keys_of(session), StaffMail.content, row.uid, row.content)
    except (KeysError, ValueError):
        return Waiting(row.uid, kind, row.at, None)
    subject, lines, link = json.loads(content)
    said = unpacked(subject), [unpacked(line) for line in lines]
    news = None if kind is None else News(kind, row.about, *said, link)
    return Waiting(row.uid, kind, row.at, news)
