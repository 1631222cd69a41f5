"""The tables of translators: approvals, dismissals, history, comments, suggestions, assignments, decisions, snapshots.

The texts themselves live in PO files. A row is bound to what it says by a hash of the message (`mailer.translation.
approval`), so that a change of a file needs no change here: what no longer fits simply no longer counts.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, UtcDateTime, now
from database.declared import WORK, impersonal, personal
from wording import _

_WORK = personal(
    _("weten wie wat vertaalde en goedkeurde"), WORK, _("zolang het nummer bewaard wordt, onder pseudoniem")
)


class TranslationApproval(Base):
    """A person approved exactly this translation of exactly this text; memory is made of these."""

    __tablename__ = "translation_approval"
    __table_args__ = (Index("ix_translation_approval_locale_at", "locale", "at"), {"info": _WORK})

    pair_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    locale: Mapped[str] = mapped_column(String(20), index=True)
    domain: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(Text)
    translation: Mapped[str] = mapped_column(Text)
    author: Mapped[UUID | None]
    """Who wrote it, as far as known: a file that came through git has no author here."""
    reviewer: Mapped[UUID]
    waived: Mapped[bool] = mapped_column(default=False)
    """The reviewer is the author; the settings of the locale allowed it."""
    carried_from: Mapped[str | None] = mapped_column(String(64))
    """The pair that was approved before only white space or a link target changed."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class TranslationDismissal(Base):
    """A person looked at what a check said of this pair, and says why it may stay."""

    __tablename__ = "translation_dismissal"
    __table_args__ = ({"info": _WORK},)

    pair_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    check: Mapped[str] = mapped_column("rule", String(20), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    person: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Deed(StrEnum):
    """What can happen to a translation."""

    SAVED = "saved"
    APPROVED = "approved"
    CARRIED = "carried"
    IMPORTED = "imported"
    DISMISSED = "dismissed"
    UNDONE = "undone"
    """A person took their own last save back; what stood there before stands there again."""
    RETURNED = "returned"
    """A reader sent it back to be looked at again."""


class TranslationHistory(Base):
    """What happened to a message in one locale, when and by whom. Append-only: a trigger refuses changes."""

    __tablename__ = "translation_history"
    __table_args__ = ({"info": _WORK},)

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(String(100))
    locale: Mapped[str] = mapped_column(String(20))
    source_hash: Mapped[str] = mapped_column(String(64), index=True)
    deed: Mapped[str] = mapped_column(String(20))
    translation: Mapped[str] = mapped_column(Text)
    person: Mapped[UUID | None]
    """None for what the product did by itself."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    before: Mapped[str | None] = mapped_column(Text)
    """What a save took the place of; None where that was not kept."""
    before_was: Mapped[str | None] = mapped_column(Text)
    """The source that `before` was made from, when it still needed work; None when it did not."""


class TranslationDraft(Base):
    """What one person typed in the box of a message and did not save yet."""

    __tablename__ = "translation_draft"
    __table_args__ = (
        {"info": personal(_("getypte tekst niet kwijtraken"), WORK, _("tot de zin bewaard is, hooguit 90 dagen"))},
    )

    domain: Mapped[str] = mapped_column(String(100), primary_key=True)
    locale: Mapped[str] = mapped_column(String(20), primary_key=True)
    source_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    seen: Mapped[str] = mapped_column(Text)
    """The translation that stood there when it was typed."""
    source: Mapped[str] = mapped_column(Text)
    """The message it was typed for: that may have left the source since."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class TranslationComment(Base):
    """A remark about a message, or a question to the editor that waits for an answer."""

    __tablename__ = "translation_comment"
    __table_args__ = ({"info": _WORK},)

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(String(100), index=True)
    locale: Mapped[str] = mapped_column(String(20))
    source_hash: Mapped[str] = mapped_column(String(64), index=True)
    words: Mapped[str] = mapped_column(Text)
    is_question: Mapped[bool] = mapped_column(default=False)
    person: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From then on it takes no answer any more."""
    source: Mapped[str] = mapped_column(Text, default="")
    """The message as it was; "" for a remark that is older than this column."""


class TranslationSuggestion(Base):
    """A translation that was offered while another one stands: from an import, never used by itself."""

    __tablename__ = "translation_suggestion"
    __table_args__ = (UniqueConstraint("domain", "pair_hash"), {"info": _WORK})

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(String(100))
    locale: Mapped[str] = mapped_column(String(20))
    source_hash: Mapped[str] = mapped_column(String(64), index=True)
    pair_hash: Mapped[str] = mapped_column(String(64))
    translation: Mapped[str] = mapped_column(Text)
    person: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class TranslationAssignment(Base):
    """Who translates an issue into a locale, and by when."""

    __tablename__ = "translation_assignment"
    __table_args__ = ({"info": _WORK},)

    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    locale: Mapped[str] = mapped_column(String(20), primary_key=True)
    person: Mapped[UUID] = mapped_column(index=True)
    due: Mapped[date]
    """The last day, in the organisation's time zone."""
    assigned_by: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class TranslationReminder(Base):
    """A reminder that was sent; the row is written first, so that no one is reminded twice."""

    __tablename__ = "translation_reminder"
    __table_args__ = ({"info": _WORK},)

    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    locale: Mapped[str] = mapped_column(String(20), primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True)
    due: Mapped[date] = mapped_column(primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Decision(StrEnum):
    """What an editor can decide about a locale that is not ready."""

    HOLD = "hold"
    """This language waits; the others go."""
    LEAVE_OUT = "leave-out"
    """A section that is not ready is left out of this language."""
    OVERRIDE = "override"
    """It goes as it is; where a translation is missing, the reader sees the source."""
    WAIT = "wait"
    """This language waits until it is ready; the others go."""
    FOLLOW = "follow"
    """It waited and is ready: it goes after the others by itself, as soon as it is approved."""


HOLDS = frozenset({Decision.HOLD, Decision.WAIT})
"""Decisions by which nothing of a language goes out."""
FOLLOWS = frozenset({Decision.WAIT, Decision.FOLLOW})
"""Decisions by which a language goes out after the others, by itself."""


class LocaleDecision(Base):
    """A decision of an editor about one locale of one issue, with its reason; it is ended, never deleted."""

    __tablename__ = "locale_decision"
    __table_args__ = ({"info": _WORK},)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_slug: Mapped[str] = mapped_column(String(100), index=True)
    locale: Mapped[str] = mapped_column(String(20))
    decision: Mapped[str] = mapped_column(String(20))
    section: Mapped[str] = mapped_column(String(200), default="")
    """The anchor, for a section that is left out."""
    reason: Mapped[str] = mapped_column(Text)
    person: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TranslationSnapshot(Base):
    """A catalog as it was when someone took a copy home: what an import is compared with."""

    __tablename__ = "translation_snapshot"
    __table_args__ = ({"info": impersonal()},)

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the exported file without its own hash in the header."""
    domain: Mapped[str] = mapped_column(String(100))
    locale: Mapped[str] = mapped_column(String(20))
    ours: Mapped[bytes] = mapped_column(LargeBinary)
    """The catalog in the content folder at that moment."""
    exported: Mapped[bytes] = mapped_column(LargeBinary)
    """The file that was taken home, suggestions filled in."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
