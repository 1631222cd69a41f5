"""Whether everyone has an issue: who does not, and why, when publishing finds no one new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from mailer.issue import Issue
from mailer.ledger.reached import Counted, counted
from mailer.ledger.states import OPEN, DeliveryState, MailingState
from mailer.organisation import Channel, House
from mailer.services.office import Office, look
from mailer.services.translating.release import releases
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.repository import addressees_of, alike


@dataclass(frozen=True)
class Going:
    """A mailing of the issue in which readers still wait: for a relay (`mails`) or for the postal desk (`letters`)."""

    mailing: int
    state: MailingState
    mails: int
    letters: int


@dataclass(frozen=True)
class Reached:
    """How the readers of an issue are."""

    empty: tuple[str, ...]
    """The audiences without a single reader."""
    held: tuple[str, ...]
    """The languages that are held back while readers wait for them."""
    going: tuple[Going, ...]
    missed: dict[int, int]
    """By mailing: how many did not get it, and will not by themselves."""
    got: int

    @property
    def everyone(self) -> bool:
        """Everyone who is to have it has it."""
        return bool(self.got) and not (self.held or self.going or self.missed)


def reached(office: Office, person: Person, slug: str) -> Reached:
    """How the readers of an issue are. Raises NotAllowedError, NotFoundError, ContentError."""
    require(person, Permission.PUBLISH_ISSUES)
    issue, document = office.content.issue(slug)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        waits = [locale for locale, one in releases(office.content, session, issue, document).items() if one.held]
        readers = _readers(session, office.house, issue)
        found = counted(session, slug)
    missed: Counter[int] = Counter()
    for one in found:
        if one.state not in OPEN | {DeliveryState.ACCEPTED}:
            missed[one.mailing] += one.count
    return Reached(
        empty=tuple(key for key in issue.audiences if not readers[key]),
        held=tuple(locale for locale in waits if any(readers[key][locale] for key in issue.audiences)),
        going=tuple(_going(found)),
        missed=dict(missed),
        got=sum(one.count for one in found if one.state is DeliveryState.ACCEPTED),
    )


def _readers(session: Session, house: House, issue: Issue) -> dict[str, Counter[str]]:
    """By audience: how many readers get it in each language. Those by e-mail are counted by the database."""
    found = {key: Counter[str]() for key in issue.audiences}
    by_mail = [key for key in issue.audiences if house.audiences[key].channel is Channel.EMAIL]
    for group in alike(session, by_mail, issue=issue.slug):
        for key, is_in in zip(by_mail, group.is_in, strict=True):
            if is_in:
                found[key][house.audiences[key].locale_for(group.locale)] += group.count
    for key in issue.audiences:
        if house.audiences[key].channel is Channel.POST:
            found[key].update(house.audiences[key].locale_for(one.locale) for one in addressees_of(session, key))
    return found


def _going(found: list[Counted]) -> Iterator[Going]:
    waiting = [one for one in found if one.state in OPEN]
    for mailing in dict.fromkeys(one.mailing for one in waiting):
        mine = [one for one in waiting if one.mailing == mailing]
        mails, letters = (
            sum(one.count for one in mine if one.channel is each) for each in (Channel.EMAIL, Channel.POST)
        )
        yield Going(mailing, mine[0].mailing_state, mails, letters)
