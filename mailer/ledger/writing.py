"""What was written of an issue: every save, and what someone typed and did not save. Nothing here commits."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import LargeBinary, String, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, now
from database.declared import WORK, impersonal, personal
from mailer.ledger.standing import IssueStanding
from mailer.ledger.tables import Mailing
from mailer.ledger.translations import (
    LocaleDecision,
    TranslationApproval,
    TranslationAssignment,
    TranslationComment,
    TranslationDraft,
    TranslationReminder,
    TranslationSuggestion,
)
from wording import _

AFTER_SENDING = timedelta(days=90)
"""How long a draft is kept once its issue was sent."""


class IssueRevision(Base):
    """One save of an issue. Rows are added and never changed, but for the slug of an issue that is renamed."""

    __tablename__ = "issue_revision"
    __table_args__ = (
        {"info": personal(_("weten wie wat schreef, en een tekst terug kunnen zetten"), WORK, _("blijft bewaard"))},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_slug: Mapped[str] = mapped_column(String(100), index=True)
    hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the file as it was saved."""
    text: Mapped[bytes] = mapped_column(LargeBinary)
    """The file, UTF-8, compressed with zlib."""
    person: Mapped[UUID | None]
    """None for what was saved outside, with git or a text editor."""
    restores: Mapped[int | None]
    """The revision that was put back with this save."""
    typo: Mapped[str] = mapped_column(String(500), default="", server_default="")
    """Why it was saved as nothing but typing errors; "" for any other save."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class IssueDraft(Base):
    """What one person typed in an issue and did not save yet."""

    __tablename__ = "issue_draft"
    __table_args__ = (
        {"info": personal(_("getypte tekst niet kwijtraken"), WORK, _("tot 90 dagen na het versturen van het nummer"))},
    )

    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True)
    base_hash: Mapped[str] = mapped_column(String(64))
    """The hash of the saved text it was typed in."""
    text: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class WarningDismissal(Base):
    """A person looked at a warning about an issue, and says why it may stay."""

    __tablename__ = "warning_dismissal"
    __table_args__ = (
        {"info": personal(_("weten waarom een waarschuwing mag blijven staan"), WORK, _("zolang het nummer er is"))},
    )

    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 over what is said and the text it is said of: another text there, and it is another warning."""
    reason: Mapped[str] = mapped_column(String(500))
    person: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ApprovedText(Base):
    """The words of an edition as it was approved, to show which of them changed since."""

    __tablename__ = "approved_text"
    __table_args__ = ({"info": impersonal()},)

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """That of the edition, as the approval has it."""
    issue_slug: Mapped[str] = mapped_column(String(100), index=True)
    edition: Mapped[str] = mapped_column(String(100))
    text: Mapped[bytes] = mapped_column(LargeBinary)


def keep_texts(session: Session, slug: str, texts: Mapping[str, tuple[str, str]]) -> None:
    """Write down the words of approved editions, as (hash, text) by name; those that are there stay."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [
        {"hash": one, "issue_slug": slug, "edition": name, "text": packed(text)} for name, (one, text) in texts.items()
    ]
    session.execute(dialect.insert(ApprovedText).values(rows).on_conflict_do_nothing())


def approved_text(session: Session, edition_hash: str) -> str | None:
    """The words of an edition as it was approved; None where that was before they were kept."""
    row = session.get(ApprovedText, edition_hash)
    return None if row is None else unpacked(row.text)


def packed(text: str) -> bytes:
    """As texts are kept."""
    return zlib.compress(text.encode())


def unpacked(data: bytes) -> str:
    """What `packed` made."""
    return zlib.decompress(data).decode()


def revisions(session: Session, slug: str) -> list[IssueRevision]:
    """Every save of an issue, the oldest first."""
    return list(
        session.scalars(select(IssueRevision).where(IssueRevision.issue_slug == slug).order_by(IssueRevision.id))
    )


def last_revision(session: Session, slug: str) -> IssueRevision | None:
    """The newest save."""
    wanted = select(IssueRevision).where(IssueRevision.issue_slug == slug).order_by(IssueRevision.id.desc())
    return session.scalar(wanted.limit(1))


def saves_since(session: Session, slug: str, base_hash: str) -> int:
    """How often an issue was saved after it last had this hash; all saves when it never had."""
    last = select(func.max(IssueRevision.id)).where(IssueRevision.issue_slug == slug, IssueRevision.hash == base_hash)
    after = select(func.count()).where(IssueRevision.issue_slug == slug, IssueRevision.id > (session.scalar(last) or 0))
    return session.scalar(after) or 0


def draft(session: Session, slug: str, person: UUID) -> IssueDraft | None:
    """What this person typed and did not save."""
    return session.get(IssueDraft, (slug, person))


def keep_draft(session: Session, slug: str, person: UUID, text: str, *, base_hash: str, at: datetime) -> None:
    """Write down what was typed, over what was typed before."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(IssueDraft)
    changed = {"base_hash": base_hash, "text": packed(text), "at": at}
    statement = statement.values(issue_slug=slug, person=person, **changed)
    session.execute(statement.on_conflict_do_update(index_elements=["issue_slug", "person"], set_=changed))


