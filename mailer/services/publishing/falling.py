"""Which approvals fell though nobody changed a word: a new version of the product draws an edition anew.

An approval is bound to the hash of what a reader sees, so an upgrade that changes a template makes it fall. What was
approved is kept in words too: where these are the same, only the look changed, and an approver need but look again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from mailer.ledger import opening
from mailer.ledger.writing import approved_text
from mailer.services.office import Office, look
from mailer.services.publishing.approval import now_of
from mailer.services.publishing.approvals import approvers
from mailer.services.publishing.renewing import rendered_to_look_at
from mailer.services.publishing.standing import everything
from staff.people import Person
from staff.permissions import Permission, require
from wording.errors import ContentError, ServiceError


@dataclass(frozen=True)
class Fallen:
    """The editions of one issue, by name, that were approved otherwise than they are now."""

    slug: str
    look: tuple[str, ...]
    """Of these every word is as it was approved."""
    words: tuple[str, ...]
    """Of these words changed too, or they were approved before words were kept."""


def fallen(office: Office, person: Person, slug: str) -> Fallen:
    """What fell of the approvals of one issue. Raises ContentError for an issue that is not finished."""
    require(person, Permission.SEE_ISSUES)
    with look(office, person, Permission.SEE_ISSUES):
        pass
    return _fallen(office, slug)


def all_fallen(office: Office) -> tuple[Fallen, ...]:
    """The same of every issue that was approved and not sent yet, the newest first; after an upgrade, which no person
    orders. Each is rendered: a second or two. One that cannot be rendered has nothing to lose.
    """
    return tuple(_all(office))


def _all(office: Office) -> Iterator[Fallen]:
    for each in everything(office):
        if each.approvals and not each.mailings:
            with suppress(ContentError, ServiceError):
                found = _fallen(office, each.slug)
                if found.look or found.words:
                    yield found


def _fallen(office: Office, slug: str) -> Fallen:
    finished = rendered_to_look_at(office, slug)
    now = now_of(finished)
    with office.store.reading() as session:
        rows = opening.all_approvals(session, slug)
        held = approvers(rows, now)
        before = {name: one for row in rows for name, one in row.editions.items()}
        void = [name for name in now.editions if not held[name] and name in before]
        same = {name for name in void if approved_text(session, before[name]) == finished.texts[name]}
    look_only = tuple(name for name in void if name in same)
    return Fallen(slug, look_only, tuple(name for name in void if name not in same))
