"""What people typed in the boxes of messages and did not save yet, and their saves. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mailer.ledger.translations import Deed, TranslationDraft, TranslationHistory
from mailer.translation.approval import source_hash

KEPT = timedelta(days=90)
"""How long what was typed waits to be saved."""


def keep(
    session: Session, domain: str, locale: str, msgid: str, *, person: UUID, text: str, seen: str, at: datetime
) -> None:
    """Keep what a person typed, in place of what they typed in this box before."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    key = {"domain": domain, "locale": locale, "source_hash": source_hash(msgid), "person": person}
    changed = {"text": text, "seen": seen, "source": msgid, "at": at}
    statement = dialect.insert(TranslationDraft).values(**key, **changed)
    session.execute(statement.on_conflict_do_update(index_elements=[*key], set_=changed))


def drop(session: Session, domain: str, locale: str, msgid: str, person: UUID) -> None:
    """Forget what a person typed in a box: it was saved, or taken back."""
    row = TranslationDraft
    here = row.domain == domain, row.locale == locale, row.source_hash == source_hash(msgid), row.person == person
    session.execute(delete(row).where(*here))


def of_message(session: Session, domain: str, locale: str, msgid: str) -> Sequence[TranslationDraft]:
    """What anyone typed in the box of a message, the newest first."""
    row = TranslationDraft
    here = row.domain == domain, row.locale == locale, row.source_hash == source_hash(msgid)
    return session.scalars(select(row).where(*here).order_by(row.at.desc())).all()


def of_person(session: Session, domain: str, locale: str, person: UUID) -> Sequence[TranslationDraft]:
    """What a person typed in the boxes of a catalog, the newest first."""
    row = TranslationDraft
    here = row.domain == domain, row.locale == locale, row.person == person
    return session.scalars(select(row).where(*here).order_by(row.at.desc())).all()


def forget_old(session: Session, at: datetime) -> int:
    """Drop what was typed too long ago; returns how many."""
    gone = session.execute(
        delete(TranslationDraft).where(TranslationDraft.at < at - KEPT).returning(TranslationDraft.source_hash)
    )
    return len(gone.all())


def saves(session: Session, locale: str, most: int = 200) -> list[tuple[UUID | None, datetime]]:
    """Who saved and when, in a locale, the newest first."""
    row = TranslationHistory
    wanted = select(row.person, row.at).where(row.locale == locale, row.deed == Deed.SAVED)
    return [(one.person, one.at) for one in session.execute(wanted.order_by(row.id.desc()).limit(most))]


def last_save(session: Session, domain: str, locale: str, msgid: str) -> TranslationHistory | None:
    """The last that was saved or undone of a message."""
    row = TranslationHistory
    wanted = select(row).where(
        row.domain == domain,
        row.locale == locale,
        row.source_hash == source_hash(msgid),
        row.deed.in_([Deed.SAVED, Deed.IMPORTED, Deed.UNDONE, Deed.RETURNED]),
    )
    return session.scalar(wanted.order_by(row.id.desc()).limit(1))