def drop_draft(session: Session, slug: str, person: UUID | None = None) -> None:
    """Throw away what this person typed, or what anyone typed."""
    gone = delete(IssueDraft).where(IssueDraft.issue_slug == slug)
    session.execute(gone if person is None else gone.where(IssueDraft.person == person))


def dismissals(session: Session, slug: str) -> dict[str, WarningDismissal]:
    """The warnings of an issue that may stay, by their mark."""
    wanted = select(WarningDismissal).where(WarningDismissal.issue_slug == slug)
    return {row.mark: row for row in session.scalars(wanted)}


def dismiss(session: Session, slug: str, mark: str, *, reason: str, person: UUID, at: datetime) -> bool:
    """Let a warning stay; False when it may already: what was said first holds."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(WarningDismissal).values(issue_slug=slug, mark=mark, reason=reason, person=person, at=at)
    statement = statement.on_conflict_do_nothing().returning(WarningDismissal.mark)
    return session.scalar(statement) is not None


def bring_back(session: Session, slug: str, mark: str) -> bool:
    """Let a warning be one again; False when it was."""
    mine = WarningDismissal.issue_slug == slug, WarningDismissal.mark == mark
    return session.scalar(delete(WarningDismissal).where(*mine).returning(WarningDismissal.mark)) is not None


def forget_drafts(session: Session, at: datetime) -> int:
    """Drop the drafts of issues that were sent more than 90 days ago; returns how many."""
    sent = select(Mailing.issue_slug).group_by(Mailing.issue_slug)
    old = sent.having(func.max(func.coalesce(Mailing.finished_at, at)) < at - AFTER_SENDING)
    gone = session.execute(delete(IssueDraft).where(IssueDraft.issue_slug.in_(old)).returning(IssueDraft.person))
    return len(gone.all())


def is_fixed(session: Session, slug: str) -> bool:
    """Whether readers may know the issue by its slug: a mailing of it was opened, whatever became of that."""
    return session.scalar(select(Mailing.id).where(Mailing.issue_slug == slug).limit(1)) is not None


_BY_SLUG = (IssueRevision, IssueDraft, WarningDismissal, LocaleDecision, TranslationAssignment, TranslationReminder)
_BY_DOMAIN = (TranslationApproval, TranslationComment, TranslationDraft, TranslationSuggestion)


def rename(session: Session, old: str, new: str) -> None:
    """Let everything that is kept of an issue follow its new name; history of translators is append-only and stays."""
    forget_issue(session, new, now())
    for by_slug in _BY_SLUG:
        session.execute(update(by_slug).where(by_slug.issue_slug == old).values(issue_slug=new))
    for by_domain in _BY_DOMAIN:
        session.execute(update(by_domain).where(by_domain.domain == old).values(domain=new))
    session.execute(delete(IssueStanding).where(IssueStanding.issue_slug.in_([old, new])))


def forget_issue(session: Session, slug: str, at: datetime) -> None:
    """Drop what belongs to an issue that is deleted. Its revisions stay: they are what it can be found again from."""
    drop_draft(session, slug)
    session.execute(delete(WarningDismissal).where(WarningDismissal.issue_slug == slug))
    session.execute(delete(IssueStanding).where(IssueStanding.issue_slug == slug))
    session.execute(delete(TranslationAssignment).where(TranslationAssignment.issue_slug == slug))
    session.execute(delete(TranslationReminder).where(TranslationReminder.issue_slug == slug))
    session.execute(delete(TranslationSuggestion).where(TranslationSuggestion.domain == slug))
    still = LocaleDecision.issue_slug == slug, LocaleDecision.ended_at.is_(None)
    session.execute(update(LocaleDecision).where(*still).values(ended_at=at))
