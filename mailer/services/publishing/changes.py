"""Which words of an edition changed since it was approved."""

from __future__ import annotations

from mailer.ledger import opening
from mailer.ledger.writing import approved_text
from mailer.services.office import Office, look
from mailer.services.publishing.renewing import rendered_and_kept, rendered_to_look_at
from mailer.services.writing.history import Part, words_between
from staff.people import Person
from staff.permissions import Permission
from wording import _
from wording.errors import NotFoundError


def changed_words(office: Office, person: Person, slug: str, edition: str) -> tuple[Part, ...] | None:
    """The words of an edition now beside those that were approved last; None when those were not kept.

    Raises NotFoundError for an edition that there is not, ContentError for an issue that is not finished.
    """
    with look(office, person, Permission.SEE_ISSUES) as session:
        hashes = [row.editions[edition] for row in opening.all_approvals(session, slug) if edition in row.editions]
        before = approved_text(session, hashes[-1]) if hashes else None
    finished = rendered_and_kept(office, slug)
    if edition not in finished.texts:
        known = ", ".join(finished.texts)
        raise NotFoundError(_("Er is geen editie ‘{name}’. Wel: {known}.", name=edition, known=known))
    return None if before is None else words_between(before, finished.texts[edition])


def all_changed_words(office: Office, person: Person, slug: str) -> dict[str, tuple[Part, ...]]:
    """The same of each edition that is other than it was approved last, by its name, from one rendering."""
    with look(office, person, Permission.SEE_ISSUES) as session:
        approved = {name: one for row in opening.all_approvals(session, slug) for name, one in row.editions.items()}
        before = {name: approved_text(session, one) for name, one in approved.items()}
    finished = rendered_to_look_at(office, slug)
    return {
        name: words_between(old, finished.texts[name])
        for name, old in before.items()
        if old is not None and name in finished.texts and old != finished.texts[name]
    }
