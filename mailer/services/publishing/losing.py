"""Which approvals would fall by other settings: said before they are written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mailer.content import Content
from mailer.ledger import opening
from mailer.organisation import House
from mailer.services.office import Office, look
from mailer.services.publishing.approval import now_of
from mailer.services.publishing.approvals import Now, approvers
from mailer.services.publishing.rendering import rendered
from mailer.services.publishing.renewing import rendered_to_look_at
from mailer.services.publishing.standing import everything
from staff.people import Person
from staff.permissions import Permission, require
from wording.errors import ContentError, NotFoundError, ServiceError


@dataclass(frozen=True)
class Loss:
    """The editions of one issue, by name, that are approved now and would not be any more.

    `is_broken`: with these settings the issue cannot go out at all before someone mends it.
    """

    slug: str
    editions: tuple[str, ...]
    is_broken: bool = False


def losses(office: Office, person: Person, house: House) -> tuple[Loss, ...]:
    """What would fall if the organisation were this one. Nothing changes, and nothing is kept.

    Each issue that was approved and not sent yet is rendered twice: some seconds. What is frozen in a mailing stays.
    """
    require(person, Permission.CHANGE_SETTINGS)
    with look(office, person, Permission.CHANGE_SETTINGS):
        pass
    return tuple(_losses(office, house)) if house != office.house else ()


def _losses(office: Office, house: House) -> Iterator[Loss]:
    then = replace(office, house=house, content=Content(office.content.folder, house))
    for each in everything(office):
        if each.approvals and not each.mailings and (held := _held(office, each.slug)):
            found = _loss(then, each.slug, held)
            if found.editions:
                yield found


def _held(office: Office, slug: str) -> set[str]:
    """The editions that are approved as they are now."""
    try:
        now = now_of(rendered_to_look_at(office, slug))
    except (ContentError, ServiceError):
        return set()
    return _approved(office, slug, now)


def _loss(then: Office, slug: str, held: set[str]) -> Loss:
    try:
        now = now_of(rendered(then, slug))
    except (ContentError, NotFoundError, ServiceError):
        return Loss(slug, tuple(sorted(held)), is_broken=True)
    return Loss(slug, tuple(sorted(held - _approved(then, slug, now))))


def _approved(office: Office, slug: str, now: Now) -> set[str]:
    with office.store.reading() as session:
        found = approvers(opening.all_approvals(session, slug), now)
    return {name for name, people in found.items() if people}
