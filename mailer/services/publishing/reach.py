"""Who would get an issue now, in numbers: per edition, without those who have it or get it already."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from mailer.ledger import opening
from mailer.organisation import Channel, Copies
from mailer.services.office import Office, look
from mailer.services.translating.release import releases
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.repository import addressees_of, readers_of


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
    counted: dict[tuple[str, str], int] = {}
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        released = releases(office.content, session, issue, document)
        had = opening.readers_with(session, slug)
        seen: set[UUID] = set()
        for key in issue.audiences:
            audience = office.house.audiences[key]
            on_paper = audience.channel is Channel.POST
            own = issue.copies is Copies.EACH and not on_paper
            found = addressees_of(session, key) if on_paper else readers_of(session, key, issue=slug)
            goes = [one for one in audience.locales if not (one in released and released[one].held)]
            counted |= {(key, locale): 0 for locale in goes}
            for one in found:
                locale = audience.locale_for(one.locale)
                if locale not in goes or (one.uid, key if own else "") in had or (not own and one.uid in seen):
                    continue
                seen.add(one.uid)
                counted[key, locale] += 1
    return tuple(
        Reach(key, locale, office.house.audiences[key].channel is Channel.POST, count)
        for (key, locale), count in counted.items()
    )
