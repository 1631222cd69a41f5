"""Who would get an issue now, in numbers: per edition, without those who have it or get it already."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from mailer.ledger.opening import has_copy, last_before, was_sent
from mailer.organisation import Audience, Channel, Copies
from mailer.services.office import Office, look
from mailer.services.publishing.by_post import posted
from mailer.services.translating.release import releases
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.repository import alike

Edition = tuple[str, str]
"""An audience and a locale."""


@dataclass(frozen=True)
class Reach:
    """How many readers of one audience get the edition of one language."""

    audience: str
    locale: str
    on_paper: bool
    readers: int = 0
    instead: int = 0
    """Of these, who asked for a language that this audience does not have."""
    new: int = 0
    """Of these, who did not get the number before this one."""
    waits: bool = False
    """The language is not ready, and was told to wait: they get nothing now."""


@dataclass(frozen=True)
class Reached:
    """Whom an issue reaches, in the order of the audiences, and how many have it."""

    editions: tuple[Reach, ...]
    had: int
    before: str | None
    """The number of this newsletter that was sent last."""


def reach(office: Office, person: Person, slug: str) -> tuple[Reach, ...]:
    """The readers of each edition that may go out, in the order of the audiences.

    A reader of two audiences counts in the first, unless the issue gives a copy for each. Raises ContentError.
    """
    require(person, Permission.PUBLISH_ISSUES)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        return tuple(one for one in reached(office, session, slug).editions if not one.waits)


def reached(office: Office, session: Session, slug: str) -> Reached:
    """The same, and those who wait, whatever the person may do. Raises ContentError."""
    issue, document = office.content.issue(slug)
    audiences = {key: office.house.audiences[key] for key in issue.audiences}
    released = releases(office.content, session, issue, document)
    before = last_before(session, issue.publication, slug)
    counted = {
        (key, locale): Reach(
            key,
            locale,
            audience.channel is Channel.POST,
            waits=locale in released and released[locale].held,
        )
        for key, audience in audiences.items()
        for locale in audience.locales
    }
    goes = {edition for edition, one in counted.items() if not one.waits}
    had = 0
    for edition, count, instead, new in _by_mail(session, slug, audiences, goes, copies=issue.copies, before=before):
        if edition is None:
            had += count
            continue
        one = counted[edition]
        counted[edition] = replace(one, readers=one.readers + count, instead=one.instead + instead, new=one.new + new)
    for each in posted(session, slug, audiences, before):
        one = counted[each.audience, each.locale]
        instead, new = one.instead + each.is_instead, one.new + each.is_new
        counted[each.audience, each.locale] = replace(one, readers=one.readers + 1, instead=instead, new=new)
    return Reached(tuple(counted.values()), had, before)


def _by_mail(
    session: Session,
    slug: str,
    audiences: Mapping[str, Audience],
    goes: Container[Edition],
    *,
    copies: Copies,
    before: str | None,
) -> Iterator[tuple[Edition | None, int, int, int]]:
    """Counted by the database: an organisation may have a million readers. No edition: they have it.

    Someone whose own language waits waits too, in the first of their audiences, unless another edition goes to them.
    """
    keys = [key for key, audience in audiences.items() if audience.channel is not Channel.POST]
    if not keys:
        return
    each = copies is Copies.EACH
    had = [has_copy(slug, key) for key in keys] if each else [has_copy(slug, "")]
    marks = [*had, was_sent(before)] if before else had
    for group in alike(session, keys, issue=slug, marks=marks):
        mine = [(at, (key, audiences[key].locale_for(group.locale))) for at, key in enumerate(keys) if group.is_in[at]]
        going = [one for one in mine if one[1] in goes]
        for at, edition in mine if each else (going or mine)[:1]:
            if group.marks[at if each else 0]:
                yield None, group.count, 0, 0
            else:
                instead = group.count if group.locale != edition[1] else 0
                yield edition, group.count, instead, group.count if before and not group.marks[-1] else 0
