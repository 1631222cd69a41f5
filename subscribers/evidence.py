"""The append-only record of what readers said about being written to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.base import now
from subscribers.consent import AgreedWording, Choice, ConsentKind, Evidence
from subscribers.tables import ConsentEvent, Wording


def write_consent(session: Session, subject: UUID, kind: ConsentKind, choice: Choice, evidence: Evidence) -> None:
    """Append one event, with the words that stood on the page where there were any."""
    wording = evidence.wording
    if wording is not None:
        keep_wording(session, wording)
    session.add(
        ConsentEvent(
            subject=subject,
            event=kind,
            at=now(),
            audiences=list(choice.audiences),
            locale=choice.locale,
            source=evidence.source,
            wording=wording and wording.hash,
        )
    )
    session.flush()


def keep_wording(session: Session, wording: AgreedWording) -> None:
    """Store the sentence once."""
    if session.get(Wording, wording.hash) is None:
        session.add(Wording(hash=wording.hash, version=wording.version, locale=wording.locale, text=wording.text))
        session.flush()


def wording_with(session: Session, hashed: str) -> AgreedWording | None:
    """The sentence with this hash."""
    row = session.get(Wording, hashed)
    return AgreedWording(row.version, row.locale, row.text) if row else None


def proof(session: Session, subject: UUID) -> list[dict[str, Any]]:
    """Everything a reader said about being written to, in order, with the words that stood there."""
    rows = session.execute(
        select(ConsentEvent, Wording)
        .outerjoin(Wording, Wording.hash == ConsentEvent.wording)
        .where(ConsentEvent.subject == subject)
        .order_by(ConsentEvent.id)
    )
    return [_event(event, wording) for event, wording in rows]


def _event(event: ConsentEvent, wording: Wording | None) -> dict[str, Any]:
    words = wording and {"version": wording.version, "language": wording.locale, "text": wording.text}
    return {
        "event": event.event,
        "at": event.at.isoformat(),
        "audiences": event.audiences,
        "language": event.locale,
        "source": event.source,
        "wording": words and {**words, "sha256": event.wording},
    }
