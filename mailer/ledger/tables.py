"""The ledger's tables: mailings, frozen editions, deliveries, attempts, approvals and slots. No name, no address."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

import wording
from database.base import Base, UtcDateTime, now
from database.declared import CONSENT, WORK, impersonal, personal
from database.mac import MacOf
from mailer.ledger.states import OPEN, DeliveryState, MailingState
from mailer.organisation import Channel
from wording import _

BATCH = 500
"""Deliveries to one doorbell: a task per reader costs 1.3 ms of queue, a batch of 500 makes that 3 µs per reader."""


IS_OPEN = text("is_open")
"""Written the same in the index and in every query that is to use it: SQLite compares the words."""
_OPEN_BY_STATE = "is_open = (state IN ({}))".format(", ".join(f"'{state}'" for state in sorted(OPEN)))
HAS_BUCKET = text("bucket IS NOT NULL")
_SENT = personal(
    _("niemand overslaan en niemand dubbel schrijven"), CONSENT, _("onder pseudoniem; zonder lezer is het van niemand")
)
_APPROVED = personal(_("weten wie een nummer goedkeurde"), WORK, _("zolang het nummer bewaard wordt"))


def _word(kind: type[StrEnum]) -> Enum:
    """A StrEnum stored as its plain word, so that a person can read the table."""
    return Enum(kind, native_enum=False, length=20, values_callable=lambda members: [str(member) for member in members])


class Mailing(Base):
    """One sending of one issue to its audiences; owns deliveries."""

    __tablename__ = "mailing"
    __table_args__ = ({"info": impersonal()},)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_slug: Mapped[str] = mapped_column(String(100), index=True)
    publication: Mapped[str] = mapped_column(String(60), index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    """What was approved; the frozen editions were made from exactly this content."""
    state: Mapped[MailingState] = mapped_column(_word(MailingState), default=MailingState.DRAFT, index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    scheduled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not before this instant; empty means at once."""
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    readers: Mapped[int] = mapped_column(default=0)
    """How many deliveries were opened: the left side of the accounting equation, counted apart from their states."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it is paused or cancelled: a person's words, the relay's, or a sentence of ours with slots. While it is sent:
    what a person should know."""
    reason_slots: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What fills the slots of a sentence of ours, which is then said in the language of whoever asks."""

    relay: Mapped[str | None] = mapped_column(String(60))
    """The relay that a person chose for the rest of it; empty: whichever is well."""
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of the text: 0 until a mistake in it is corrected, one more for each correction. A mailing that was taken back or
    broken off keeps its number, so that none ever means two texts."""
    is_correction: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It mails a corrected text to those who have, or may have, an earlier one."""
    post_in_doubt: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Of a copy that was put back: its post may have left since, and nobody has said yet that it has not."""
    one_mark: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its mails bear the mark of the bounce address in the Message-ID too, as all did before there were two."""

    @property
    def why(self) -> wording.Text | str:
        """`reason`, to be shown."""
        return self.reason if self.reason_slots is None else wording.Text(self.reason, self.reason_slots)


class FrozenEdition(Base):
    """One edition as it was approved, complete: a worker on another machine needs no file to send or print it."""

    __tablename__ = "frozen_edition"
    __table_args__ = (UniqueConstraint("mailing_id", "audience", "locale", "channel"), {"info": impersonal()})

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    audience: Mapped[str] = mapped_column(String(60))
    locale: Mapped[str] = mapped_column(String(20))
    channel: Mapped[Channel] = mapped_column(_word(Channel))
    content_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what the reader sees (the artefacts below), in hexadecimal."""
    mac: Mapped[str] = mapped_column(
        MacOf("mailing_id", "audience", "locale", "channel", "content_hash"), default="", server_default=""
    )
    """Made when it was frozen; `mailer.ledger.frozen` asks whether it still holds."""
    unmarked_hash: Mapped[str | None] = mapped_column(String(64))
    """Of a correction: the hash that its text has without its mark. The next correction compares with it."""
    subject: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    message: Mapped[bytes | None] = mapped_column(LargeBinary)
    """`PersonalMessage.frozen()`: the finished MIME with its slots."""
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary)
    large_pdf: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The same edition on A4 in large print, for addressees who asked for it."""


class EditionImage(Base):
    """An image of a frozen edition, under the name by which its HTML refers to it."""

    __tablename__ = "edition_image"
    __table_args__ = (UniqueConstraint("edition_id", "name"), {"info": impersonal()})

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("frozen_edition.id"))
    name: Mapped[str] = mapped_column(String(200))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Batch(Base):
    """Deliveries that share a doorbell; a row of its own so that the sweep finds due ones without reading them all."""

    __tablename__ = "batch"
    __table_args__ = ({"info": impersonal()},)

    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begun: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often a worker began it without one delivery coming to an end: three times means that it kills workers."""
    shunted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Set aside for a person to look at; no worker takes it until it is retried."""
    error: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What the last worker said about it, if it could still speak."""


