"""Look at the files of an issue and keep what was found; nothing is rendered. No doors: whoever asks may already."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import date

from sqlalchemy.orm import Session

from mailer.darkroom.darkroom import DarkroomError
from mailer.ledger import standing as ledger
from mailer.ledger.standing import IssueStanding
from mailer.services.office import Office
from mailer.services.writing.found import Found, as_json, found_in, from_json, settled
from mailer.services.writing.keys import FileKeys


def read_files(office: Office, slug: str) -> IssueStanding:
    """What is in the files of an issue now, read only if they changed since it was kept.

    Raises DarkroomError, and keeps nothing, when its pictures could not be looked at.
    """
    key = FileKeys(office.content).of(slug)
    with office.store.reading() as session:
        kept = ledger.kept(session, [slug]).get(slug)
    if kept is not None and kept.key == key:
        return kept
    found = found_in(office.content.reading_once(), slug)
    with office.store.transaction() as session:
        approved, _dismissed = verdicts_on(session, [found])
        ledger.keep(session, slug, key=key, found=as_json(settled(found, approved)), at=office.clock())
        return ledger.kept(session, [slug])[slug]


def look_again(office: Office, slug: str) -> None:
    """After a change that is saved already: what cannot be looked at now, whoever asks next looks at."""
    with suppress(DarkroomError):
        read_files(office, slug)


def days_of(office: Office, slugs: Collection[str]) -> dict[str, date | None]:
    """The day of each of these issues, None where its front matter cannot be read; only what changed is read."""
    keys = FileKeys(office.content)
    current = {slug: keys.of(slug) for slug in slugs}
    with office.store.reading() as session:
        kept = ledger.kept(session, slugs)
    changed = [slug for slug, key in current.items() if slug not in kept or kept[slug].key != key]
    kept |= {slug: read_files(office, slug) for slug in changed}
    return {slug: from_json(kept[slug].found).day for slug in slugs}


def verdicts_on(session: Session, found: Collection[Found]) -> tuple[set[str], set[tuple[str, str]]]:
    """Which of these translations are approved, and which (pair, rule) was dismissed."""
    messages = [one for each in found for locale in each.locales for one in locale.messages]
    return ledger.verdicts(
        session, {one.pair for one in messages if one.pair}, {one.pair for one in messages if one.rules}
    )
