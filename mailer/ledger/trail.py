"""Rows of the audit trail: about one issue, or the last of one kind. Nothing commits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import Session

from database.audit import AuditRow


def rows_of(session: Session, slug: str, events: Collection[str], since: datetime, most: int) -> list[AuditRow]:
    """The newest first. Only rows after `since` are looked at, by the index on their time."""
    about = AuditRow.detail["issue"].as_string() == slug
    wanted = select(AuditRow).where(AuditRow.at > since, AuditRow.event.in_(events), about)
    return list(session.scalars(wanted.order_by(AuditRow.seq.desc()).limit(most)))


def last_of(session: Session, event: str) -> AuditRow | None:
    """The newest row of an event that is about no issue; None when there is none."""
    return session.scalar(select(AuditRow).where(AuditRow.event == event).order_by(AuditRow.seq.desc()).limit(1))


def newest(session: Session, event: str, most: int) -> list[AuditRow]:
    """The newest rows of an event that is about no issue, the last one first."""
    wanted = select(AuditRow).where(AuditRow.event == event)
    return list(session.scalars(wanted.order_by(AuditRow.seq.desc()).limit(most)))


def rows_by(session: Session, actor: UUID, most: int) -> list[AuditRow]:
    """What one person did, the newest first."""
    mine = select(AuditRow).where(AuditRow.actor == str(actor))
    return list(session.scalars(mine.order_by(AuditRow.seq.desc()).limit(most)))


def last_step(session: Session, event: str, step: str) -> AuditRow | None:
    """The newest row of an event with this step; None when there is none."""
    mine = select(AuditRow).where(AuditRow.event == event, AuditRow.detail["step"].as_string() == step)
    return session.scalar(mine.order_by(AuditRow.seq.desc()).limit(1))


def search(
    session: Session, events: Collection[str], *, who: UUID | None, words: str, before: int, most: int
) -> list[AuditRow]:
    """Rows of these events (none: of all), by or about a person, with these words in what they say; the newest first,
    those before the row `before` (0: all)."""
    conditions: list[ColumnElement[bool]] = []
    if events:
        conditions.append(AuditRow.event.in_(events))
    if who is not None:
        conditions.append(or_(AuditRow.actor == str(who), AuditRow.subject == who))
    if words:
        told = or_(cast(AuditRow.detail, String).icontains(words, autoescape=True), AuditRow.event == words)
        conditions.append(or_(told, AuditRow.seq == int(words)) if _is_row(words) else told)
    if before:
        conditions.append(AuditRow.seq < before)
    return list(session.scalars(select(AuditRow).where(*conditions).order_by(AuditRow.seq.desc()).limit(most)))


def _is_row(words: str) -> bool:
    return words.isascii() and words.isdecimal() and len(words) <= 9
