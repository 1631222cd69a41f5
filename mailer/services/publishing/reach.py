"""Who would get an issue now, in numbers: per edition, without those who have it or get it already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from mailer.ledger.opening import has_copy, last_before, was_sent
from mailer.organisation import Audience, Channel, Copies
from mailer.services.office import Office, look
from mailer.services.publishing.by_post import posted
from mailer.services.translating.release import releases
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.repository import Alike, alike

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


@dataclass(frozen=True)
class Plan:
    """What decides who gets an issue, besides who the readers are."""

    slug: str
    audiences: Mapping[str, Audience]
    copies: Copies
    before: str | None
    editions: Mapping[Edition, Reach]
    """Nothing is counted in them."""

    @property
    def by_mail(self) -> list[str]:
        return [key for key, audience in self.audiences.items() if audience.channel is not Channel.POST]

    @property
    def goes(self) -> frozenset[Edition]:
        return frozenset(edition for edition, one in self.editions.items() if not one.waits)

    @property
    def marks(self) -> list[ColumnElement[bool]]:
        """What is asked of each reader: who has it, in each audience that gives a copy, and who has the one before."""
        had = [has_copy(self.slug, key) for key in (self.by_mail if self.copies is Copies.EACH else [""])]
        return [*had, was_sent(self.before)] if self.before else had


def reach(office: Office, person: Person, slug: str) -> tuple[Reach, ...]:
    """The readers of each edition that may go out, in the order of the audiences.

    A reader of two audiences counts in the first, unless the issue gives a copy for each. Raises ContentError.
    """
    require(person, Permission.PUBLISH_ISSUES)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        made = plan(office, session, slug)
        groups = alike(session, made.by_mail, issue=slug, marks=made.marks)
        return tuple(one for one in reached(session, made, groups).editions if not one.waits)


def plan(office: Office, session: Session, slug: str) -> Plan:
    """Which editions there are, which of them wait, and what was sent before. Raises ContentError."""
    issue, document = office.content.issue(slug)
    audiences = {key: office.house.audiences[key] for key in issue.audiences}
    released = releases(office.content, session, issue, document)
    editions = {
        (key, locale): Reach(
            key,
            locale,
            audience.channel is Channel.POST,
            waits=locale in released and released[locale].held,
        )
        for key, audience in audiences.items()
        for locale in audience.locales
    }
    return Plan(slug, audiences, issue.copies, last_before(session, issue.publication, slug), editions)


def reached(session: Session, made: Plan, groups: Iterable[Alike]) -> Reached:
    """Whom it reaches: the readers by e-mail as they were counted, and those by post as they are."""
    counted, had = dict(made.editions), 0
    for edition, count, instead, new in _by_mail(made, groups):
        if edition is None:
            had += count
            continue
        one = counted[edition]
        counted[edition] = replace(one, readers=one.readers + count, instead=one.instead + instead, new=one.new + new)
    for each in posted(session, made.slug, made.audiences, made.before):
        one = counted[each.audience, each.locale]
        instead, new = one.instead + each.is_instead, one.new + each.is_new
        counted[each.audience, each.locale] = replace(one, readers=one.readers + 1, instead=instead, new=new)
    return Reached(tuple(counted.values()), had, made.before)


def _by_mail(made: Plan, groups: Iterable[Alike]) -> Iterator[tuple[Edition | None, int, int, int]]:
    """Edition, readers, of these instead of their own language, of these new. No edition: they have it.

    Someone whose own language waits waits too, in the first of their audiences, unless another edition goes to them.
    """
    keys, audiences, goes, each = made.by_mail, made.audiences, made.goes, made.copies is Copies.EACH
    for group in groups:
        mine = [(at, (key, audiences[key].locale_for(group.locale))) for at, key in enumerate(keys) if group.is_in[at]]
        going = [one for one in mine if one[1] in goes]
        for at, edition in mine if each else (going or mine)[:1]:
            if group.marks[at if each else 0]:
                yield None, group.count, 0, 0
            else:
                instead = group.count if group.locale != edition[1] else 0
                yield edition, group.count, instead, group.count if made.before and not group.marks[-1] else 0
