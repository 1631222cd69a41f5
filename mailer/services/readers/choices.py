"""Preferences and leaving: doors for the public pages, for anyone who holds a link of a newsletter.

The link gets forwarded with the newsletter, so these do nothing that harms its owner for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.retrying import retried
from mailer.ledger.opening import last_before
from mailer.organisation import House
from mailer.services.notices.letters import send_manage_link
from mailer.services.office import Office
from mailer.services.readers.joining import agreed, link_over
from mailer.services.readers.lookup import check_offered
from mailer.services.readers.offers import offers_in
from subscribers import managing, services
from subscribers.address import address_from
from subscribers.consent import Choice, Evidence
from subscribers.locking import lock_reader
from subscribers.repository import address_of, memberships, reader_by_id
from subscribers.rules import parity
from subscribers.tables import Membership, MembershipState, Subscriber, SubscriberState
from subscribers.tokens import Claim, Purpose, claim_from
from wording import _
from wording.errors import InvalidInputError

LONGEST_PAUSE = timedelta(days=366)
SOURCE = "preferences"


@dataclass(frozen=True)
class Preferences:
    """What the page shows of a reader; never the whole address."""

    locale: str
    masked: str
    audiences: tuple[str, ...]
    paused_until: date | None
    every_second: tuple[str, ...] = ()
    """The audiences of which they get every second issue."""


@dataclass(frozen=True)
class Chosen:
    """What stood in the form."""

    audiences: tuple[str, ...]
    locale: str
    paused_until: date | None = None
    every_second: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leaver:
    """Whose link it is: their language (None: erased), and the publication the mail was of (None: it is no more)."""

    locale: str | None
    publication: str | None


def preferences(office: Office, token: str) -> Preferences | None:
    """What a reader chose; None for one who is no reader any more. Raises NotFoundError for a link that is not ours."""
    claim = _claim(office, Purpose.PREFERENCES, token)
    with office.store.reading() as session:
        row = _reader(session, claim)
        return None if row is None else _shown(session, row)


@retried
def choose(office: Office, token: str, chosen: Chosen) -> Preferences | None:
    """Keep what a reader chose, and show it; None, and nothing kept, for one who is no reader any more.

    Raises NotFoundError for a link that is not ours, InvalidInputError for a choice that is not offered.
    """
    claim = _claim(office, Purpose.PREFERENCES, token)
    with office.store.transaction() as session:
        row = _reader(session, claim, hold=True)
        if row is None:
            return None
        _check(session, office, row, chosen)
        evidence = Evidence(SOURCE, agreed(office.house, _locale(office.house, row)))
        services.change(session, row.uid, Choice(chosen.audiences, chosen.locale), evidence)
        services.every_second(session, row.uid, _parities(session, office, row, chosen))
        if chosen.audiences and chosen.paused_until != row.paused_until:
            services.pause(session, row.uid, chosen.paused_until, SOURCE)
        row = _reader(session, claim)
        return None if row is None else _shown(session, row)


@retried
def mail_link(office: Office, token: str) -> Preferences | None:
    """Mail a reader the link to what is kept of them, unless they have one that works.

    None for one who is no reader any more. Raises NotFoundError for a link that is not ours.
    """
    claim = _claim(office, Purpose.PREFERENCES, token)
    with office.store.transaction() as session:
        row = _reader(session, claim, hold=True)
        if row is None:
            return None
        fresh = managing.link_for(session, row.uid)
        if fresh is not None:
            lang = _locale(office.house, row)
            send_manage_link(session, office.house, lang, address_of(session, row) or "", fresh)
        shown = _shown(session, row)
    if fresh is not None:
        office.bell.ring_for_mail()
    return shown


def leaver(office: Office, token: str) -> Leaver:
    """Whose link it is; nothing is changed. Raises NotFoundError for a link that is not ours."""
    claim = _claim(office, Purpose.UNSUBSCRIBE, token)
    with office.store.reading() as session:
        row = reader_by_id(session, claim.subject)
        locale = None if row is None else _locale(office.house, row)
    return Leaver(locale, claim.scope if claim.scope in office.house.publications else None)


@retried
def leave(office: Office, token: str, *, source: str, everything: bool = False) -> None:
    """Leave the newsletter the mail was of, or everything. Twice is no error, nor is a reader who was erased.

    Raises NotFoundError for a link that is not ours.
    """
    claim = _claim(office, Purpose.UNSUBSCRIBE, token)
    publication = office.house.publications.get(claim.scope)
    audiences = publication.audiences if publication and not everything else None
    with office.store.transaction() as session:
        services.leave(session, claim.subject, source, audiences)


def _claim(office: Office, purpose: Purpose, token: str) -> Claim:
    claim = claim_from(office.keys, purpose, token)
    if claim is None:
        raise link_over()
    return claim


def _reader(session: Session, claim: Claim, *, hold: bool = False) -> Subscriber | None:
    row = lock_reader(session, claim.subject) if hold else reader_by_id(session, claim.subject)
    return row if row is not None and row.state == SubscriberState.ACTIVE else None


def _check(session: Session, office: Office, row: Subscriber, chosen: Chosen) -> None:
    """What is not public can be kept by whoever is in it, and not chosen anew."""
    today, until = office.today(), chosen.paused_until
    if until is not None and not today < until <= today + LONGEST_PAUSE:
        raise InvalidInputError(_("Kies een dag in het komende jaar."))
    active = {name for name, state in memberships(session, row.uid).items() if state == MembershipState.ACTIVE}
    hidden = {key for key, one in offers_in(session, office.house).items() if not one.is_public}
    check_offered(office.house, chosen.audiences, chosen.locale, hidden - active)


def _parities(session: Session, office: Office, row: Subscriber, chosen: Chosen) -> dict[str, int | None]:
    """For each audience of a two-weekly newsletter: all of its issues, or those as the one after the next.

    What was chosen before stays as it is, or saving the page twice would turn it around.
    """
    mine = select(Membership.audience, Membership.only_parity).where(Membership.subscriber == row.uid)
    kept = {one[0]: one[1] for one in session.execute(mine)}
    found: dict[str, int | None] = {}
    for key, one in offers_in(session, office.house).items():
        if key not in chosen.every_second or not one.two_weekly:
            found[key] = None
        elif kept.get(key) is not None:
            found[key] = kept[key]
        else:
            last = last_before(session, one.publication or "", "")
            found[key] = (parity(last) if last else None) or 0
    return found


def _locale(house: House, row: Subscriber) -> str:
    return row.locale if row.locale in house.locales else house.source_locale


def _shown(session: Session, row: Subscriber) -> Preferences:
    states = memberships(session, row.uid)
    return Preferences(
        row.locale,
        address_from(address_of(session, row) or "").masked,
        tuple(name for name, state in states.items() if state == MembershipState.ACTIVE),
        row.paused_until,
        tuple(sorted(_seconds(session, row))),
    )


def _seconds(session: Session, row: Subscriber) -> list[str]:
    mine = Membership.subscriber == row.uid, Membership.only_parity.is_not(None)
    return list(session.scalars(select(Membership.audience).where(*mine)))
