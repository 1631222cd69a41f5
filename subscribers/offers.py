"""What readers see of the audiences that they may choose. Works in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.base import now
from subscribers.tables import AudienceOffer, PrivacyWords


@dataclass(frozen=True)
class Offered:
    """Plain text by language; a language that is absent, or empty, is said in another."""

    is_public: bool
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    rhythms: Mapping[str, str]
    version: int = 0
    """0: no one changed it, and it is what the settings say."""


def offers_of(session: Session, audiences: Collection[str]) -> dict[str, Offered]:
    """Of those of the audiences that someone changed."""
    rows = session.scalars(select(AudienceOffer).where(AudienceOffer.audience.in_(audiences)))
    return {
        row.audience: Offered(row.is_public, row.titles, row.descriptions, row.rhythms, row.version) for row in rows
    }


def keep_offer(session: Session, audience: str, offered: Offered, seen: int) -> bool:
    """Write it down as the version after `seen`; False, and nothing written, when another was first."""
    row = session.get(AudienceOffer, audience, with_for_update=True)
    if (row.version if row else 0) != seen:
        return False
    if row is None:
        row = AudienceOffer(audience=audience)
        session.add(row)
    row.is_public, row.version, row.changed_at = offered.is_public, seen + 1, now()
    row.titles, row.descriptions, row.rhythms = (
        dict(offered.titles),
        dict(offered.descriptions),
        dict(offered.rhythms),
    )
    session.flush()
    return True


def privacy_words(session: Session) -> dict[str, str]:
    """What the organisation says of its readers' privacy, by language."""
    return {row.locale: row.text for row in session.scalars(select(PrivacyWords)) if row.text}


def keep_privacy_words(session: Session, words: Mapping[str, str]) -> None:
    """Keep it in these languages; "" takes a language away."""
    for locale, text in words.items():
        if text:
            session.merge(PrivacyWords(locale=locale, text=text, changed_at=now()))
        elif (row := session.get(PrivacyWords, locale)) is not None:
            session.delete(row)
    session.flush()
