"""What came back: each report is read once, and counts once for each delivery. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text, delete, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime
from database.declared import CONSENT, personal
from mailer.ledger.states import DeliveryEvent, DeliveryState
from mailer.ledger.tables import Attempt, Delivery
from subscribers.chunks import chunks
from wording import _

COUNTED = "count"
"""The outcome of a report that counts (`mailer.returns.evidence.Outcome`)."""
_COUNTS = text(f"outcome = '{COUNTED}'")
_KEPT = personal(
    _("weten waarom mail terugkwam, en een fout in het lezen kunnen herstellen"),
    CONSENT,
    _("90 dagen, onder pseudoniem; wat fout gelezen is daarna zonder bezorging"),
)


class ReturnedMessage(Base):
    """A report that was read: a mail of the bounce mailbox, or a refusal in the conversation with a relay."""

    __tablename__ = "returned_message"
    __table_args__ = (
        Index("ix_returned_counted", "delivery_id", unique=True, sqlite_where=_COUNTS, postgresql_where=_COUNTS),
        {"info": _KEPT},
    )

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the mail, so that a second look changes nothing; its first signs name it for a person."""
    kind: Mapped[str] = mapped_column(String(12))
    mailing_id: Mapped[int | None] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    delivery_id: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(String(8), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(20), default="", server_default="")
    form: Mapped[str] = mapped_column(String(12), default="", server_default="")
    code: Mapped[str] = mapped_column(String(12), default="", server_default="")
    why: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """Which rule decided, and its second witness."""
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What the server said, masked (`mailer.returns.masking`)."""
    should_be: Mapped[str] = mapped_column(String(12), default="", server_default="")
    """The kind that a person says it is, where it was read wrongly."""


def is_read(session: Session, digest: str) -> bool:
    """True when this report was handled before."""
    return session.get(ReturnedMessage, digest) is not None


def read_of(session: Session, digests: Sequence[str]) -> set[str]:
    """Those of these reports that were handled before."""
    handled = (select(ReturnedMessage.hash).where(ReturnedMessage.hash.in_(some)) for some in chunks(digests))
    return {digest for query in handled for digest in session.scalars(query)}


def has_counted(session: Session, delivery_id: int) -> bool:
    """True when a report about this delivery counted before."""
    mine = ReturnedMessage.delivery_id == delivery_id, ReturnedMessage.outcome == COUNTED
    return session.scalar(select(ReturnedMessage.hash).where(*mine).limit(1)) is not None


def remember(session: Session, row: ReturnedMessage) -> None:
    """This report was handled."""
    session.add(row)
    session.flush()


def refused_since(session: Session, moment: datetime) -> list[tuple[Delivery, Attempt]]:
    """Deliveries that a relay refused for good in the conversation itself, with the last attempt."""
    permanent = Attempt.outcome == DeliveryEvent.REFUSE, Attempt.code >= 500, Attempt.ended_at > moment
    query = select(Delivery, Attempt).join(Attempt, Attempt.delivery_id == Delivery.id)
    rows = session.execute(query.where(*permanent, Delivery.state == DeliveryState.REFUSED).order_by(Attempt.id))
    return [(delivery, attempt) for delivery, attempt in rows]


def forget_returned(session: Session, before: datetime) -> None:
    """A report that old is of no use any more; one that was read wrongly is, but whose it was is not."""
    old, right = ReturnedMessage.at < before, ReturnedMessage.should_be == ""
    session.execute(delete(ReturnedMessage).where(old, right))
    session.execute(update(ReturnedMessage).where(old).values(delivery_id=None, mailing_id=None))


def counted_readers(session: Session, mailing_id: int, kind: str) -> list[UUID]:
    """Whose deliveries of one mailing came back for a reason of one kind, each once."""
    mine = ReturnedMessage.mailing_id == mailing_id, ReturnedMessage.kind == kind, ReturnedMessage.outcome == COUNTED
    query = select(Delivery.reader).join(ReturnedMessage, ReturnedMessage.delivery_id == Delivery.id).where(*mine)
    return list(session.scalars(query.distinct()))


def other_readers(session: Session, mailing_id: int, most: int) -> list[UUID]:
    """Some of the readers of a mailing."""
    query = select(Delivery.reader).where(Delivery.mailing_id == mailing_id).order_by(Delivery.id.desc()).limit(most)
    return list(session.scalars(query))


def accepted_of(session: Session, mailing_id: int) -> int:
    """How many letters of a mailing a relay took."""
    mine = Delivery.mailing_id == mailing_id, Delivery.state == DeliveryState.ACCEPTED
    return session.scalar(select(func.count()).select_from(Delivery).where(*mine)) or 0


def issues_sent_to(session: Session, delivery: Delivery, most: int = 40) -> dict[str, datetime]:
    """The issues that this reader was sent by e-mail, the newest first, and when."""
    mine = Delivery.reader == delivery.reader, Delivery.channel == delivery.channel
    last = func.max(Delivery.handed_at)  # of an issue with a copy for each audience there are several
    query = select(Delivery.issue_slug, last).where(*mine, Delivery.handed_at.is_not(None))
    rows = session.execute(query.group_by(Delivery.issue_slug).order_by(last.desc()).limit(most))
    return {slug: at for slug, at in rows if at is not None}


def latest(session: Session, most: int, *, wrong: bool = False) -> Sequence[ReturnedMessage]:
    """The reports that were read last, the newest first; or all that were read wrongly."""
    query = select(ReturnedMessage).order_by(ReturnedMessage.at.desc(), ReturnedMessage.hash)
    return session.scalars(query.where(ReturnedMessage.should_be != "") if wrong else query.limit(most)).all()


def called(session: Session, beginning: str) -> ReturnedMessage | None:
    """The only report whose name begins so; None when there is none, or more than one."""
    mine = ReturnedMessage.hash.startswith(beginning, autoescape=True)
    found = session.scalars(select(ReturnedMessage).where(mine).limit(2)).all() if beginning else []
    return found[0] if len(found) == 1 else None
