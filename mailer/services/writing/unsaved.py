"""What someone typed in an issue and did not save yet: kept for them alone, and never what goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mailer.ledger import writing as ledger
from mailer.ledger.writing import unpacked
from mailer.services.office import Office, deed, look
from mailer.services.translating.catalogs import check_issue
from mailer.services.writing.saving import Opened, mark_of, now_saved, require_savable, require_seen
from staff.people import Person
from staff.permissions import Permission, require


@dataclass(frozen=True)
class Unsaved:
    """A draft. `base` is the hash of the text it was typed in."""

    slug: str
    text: str
    base: str
    at: datetime
    saves_since: int
    """How often the issue was saved since: with more than none, saving it is a conflict to look at."""
    mark: str
    """What a window that shows it hands back, so that no other window's text is written over."""


def keep_draft(office: Office, person: Person, slug: str, text: str, base: str, *, over: str | None = None) -> Unsaved:
    """Keep what is being typed, over what this person typed before.

    `over` is the mark of the draft that the window showed or kept last, "" for none: another one is not written over.
    Raises NotFoundError, InvalidInputError, TypedElsewhereError.
    """
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        check_issue(office.content, slug)
        require_savable(text)
        require_seen(session, slug, person, text, over)
        at = office.clock()
        ledger.keep_draft(session, slug, person.uid, text, base_hash=base, at=at)
    return Unsaved(slug, text, base, at, 0, mark_of(text))


def draft(office: Office, person: Person, slug: str) -> Unsaved | None:
    """What this person typed and did not save; None when there is nothing."""
    require(person, Permission.EDIT_ISSUES)
    with look(office, person, Permission.EDIT_ISSUES) as session:
        return _draft(session, slug, person)


def open_sheet(office: Office, person: Person, slug: str) -> tuple[Opened, Unsaved | None]:
    """What is saved of an issue, and what this person typed in it since. Raises NotFoundError, ContentError."""
    with look(office, person, Permission.EDIT_ISSUES) as session:
        return now_saved(office, slug), _draft(session, slug, person)


def _draft(session: Session, slug: str, person: Person) -> Unsaved | None:
    row = ledger.draft(session, slug, person.uid)
    if row is None:
        return None
    since = ledger.saves_since(session, slug, row.base_hash)
    return Unsaved(slug, text := unpacked(row.text), row.base_hash, row.at, since, mark_of(text))


def drop_draft(office: Office, person: Person, slug: str) -> None:
    """Throw away what this person typed and did not save."""
    require(person, Permission.EDIT_ISSUES)
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        ledger.drop_draft(session, slug, person.uid)
