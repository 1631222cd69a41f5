"""Before an issue is sent: who gets it, who does not and why, who waits; and the list behind each of these numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, not_, or_
from sqlalchemy.orm import Session

from mailer.counted import Count
from mailer.ledger.opening import decided_key, has_copy, last_before, was_sent
from mailer.organisation import Audience, Channel, Copies
from mailer.services.office import Office, look
from mailer.services.publishing.by_post import posted
from mailer.services.publishing.reach import Reach, Reached, reached
from mailer.services.translating.catalogs import check_issue
from mailer.services.writing.keys import FileKeys
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import reviewing
from subscribers.reviewing import PAGE, Masked, Why
from wording import _
from wording.errors import NotFoundError

__all__ = ["PAGE", "Masked", "Part", "Review", "Why", "having", "listed", "not_getting", "review"]
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

    Of more readers than LARGE the count is kept, with its moment. Raises NotFoundError, ContentError.
    """
    require(person, Permission.PUBLISH_ISSUES)
    check_issue(office.content, slug)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        key = f"review {slug} {FileKeys(office.content).of(slug)} {decided_key(session, slug)}"
    if anew:
        office.counts.drop(key)
    count = office.counts.get(key, lambda: _counted(office, slug), is_large=_is_large)
    found, without = count.value
    return Review(found.editions, without, found.had, found.before, count.at)


def _is_large(counted: tuple[Reached, Mapping[Why, int]]) -> bool:
    found, without = counted
    return sum(one.readers for one in found.editions) + found.had + sum(without.values()) > LARGE


def _counted(office: Office, slug: str) -> Count[tuple[Reached, Mapping[Why, int]]]:
    at = office.clock()
    with office.store.reading() as session:
        keys = _mailed(office, slug)
        return Count((reached(office, session, slug), reviewing.not_receiving(session, list(keys), slug)), at)


def listed(
    office: Office, person: Person, slug: str, *, audience: str, locale: str, part: Part = Part.ALL, skip: int = 0
) -> tuple[Masked, ...]:
    """One page of who gets an edition now, masked. Raises NotFoundError, ContentError."""
    require(person, Permission.PUBLISH_ISSUES)
    check_issue(office.content, slug)
    issue = office.content.issue(slug)[0]
    known = {key: office.house.audiences[key] for key in issue.audiences}
    if audience not in known or locale not in known[audience].locales:
        raise NotFoundError(_("Deze editie is er niet."))
    audiences, copies = _mailed(office, slug), issue.copies
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        if audience not in audiences:
            return _by_post(
                session, slug, known, last_before(session, issue.publication, slug), (audience, locale, part)
            )[skip : skip + PAGE]
        found = reached(office, session, slug)
        conditions = [_speak(audiences[audience], [locale])]
        if copies is Copies.ONE:
            conditions += _not_sooner(session, slug, audiences, audience, found)
        conditions.append(not_(has_copy(slug, audience if copies is Copies.EACH else "")))
        if part is Part.NEW:
            conditions.append(not_(was_sent(found.before)) if found.before else false())
        if part is Part.INSTEAD:
            conditions.append(not_(reviewing.speaks([locale])))
        return tuple(reviewing.receiving_one(session, audience, slug, conditions=conditions, skip=skip))


def having(office: Office, person: Person, slug: str, *, skip: int = 0) -> tuple[Masked, ...]:
    """One page of who has the issue by e-mail already, or gets it by a mailing that is open, masked.

    With a copy for each audience, whoever has one of them: they stand there once. Raises NotFoundError, ContentError.
    """
    require(person, Permission.PUBLISH_ISSUES)
    check_issue(office.content, slug)
    audiences = _mailed(office, slug)
    each = office.content.issue(slug)[0].copies is Copies.EACH
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        return tuple(
            reviewing.receiving_any(
                session, {key: [has_copy(slug, key if each else "")] for key in audiences}, slug, skip=skip
            )
        )


def _by_post(
    session: Session, slug: str, audiences: Mapping[str, Audience], before: str | None, asked: tuple[str, str, Part]
) -> tuple[Masked, ...]:
    audience, locale, part = asked
    mine = [
        one.reader.uid
        for one in posted(session, slug, audiences, before)
        if (one.audience, one.locale) == (audience, locale)
        and (part is not Part.NEW or one.is_new)
        and (part is not Part.INSTEAD or one.is_instead)
    ]
    return tuple(reviewing.posted_of(session, mine))


def not_getting(office: Office, person: Person, slug: str, why: Why, *, skip: int = 0) -> tuple[Masked, ...]:
    """One page of who does not get the issue by e-mail, for one reason, addresses masked. Raises NotFoundError."""
    require(person, Permission.PUBLISH_ISSUES)
    check_issue(office.content, slug)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        return tuple(reviewing.left_out(session, list(_mailed(office, slug)), slug, why, skip=skip))


def _mailed(office: Office, slug: str) -> dict[str, Audience]:
    keys = office.content.issue(slug)[0].audiences
    found = {key: office.house.audiences[key] for key in keys}
    return {key: one for key, one in found.items() if one.channel is not Channel.POST}


def _speak(audience: Audience, locales: list[str]) -> ColumnElement[bool]:
    """Whoever this audience writes to in one of these languages."""
    own = reviewing.speaks(locales)
    if audience.fallback not in locales:
        return own
    return or_(own, not_(reviewing.speaks(list(audience.locales))))


def _not_sooner(
    session: Session, slug: str, audiences: Mapping[str, Audience], key: str, found: Reached
) -> list[ColumnElement[bool]]:
    """Whoever is in an audience before this one, which has an edition that goes to them, gets that."""
    goes = {(one.audience, one.locale) for one in found.editions if not one.waits}
    sooner = []
    for other, audience in audiences.items():
        if other == key:
            break
        if locales := [locale for locale in audience.locales if (other, locale) in goes]:
            sooner.append(not_(and_(reviewing.gets(session, other, slug), _speak(audience, locales))))
    return sooner
