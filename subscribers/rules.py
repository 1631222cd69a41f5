"""Who belongs to an audience: its rule, the picks for one issue, how many that are, and why somebody is in or out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, or_, select, update
from sqlalchemy.orm import Session

from subscribers.audience import Rule, Traits, refusal
from subscribers.tables import AudienceRule, Membership, MembershipState, Pick, Subscriber, SubscriberState, Suppression
from wording import Text, _


def rule_of(session: Session, audience: str) -> Rule:
    """The rule of an audience; without one it is its members."""
    row = session.get(AudienceRule, audience)
    return Rule(**{part: tuple(values) for part, values in row.rule.items()}) if row else Rule((audience,))


def rules_of(session: Session, audiences: Collection[str]) -> dict[str, Rule]:
    """As `rule_of`, of several audiences in one query."""
    rows = session.scalars(select(AudienceRule).where(AudienceRule.audience.in_(audiences)))
    own = {row.audience: Rule(**{part: tuple(values) for part, values in row.rule.items()}) for row in rows}
    return {audience: own.get(audience, Rule((audience,))) for audience in audiences}


def set_rule(session: Session, audience: str, rule: Rule) -> None:
    """Give an audience another rule."""
    parts = {part: list(values) for part, values in asdict(rule).items()}
    session.merge(AudienceRule(audience=audience, rule=parts))
    session.flush()


def pick(session: Session, issue: str, audience: str, uid: UUID, included: bool | None) -> None:
    """Let one reader get (True) or not get (False) one issue, whatever the rule says; None takes that back."""
    row = session.get(Pick, (issue, audience, uid))
    if included is None:
        if row is not None:
            session.delete(row)
    else:
        session.merge(Pick(issue_slug=issue, audience=audience, subscriber=uid, included=included))
    session.flush()


def picks(session: Session) -> dict[str, dict[str, int]]:
    """How many readers were picked in or out, by issue and audience."""
    counted = select(Pick.issue_slug, Pick.audience, func.count()).group_by(Pick.issue_slug, Pick.audience)
    found: dict[str, dict[str, int]] = {}
    for issue, audience, count in session.execute(counted):
        found.setdefault(issue, {})[audience] = count
    return found


def drop_picks(session: Session, issue: str) -> None:
    """The issue is no more."""
    session.execute(delete(Pick).where(Pick.issue_slug == issue))


def move_picks(session: Session, old: str, new: str) -> None:
    """The issue has another name."""
    drop_picks(session, new)
    session.execute(update(Pick).where(Pick.issue_slug == old).values(issue_slug=new))


def matches(rule: Rule) -> ColumnElement[bool]:
    """The rule as a condition on subscribers; it says the same as `audience.belongs`.

    Asked per reader: a claim of a hundred deliveries must not read the memberships of a million others.
    """
    member = Membership.subscriber == Subscriber.uid, Membership.audience.in_(rule.members_of)
    parts: list[ColumnElement[bool]] = [exists().where(*member, Membership.state == MembershipState.ACTIVE)]
    for column, wanted in (
        (Subscriber.locale, rule.locales),
        (Subscriber.region, rule.regions),
        (Subscriber.role, rule.roles),
    ):
        if wanted:
            parts.append(column.in_(wanted))
    return and_(*parts)


def parity(issue: str) -> int | None:
    """Whether the number of an issue is even (0) or odd (1); None for one that ends in no number."""
    number = issue.rpartition("-")[2]
    return int(number) % 2 if number.isascii() and number.isdigit() and len(number) < 10 else None


def skips(audience: str, issue: str) -> ColumnElement[bool] | None:
    """Whoever chose every second issue of this audience, and this is not one of theirs; None where no one can have.

    By the number of the issue (decision 162): the same before a mailing, at its opening and at each claim.
    """
    own = parity(issue)
    if own is None:
        return None
    mine = Membership.subscriber == Subscriber.uid, Membership.audience == audience
    return exists().where(*mine, Membership.only_parity.is_not(None), Membership.only_parity != own)


def skipping(audiences: Collection[str], issue: str, reader: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Is a member of one of these who chose every second issue, and this is not one of theirs."""
    own = parity(issue)
    if own is None:
        return false()
    mine = Membership.subscriber == reader, Membership.audience.in_(audiences)
    active = Membership.state == MembershipState.ACTIVE
    return exists().where(*mine, active, Membership.only_parity.is_not(None), Membership.only_parity != own)


