"""What came back by mail: each message is read once, and refusals for policy are counted per mailing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, now
from database.declared import impersonal
from mailer.ledger.states import DeliveryEvent, DeliveryState
from mailer.ledger.tables import Attempt, Delivery


class ReturnedMessage(Base):
    """A message of the bounce mailbox that was read: its hash, so that a second look changes nothing."""

    __tablename__ = "returned_message"
    __table_args__ = ({"info": impersonal()},)

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    mailing_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def is_read(session: Session, digest: str) -> bool:
    """True when this message was handled before."""
    return session.get(ReturnedMessage, digest) is not None


def remember(session: Session, digest: str, kind: str, mailing_id: int | None) -> None:
    """This message was handled."""
    session.add(ReturnedMessage(hash=digest, kind=kind, mailing_id=mailing_id, at=now()))
    session.flush()


def refused_since(session: Session, moment: datetime) -> list[tuple[Delivery, str, str]]:
    """Deliveries that a relay refused for good in the conversation itself, with the code and the words."""
    permanent = Attempt.outcome == DeliveryEvent.REFUSE, Attempt.code >= 500, Attempt.ended_at > moment
    query = select(Delivery, Attempt.enhanced, Attempt.words).join(Attempt, Attempt.delivery_id == Delivery.id)
    rows = session.execute(query.where(*permanent, Delivery.state == DeliveryState.REFUSED).order_by(Attempt.id))
    return [(delivery, enhanced, words) for delivery, enhanced, words in rows]


def forget_returned(session: Session, before: datetime) -> None:
    """A message that old is in no mailbox any more."""
    session.execute(delete(ReturnedMessage).where(ReturnedMessage.at < before))


def count_of(session: Session, mailing_id: int, kind: str) -> int:
    """How many messages of one kind came back from one mailing."""
    mine = ReturnedMessage.mailing_id == mailing_id, ReturnedMessage.kind == kind
    return session.scalar(select(func.count()).select_from(ReturnedMessage).where(*mine)) or 0


def accepted_of(session: Session, mailing_id: int) -> int:
    """How many letters of a mailing a relay took."""
    mine = Delivery.mailing_id == mailing_id, Delivery.state == DeliveryState.ACCEPTED
    return session.scalar(select(func.count()).select_from(Delivery).where(*mine)) or 0


def issues_sent_to(session: Session, delivery: Delivery, most: int = 40) -> list[str]:
    """The issues this reader was sent by e-mail, the newest first."""
    mine = Delivery.reader == delivery.reader, Delivery.channel == delivery.channel
    last = func.max(Delivery.handed_at)  # of an issue with a copy for each audience there are several
    query = select(Delivery.issue_slug).where(*mine, Delivery.handed_at.is_not(None)).group_by(Delivery.issue_slug)
    return list(session.scalars(query.order_by(last.desc()).limit(most)))
