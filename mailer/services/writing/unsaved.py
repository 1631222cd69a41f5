"""What someone typed in an issue and did not save yet: kept for them alone, and never what goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailer.ledger import writing as ledger
from mailer.ledger.writing import unpacked
from mailer.services.office import Office, deed, look
from mailer.services.translating.catalogs import check_issue
from mailer.services.writing.saving import require_savable
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


def keep_draft(office: Office, person: Person, slug: str, text: str, base: str) -> None:
    """Keep what is being typed, over what this person typed before. Raises NotFoundError, InvalidInputError."""
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        check_issue(office.content, slug)
        require_savable(text)
        ledger.keep_draft(session, slug, person.uid, text, base_hash=base, at=office.clock())


def draft(office: Office, person: Person, slug: str) -> Unsaved | None:
    """What this person typed and did not save; None when there is nothing."""
    require(person, Permission.EDIT_ISSUES)
    with look(office, person, Permission.EDIT_ISSUES) as session:
        row = ledger.draft(session, slug, person.uid)
        if row is None:
            return None
        return Unsaved(
            slug, unpacked(row.text), row.base_hash, row.at, ledger.saves_since(session, slug, row.base_hash)
        )


def drop_draft(office: Office, person: Person, slug: str) -> None:
    """Throw away what this person typed and did not save."""
    require(person, Permission.EDIT_ISSUES)
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        ledger.drop_draft(session, slug, person.uid)