def chosen(session: Session, audience: str, issue: str | None = None) -> ColumnElement[bool]:
    """The rule without those who skip `issue`, with who was picked for it put in and who was picked out left out."""
    if issue is None:
        return matches(rule_of(session, audience))
    rule, skipped = matches(rule_of(session, audience)), skips(audience, issue)
    if skipped is not None:
        rule = and_(rule, ~skipped)
    mine = select(Pick.subscriber).where(Pick.audience == audience, Pick.issue_slug == issue)
    included, excluded = mine.where(Pick.included), mine.where(Pick.included.is_(False))
    return and_(or_(rule, Subscriber.uid.in_(included)), Subscriber.uid.not_in(excluded))


def receiving(day: date) -> ColumnElement[bool]:
    """Whoever may be mailed at all on this day, whatever the audience."""
    return and_(
        Subscriber.state == SubscriberState.ACTIVE,
        Subscriber.bouncing.is_(False),
        Subscriber.address.is_not(None),
        or_(Subscriber.paused_until.is_(None), Subscriber.paused_until <= day),
        ~exists().where(Suppression.address_index == Subscriber.address_index),
    )


def traits_of(session: Session, row: Subscriber) -> Traits:
    """What a rule may look at."""
    active = Membership.subscriber == row.uid, Membership.state == MembershipState.ACTIVE
    audiences = session.scalars(select(Membership.audience).where(*active))
    return Traits(frozenset(audiences), row.locale, row.region, row.role)


def why_each(
    session: Session, row: Subscriber, audiences: Collection[str], day: date
) -> dict[str, tuple[bool, list[Text]]]:
    """As `why`, for the next mailing to each of these audiences, in as many queries however many they are."""
    against, traits = _barred(session, row, day), traits_of(session, row)
    found: dict[str, tuple[bool, list[Text]]] = {}
    for audience, rule in rules_of(session, audiences).items():
        left_out = refusal(rule, traits)
        reasons = against if left_out is None else [*against, left_out]
        found[audience] = (False, reasons) if reasons else (True, [_fits(rule)])
    return found


def why(session: Session, row: Subscriber, audience: str, issue: str | None, day: date) -> tuple[bool, list[Text]]:
    """Whether this reader gets the next mailing (or this issue), and every reason for the answer."""
    against = [*_barred(session, row, day)]
    rule = rule_of(session, audience)
    left_out = refusal(rule, traits_of(session, row))
    picked = session.get(Pick, (issue, audience, row.uid)) if issue else None
    if left_out is None and issue and _skips(session, row, audience, issue):
        left_out = _("koos om het andere nummer, en dit is er geen van")
    if picked is not None and not picked.included:
        against.append(_("is voor dit nummer weggelaten"))
    elif picked is not None:
        left_out = None
    if left_out is not None:
        against.append(left_out)
    if against:
        return False, against
    if picked is not None:
        return True, [_("is voor dit nummer toegevoegd")]
    return True, [_fits(rule)]


def _skips(session: Session, row: Subscriber, audience: str, issue: str) -> bool:
    own = session.get(Membership, (row.uid, audience))
    return own is not None and own.only_parity is not None and parity(issue) not in {None, own.only_parity}


def _fits(rule: Rule) -> Text:
    return _("past bij de regel: lid van {audiences}", audiences=", ".join(rule.members_of))


def _barred(session: Session, row: Subscriber, day: date) -> list[Text]:
    found = []
    if row.state == SubscriberState.PENDING:
        found.append(_("heeft de aanmelding nog niet bevestigd"))
    if row.state == SubscriberState.LEFT:
        found.append(_("heeft zich afgemeld"))
    if row.bouncing:
        found.append(_("is stilgezet: de mail kwam terug"))
    if row.paused_until and row.paused_until > day:
        found.append(_("heeft pauze tot {day}", day=row.paused_until))
    if session.get(Suppression, row.address_index) is not None and row.state == SubscriberState.ACTIVE:
        found.append(_("staat op de lijst van adressen die we niet mailen"))
    return found