class LeaseRow(Base):
    """A worker's right to change what it claimed of one batch, until a moment."""

    __tablename__ = "lease"
    __table_args__ = ({"info": impersonal()},)

    token: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Random, new for each worker on each batch."""
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    batch: Mapped[int]
    process: Mapped[UUID | None]
    """Whose it is (`ledger.heartbeats`): when that process is dead, the lease ends before `until`."""
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    """UTC. Past it, another worker may claim; what was handing over is then uncertain."""


class Delivery(Base):
    """One edition on its way to one reader (SMTP: one RCPT TO)."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("issue_slug", "reader", "channel", "copy", "revision"),
        CheckConstraint("(lease IS NULL) = (state NOT IN ('claimed', 'handing_over'))", name="lease_while_held"),
        CheckConstraint(_OPEN_BY_STATE, name="open_by_state"),
        # No index has a column that a claim or an intent changes: those then write one page, not one per index too.
        Index("ix_delivery_open", "mailing_id", "batch", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_delivery_mailing", "mailing_id", "id"),
        {"info": _SENT},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("frozen_edition.id"))
    issue_slug: Mapped[str] = mapped_column(String(100))
    """The mailing's, repeated here because nobody gets one copy of a revision twice through one channel, whatever the
    mailing."""
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """The mailing's, repeated here for the same reason."""
    copy: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """Empty where a reader gets one copy of the issue; the audience where each audience has its own."""
    reader: Mapped[UUID] = mapped_column(Uuid)
    """A subscriber or an addressee; who that is, only `subscribers` knows."""
    channel: Mapped[Channel] = mapped_column(_word(Channel))
    batch: Mapped[int]
    """Which doorbell rings for it; see BATCH."""
    state: Mapped[DeliveryState] = mapped_column(_word(DeliveryState), default=DeliveryState.PENDING)
    is_open: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Something is still to happen to it by itself; what `state` says too, but this changes once."""
    lease: Mapped[int | None] = mapped_column(BigInteger)
    """The token of the lease under which a worker holds it: only that worker may change the row."""
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """UTC. When the intent of the last hand-over was written down."""
    tries: Mapped[int] = mapped_column(default=0)
    first_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """UTC. A deferred delivery is not tried before it."""
    relay: Mapped[str | None] = mapped_column(String(60))
    bucket: Mapped[str | None] = mapped_column(String(60))
    """The group of receiving domains with a limit of its own; empty for all others, so that no domain is revealed."""


class Attempt(Base):
    """One try to hand over a delivery, and how it ended. Append-only: a trigger refuses changes."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index("ix_attempt_handed", "relay", "handed_at"),
        Index("ix_attempt_bucket", "bucket", "handed_at", sqlite_where=HAS_BUCKET, postgresql_where=HAS_BUCKET),
        {"info": _SENT},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    relay: Mapped[str | None] = mapped_column(String(60))
    bucket: Mapped[str | None] = mapped_column(String(60))
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """UTC. When the intent was written down; empty if the try ended before the message could leave."""
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(20))
    """The event of states.py that ended it."""
    stage: Mapped[str] = mapped_column(String(20), default="")
    """Where in the conversation the answer fell: connect, ehlo, starttls, auth, mail, rcpt, data, dot."""
    code: Mapped[int | None]
    """SMTP reply code (RFC 5321 §4.2)."""
    enhanced: Mapped[str] = mapped_column(String(11), default="")
    """Enhanced status code (RFC 3463), such as 5.1.1."""
    words: Mapped[str] = mapped_column(Text, default="")
    """What the server said, without the reader's address."""


class Approval(Base):
    """A person approved exactly this content; any change makes another hash, and so voids it."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("issue_slug", "content_hash", "person"), {"info": _APPROVED})

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_slug: Mapped[str] = mapped_column(String(100))
    person: Mapped[UUID] = mapped_column(Uuid)
    content_hash: Mapped[str] = mapped_column(String(64))
    editions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """The hash of each edition by its name, to say later which of them changed."""
    kept: Mapped[dict[str, dict[str, int]]] = mapped_column(JSON, default=dict, server_default="{}")
    """By the name of an edition: the hashes that it got by correcting nothing but typing errors, each with the version
    of the issue that did so. The approval holds for these too."""
    of_correction: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Of what a correction mails, which bears a mark; it says nothing of the issue itself, nor that of this."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Slot(Base):
    """One planned moment of one job. Whoever writes the row first runs it; a doubled schedule is a no-op."""

    __tablename__ = "slot"
    __table_args__ = ({"info": impersonal()},)

    job: Mapped[str] = mapped_column(String(100), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
