"""Who would get an issue now, in numbers: per edition, without those who have it or get it already."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from mailer.ledger.opening import has_copy, readers_with
from mailer.organisation import Audience, Channel, Copies
from mailer.services.office import Office, look
from mailer.services.translating.release import releases
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.repository import addressees_of, alike

_Edition = tuple[str, str]
"""An audience and a locale."""


@dataclass(frozen=True)
class Reach:
    """How many readers of one audience get the edition of one language."""

    audience: str
    locale: str
    on_paper: bool
    readers: int


def reach(office: Office, person: Person, slug: str) -> tuple[Reach, ...]:
    """The readers of each edition that may go out, in the order of the audiences.

    A reader of two audiences counts in the first, unless the issue gives a copy for each. Raises ContentError.
    """
    require(person, Permission.PUBLISH_ISSUES)
    issue, document = office.content.issue(slug)
    audiences = {key: office.house.audiences[key] for key in issue.audiences}
    counted: dict[tuple[str, str], int] = {}
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        released = releases(office.content, session, issue, document)
        for key, audience in audiences.items():
            goes = [one for one in audience.locales if not (one in released and released[one].held)]
            counted |= {(key, locale): 0 for locale in goes}
        for edition, count in _by_mail(session, slug, audiences, counted, copies=issue.copies):
            counted[edition] += count
        for edition in _by_post(session, slug, audiences, counted):
            counted[edition] += 1
    return tuple(
        Reach(key, locale, audiences[key].channel is Channel.POST, count) for (key, locale), count in counted.items()
    )


def _by_mail(
    session: Session, slug: str, audiences: Mapping[str, Audience], goes: Container[_Edition], *, copies: Copies
) -> Iterator[tuple[_Edition, int]]:
    """Counted by the database: an organisation may have 100,000 readers."""
    keys = [key for key, audience in audiences.items() if audience.channel is not Channel.POST]
    each = copies is Copies.EACH
    had = [has_copy(slug, key) for key in keys] if each else [has_copy(slug, "")]
    for group in alike(session, keys, issue=slug, marks=had if keys else ()):
        for at, key in enumerate(keys):
            edition = key, audiences[key].locale_for(group.locale)
            if group.is_in[at] and edition in goes and not group.marks[at if each else 0]:
                yield edition, group.count
                if not each:
                    break


def _by_post(
    session: Session, slug: str, audiences: Mapping[str, Audience], goes: Container[_Edition]
) -> Iterator[_Edition]:
    keys = [key for key, audience in audiences.items() if audience.channel is Channel.POST]
    seen = {reader for reader, copy in readers_with(session, slug) if not copy} if keys else set()
    for key in keys:
        for one in addressees_of(session, key):
            edition = key, audiences[key].locale_for(one.locale)
            if edition in goes and one.uid not in seen:
                seen.add(one.uid)
                yield edition
