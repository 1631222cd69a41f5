"""All readers by e-mail in numbers: per audience, who waits for a button, how many addresses are never mailed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from mailer.counted import Count
from mailer.ledger.tables import Mailing
from mailer.organisation import House
from mailer.services.office import Office, look
from mailer.services.readers.card import mailed
from staff.people import Person
from staff.permissions import Permission
from subscribers import rules
from subscribers.audience import Rule
from subscribers.tables import Membership, MembershipState, Subscriber, SubscriberState, Suppression

COUNTED = "readers of all audiences"
"""The key of this count in `Office.counts`; who changes a rule drops it."""
_LARGE = 5_000
"""Readers that are not counted anew for each look: counting them takes longer than a page may."""


@dataclass(frozen=True)
class Sized:
    """An audience in numbers. `joined` and `left` are since the last mailing of its newsletter; `still`: gets nothing
    now, because of a pause or because mail came back."""

    audience: str
    publication: str | None
    readers: int
    locales: Mapping[str, int]
    joined: int
    left: int
    still: int


@dataclass(frozen=True)
class Readers:
    """`waiting`: asked, and did not press the button yet. `barred`: addresses that are never mailed."""

    total: int
    audiences: tuple[Sized, ...]
    waiting: int
    barred: int


def readers(office: Office, person: Person) -> Count[Readers]:
    """The numbers, and when they were counted. No address and no reader."""
    with look(office, person, Permission.SEE_READERS):
        pass

    def take() -> Count[Readers]:
        with office.store.reading() as session:
            return Count(_counted(session, office.house, office.today()), office.clock())

    return office.counts.get(COUNTED, take, is_large=lambda found: found.total > _LARGE)


def publication_of_audience(house: House, audience: str) -> str | None:
    """The first newsletter that goes to an audience."""
    return next((key for key, one in house.publications.items() if audience in one.audiences), None)


def last_mailed(session: Session) -> dict[str, datetime]:
    """When the last mailing of each newsletter began."""
    began = Mailing.started_at.is_not(None), Mailing.is_correction.is_(False)
    query = select(Mailing.publication, func.max(Mailing.started_at)).where(*began).group_by(Mailing.publication)
    return {row[0]: row[1] for row in session.execute(query) if row[1] is not None}


def _counted(session: Session, house: House, day: date) -> Readers:
    audiences = mailed(house)
    publications = {one: publication_of_audience(house, one) for one in audiences}
    last = last_mailed(session)
    moved = _moved(session, {one: last[key] for one, key in publications.items() if key in last})
    getting, still = _members(session, day)
    own = {one: rule for one, rule in rules.rules_of(session, audiences).items() if rule != Rule((one,))}
    for one in own:
        getting[one], still[one] = _by_rule(session, one, day), 0
    sized = tuple(
        Sized(one, publications[one], sum(getting[one].values()), getting[one], *moved.get(one, (0, 0)), still[one])
        for one in audiences
    )
    total, waiting = _states(session)
    barred = session.scalar(select(func.count()).select_from(Suppression)) or 0
    return Readers(total, sized, waiting, barred)


def _members(session: Session, day: date) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Of each audience: its members who get mail by language, and how many do not for now."""
    gets = case((rules.receiving(day), 1), else_=0)
    query = (
        select(Membership.audience, Subscriber.locale, func.sum(gets), func.count())
        .join(Subscriber, Subscriber.uid == Membership.subscriber)
        .where(Membership.state == MembershipState.ACTIVE, Subscriber.state == SubscriberState.ACTIVE)
        .group_by(Membership.audience, Subscriber.locale)
        .order_by(Membership.audience, func.count().desc(), Subscriber.locale)
    )
    getting: dict[str, dict[str, int]] = defaultdict(dict)
    still: dict[str, int] = defaultdict(int)
    for audience, locale, count, every in session.execute(query):
        if count:
            getting[audience][locale] = int(count)
        still[audience] += every - int(count)
    return getting, still


def _by_rule(session: Session, audience: str, day: date) -> dict[str, int]:
    receives = rules.receiving(day), rules.chosen(session, audience)
    query = select(Subscriber.locale, func.count()).where(*receives).group_by(Subscriber.locale)
    rows = session.execute(query.order_by(func.count().desc(), Subscriber.locale))
    return {row[0]: int(row[1]) for row in rows}


def _moved(session: Session, since: Mapping[str, datetime]) -> dict[str, tuple[int, int]]:
    """How many joined and left each audience since a moment of its own."""
    if not since:
        return {}
    later: list[ColumnElement[bool]] = [
        and_(Membership.audience == audience, Membership.since > at) for audience, at in since.items()
    ]
    query = select(Membership.audience, Membership.state, func.count()).where(or_(*later))
    found: dict[str, tuple[int, int]] = {}
    for audience, state, count in session.execute(query.group_by(Membership.audience, Membership.state)):
        joined, left = found.get(audience, (0, 0))
        match state:
            case MembershipState.ACTIVE:
                joined += count
            case MembershipState.LEFT:
                left += count
        found[audience] = joined, left
    return found


def _states(session: Session) -> tuple[int, int]:
    """Confirmed readers, and those who did not press the button yet."""
    query = select(Subscriber.state, func.count()).group_by(Subscriber.state)
    counts: dict[str, int] = {row[0]: int(row[1]) for row in session.execute(query)}
    return counts.get(SubscriberState.ACTIVE, 0), counts.get(SubscriberState.PENDING, 0)
