"""One audience on one page: its rule and whom another would take in, its readers in numbers, its picks, its offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from mailer.organisation import Channel
from mailer.services.office import Office, look
from mailer.services.readers.lookup import check_audiences, check_locale
from mailer.services.readers.offers import Offer, offer_in
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import growing, reviewing, rules
from subscribers.audience import Rule
from subscribers.growing import Growth, Weighed
from subscribers.tables import Pick, Subscriber
from wording import _
from wording.errors import InvalidInputError

MONTHS = 12
"""Points of the drawing of a year."""
NAMED = 20
"""Readers who would lose a newsletter and are named one by one, masked; more is a number."""


@dataclass(frozen=True)
class Picked:
    """A reader who gets one issue, or does not, whatever the rule says. `address` is masked."""

    uid: UUID
    issue: str
    address: str
    included: bool


@dataclass(frozen=True)
class AudiencePage:
    """`moments`: the starts of months of `growth.sizes`, the last of which is now. `regions` and `roles`: that readers
    have."""

    audience: str
    readers: Mapping[str, int]
    rule: Rule
    offer: Offer
    growth: Growth
    moments: tuple[datetime, ...]
    picks: tuple[Picked, ...]
    regions: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Tried:
    """What a rule would do. `losing`: the masked addresses of those who would get nothing more, if they are few."""

    counts: Weighed
    losing: tuple[str, ...]


def seen(office: Office, person: Person, audience: str) -> AudiencePage:
    """All of it. Raises NotFoundError for an audience that is not there, or is not mailed."""
    require(person, Permission.SEE_READERS)
    check_audiences(office.house, [audience], Channel.EMAIL)
    moments = _moments(office)
    with look(office, person, Permission.SEE_READERS) as session:
        rule = rules.rule_of(session, audience)
        getting = select(Subscriber.locale, func.count()).where(rules.receiving(office.today()), rules.matches(rule))
        rows = session.execute(getting.group_by(Subscriber.locale).order_by(func.count().desc(), Subscriber.locale))
        readers = {row[0]: int(row[1]) for row in rows}
        picked = list(session.scalars(select(Pick).where(Pick.audience == audience).order_by(Pick.issue_slug)))
        masked = reviewing.masked_of(session, [one.subscriber for one in picked])
        regions, roles = growing.traits(session)
        return AudiencePage(
            audience=audience,
            readers=readers,
            rule=rule,
            offer=offer_in(session, office.house, audience),
            growth=growing.growth(session, audience, moments),
            moments=moments,
            picks=tuple(
                Picked(one.subscriber, one.issue_slug, masked.get(one.subscriber, ""), one.included) for one in picked
            ),
            regions=tuple(sorted({*regions, *rule.regions})),
            roles=tuple(sorted({*roles, *rule.roles})),
        )


def tried(office: Office, person: Person, audience: str, rule: Rule) -> Tried:
    """What this rule would do; nothing is changed. Raises NotFoundError, InvalidInputError for one without members."""
    require(person, Permission.CHANGE_AUDIENCES)
    check_rule(office, audience, rule)
    day = office.today()
    with look(office, person, Permission.CHANGE_AUDIENCES) as session:
        counts = growing.weigh(session, audience, rule, day)
        named: tuple[str, ...] = ()
        if 0 < counts.losing <= NAMED:
            lost = growing.losing(rules.chosen(session, audience), rule, day)
            uids = list(session.scalars(select(Subscriber.uid).where(lost).order_by(Subscriber.uid)))
            named = tuple(sorted(reviewing.masked_of(session, uids).values()))
    return Tried(counts, named)


def check_rule(office: Office, audience: str, rule: Rule) -> None:
    """Raises NotFoundError for an audience or a language that is not there, InvalidInputError without members."""
    check_audiences(office.house, [audience, *rule.members_of], Channel.EMAIL)
    for code in rule.locales:
        check_locale(office.house, code)
    if not rule.members_of:
        raise InvalidInputError(_("Kies minstens één doelgroep waarvan iemand lid moet zijn."))


def _moments(office: Office) -> tuple[datetime, ...]:
    """The starts of this month and of the eleven before it, by the clock of the organisation."""
    first = office.today().replace(day=1)
    months = [first.year * 12 + first.month - 1 - back for back in range(MONTHS - 1)]
    zone = ZoneInfo(office.house.time_zone)
    return tuple(datetime(month // 12, month % 12 + 1, 1, tzinfo=zone) for month in reversed(months))
