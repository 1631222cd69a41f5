"""One reader on one page: why they get what they get, what they agreed to, what went to them, and what bars them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from database import audit
from mailer.ledger.answers import Found, deliveries_to
from mailer.organisation import Channel, House
from mailer.services.office import Office, deed
from mailer.services.readers.lookup import reader_by
from mailer.services.readers.people import Consent, consent_of
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import rules
from subscribers.address import address_from
from subscribers.evidence import proof
from subscribers.repository import address_of, subscriber_with
from subscribers.suppression import reason_for
from subscribers.tables import Membership, Subscriber, Suppression
from wording import Text, _
from wording.errors import NotFoundError

MOST = 50
"""Deliveries on the page, the newest; the command line has them all."""


@dataclass(frozen=True)
class Barred:
    """An address that is never mailed: why (`subscribers.consent.SuppressedBecause`), and since when."""

    reason: str
    at: datetime


@dataclass(frozen=True)
class Sought:
    """What is known of an address that was typed. `uid`: of the reader, if there is one."""

    masked: str
    uid: UUID | None
    barred: Barred | None


@dataclass(frozen=True)
class InAudience:
    """A reader and one audience by e-mail. `state` and `since` are of their membership; None for one never joined."""

    audience: str
    receives: bool
    reasons: tuple[Text, ...]
    state: str | None
    since: datetime | None


@dataclass(frozen=True)
class Card:
    """A reader. `masked` is "" for one who left, whose address is gone."""

    uid: UUID
    masked: str
    state: str
    locale: str
    region: str | None
    role: str | None
    since: datetime
    paused_until: date | None
    bouncing: bool
    barred: Barred | None
    audiences: tuple[InAudience, ...]
    consent: tuple[Consent, ...]
    deliveries: tuple[Found, ...] = field(repr=False)


def find(office: Office, person: Person, email: str) -> Sought:
    """What is known of exactly this address; the search is in the audit trail, also when it finds no one.

    Raises AddressError.
    """
    require(person, Permission.SEE_READERS)
    address = address_from(email)
    with deed(office, person, Permission.SEE_READERS) as session:
        row = subscriber_with(session, address)
        audit.record(session, audit.Event.SEARCH, person.uid, row.uid if row else None)
        barred = reason_for(session, address)
        return Sought(address.masked, row.uid if row else None, _barred(barred))


def card(office: Office, person: Person, uid: UUID | None) -> Card:
    """All that staff see of a reader; that they looked is in the audit trail. Raises NotFoundError."""
    require(person, Permission.SEE_READERS)
    with deed(office, person, Permission.SEE_READERS) as session:
        row = reader_by(session, uid or UUID(int=0))
        audit.record(session, audit.Event.VIEW_ONE, person.uid, row.uid)
        address = address_of(session, row)
        barred = session.get(Suppression, row.address_index)
        return Card(
            uid=row.uid,
            masked=address_from(address).masked if address else "",
            state=row.state,
            locale=row.locale,
            region=row.region,
            role=row.role,
            since=row.created_at,
            paused_until=row.paused_until if row.paused_until and row.paused_until > office.today() else None,
            bouncing=row.bouncing,
            barred=_barred(barred),
            audiences=_audiences(session, row, mailed(office.house), office.today()),
            consent=tuple(map(consent_of, reversed(proof(session, row.uid)))),
            deliveries=tuple(deliveries_to(session, [row.uid], MOST)),
        )


def address(office: Office, person: Person, uid: UUID | None) -> str:
    """The whole address of one reader; that someone looked is in the audit trail.

    Raises NotFoundError, also for one who left.
    """
    with deed(office, person, Permission.DISCLOSE_READERS) as session:
        row = reader_by(session, uid or UUID(int=0))
        audit.record(session, audit.Event.VIEW_ONE, person.uid, row.uid, detail={"address": True})
        whole = address_of(session, row)
    if whole is None:
        raise NotFoundError(_("Deze lezer is weg; het adres is gewist."))
    return whole


def mailed(house: House) -> list[str]:
    """The audiences by e-mail, in the order of the settings."""
    return [key for key, one in house.audiences.items() if one.channel is Channel.EMAIL]


def _barred(row: Suppression | None) -> Barred | None:
    return None if row is None else Barred(row.reason, row.at)


def _audiences(session: Session, row: Subscriber, audiences: Sequence[str], day: date) -> tuple[InAudience, ...]:
    """Those that the reader gets or ever joined first."""
    joined = {one.audience: one for one in session.scalars(select(Membership).where(Membership.subscriber == row.uid))}
    answers = rules.why_each(session, row, audiences, day)
    found = []
    for audience in audiences:
        receives, reasons = answers[audience]
        own = joined.get(audience)
        found.append(
            InAudience(audience, receives, tuple(reasons), own.state if own else None, own.since if own else None)
        )
    return tuple(sorted(found, key=lambda one: (not one.receives, one.state is None)))
