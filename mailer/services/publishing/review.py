"""Before an issue is sent: who gets it, who does not and why, who waits; and the list behind each of these numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, not_, or_
from sqlalchemy.orm import Session

from mailer.counted import Count, Going, Tell
from mailer.ledger.opening import decided_key, has_copy, was_sent
from mailer.organisation import Audience, Copies
from mailer.services.office import Office, look
from mailer.services.publishing.by_post import page_after, posted
from mailer.services.publishing.reach import Edition, Plan, Reach, plan, reached
from mailer.services.translating.catalogs import check_issue
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import reviewing
from subscribers.counting import Tally, count_on, size
from subscribers.reviewing import PAGE, Masked, Why
from wording import _
from wording.errors import NotFoundError

__all__ = ["PAGE", "Going", "Masked", "Part", "Review", "Why", "having", "listed", "not_getting", "review"]
LARGE = 20_000
"""Readers; fewer are counted for each page."""


class Part(StrEnum):
    """Which readers of an edition a list is of."""

    ALL = "all"
    NEW = "new"
    INSTEAD = "instead"


@dataclass(frozen=True)
class Review:
    """The counts, and when they were taken. `editions` in the order of the audiences, those that wait too."""

    editions: tuple[Reach, ...]
    without: Mapping[Why, int]
    had: int
    """They have this number already."""
    before: str | None
    """The number that was sent before this one."""
    at: datetime
    going: Going | None = None
    """It is being counted for the first time, and nothing of it is known yet."""

    @property
    def by_mail(self) -> int:
        return sum(one.readers for one in self.editions if not one.on_paper and not one.waits)

    @property
    def by_post(self) -> int:
        return sum(one.readers for one in self.editions if one.on_paper and not one.waits)

    @property
    def waiting(self) -> int:
        return sum(one.readers for one in self.editions if one.waits)


def review(office: Office, person: Person, slug: str, *, anew: bool = False) -> Review:
    """What a mailing of an issue would do now; with `anew` what was counted before is counted again.

    Of more readers than LARGE the count is kept, with its moment, and the first is taken while no one waits: until it
    is there, `going` says how far it is. Raises NotFoundError, ContentError.
    """
    require(person, Permission.PUBLISH_ISSUES)
    check_issue(office.content, slug)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        made = plan(office, session, slug)
        key = f"review {made} {decided_key(session, slug)}"
        few = size(session, LARGE + 1) <= LARGE
    if few:
        return _counted(office, made).value
    if anew:
        office.counts.drop(key)
    found = office.counts.soon(key, partial(_counted, office, made))
    if isinstance(found, Going):
        return Review(tuple(made.editions.values()), {}, 0, made.before, office.clock(), going=found)
    return found.value


def _counted(office: Office, made: Plan, tell: Tell = lambda _going: None) -> Count[Review]:
    """In portions, each in a transaction of its own."""
    at, tally = office.clock(), Tally()
    with office.store.reading() as session:
        of = size(session)
    while True:
        tell(Going(tally.readers, of))
        with office.store.reading() as session:
            count_on(session, made.by_mail, made.slug, tally, marks=made.marks)
            if tally.last is None:
                found = reached(session, made, tally.alike())
                without = {why: tally.without[why] for why in Why if tally.without[why]}
                return Count(Review(found.editions, without, found.had, found.before, at), at)


def listed(
    office: Office,
    person: Person,
    slug: str,
    *,
    audience: str,
    locale: str,
    part: Part = Part.ALL,
    after: UUID | None = None,
) -> tuple[Masked, ...]:
    """One page of who gets an edition now, masked. Raises NotFoundError, ContentError."""
    require(person, Permission.PUBLISH_ISSUES)
    check_issue(office.content, slug)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        made = plan(office, session, slug)
        if (audience, locale) not in made.editions:
            raise NotFoundError(_("Deze editie is er niet."))
        if audience not in made.by_mail:
            return page_after(_by_post(session, made, (audience, locale), part), after)
        conditions = [_speak(made.audiences[audience], [locale])]
        if made.copies is Copies.ONE:
            conditions += _not_sooner(session, made, audience)
        conditions.append(not_(has_copy(slug, audience if made.copies is Copies.EACH else "")))
        if part is Part.NEW:
            conditions.append(not_(was_sent(made.before)) if made.before else false())
        if part is Part.INSTEAD:
            conditions.append(not_(reviewing.speaks([locale])))
        return tuple(reviewing.receiving_one(session, audience, slug, conditions=conditions, after=after))


def having(office: Office, person: Person, slug: str, *, after: UUID | None = None) -> tuple[Masked, ...]:
    """One page of who has the issue by e-mail already, or gets it by a mailing that is open, masked.

    With a copy for each audience, whoever has one of them: they stand there once. Raises NotFoundError, ContentError.
    """
    require(person, Permission.PUBLISH_ISSUES)
    check_issue(office.content, slug)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        made = plan(office, session, slug)
        each = made.copies is Copies.EACH
        asked = {key: [has_copy(slug, key if each else "")] for key in made.by_mail}
        return tuple(reviewing.receiving_any(session, asked, slug, after=after))


def _by_post(session: Session, made: Plan, edition: Edition, part: Part) -> tuple[Masked, ...]:
    mine = [
        one.reader.uid
        for one in posted(session, made.slug, made.audiences, made.before)
        if (one.audience, one.locale) == edition
        and (part is not Part.NEW or one.is_new)
        and (part is not Part.INSTEAD or one.is_instead)
    ]
    return tuple(reviewing.posted_of(session, mine))


def not_getting(
    office: Office, person: Person, slug: str, why: Why, *, after: UUID | None = None
) -> tuple[Masked, ...]:
    """One page of who does not get the issue by e-mail, for one reason, addresses masked. Raises NotFoundError."""
    require(person, Permission.PUBLISH_ISSUES)
    check_issue(office.content, slug)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        return tuple(reviewing.left_out(session, plan(office, session, slug).by_mail, slug, why, after=after))


def _speak(audience: Audience, locales: list[str]) -> ColumnElement[bool]:
    """Whoever this audience writes to in one of these languages."""
    own = reviewing.speaks(locales)
    if audience.fallback not in locales:
        return own
    return or_(own, not_(reviewing.speaks(list(audience.locales))))


def _not_sooner(session: Session, made: Plan, key: str) -> list[ColumnElement[bool]]:
    """Whoever is in an audience before this one, which has an edition that goes to them, gets that."""
    sooner = []
    for other in made.by_mail:
        if other == key:
            break
        audience = made.audiences[other]
        if locales := [locale for locale in audience.locales if (other, locale) in made.goes]:
            sooner.append(not_(and_(reviewing.gets(session, other, made.slug), _speak(audience, locales))))
    return sooner
