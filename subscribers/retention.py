"""What is kept too long goes: a list of rules, each with what it finds and what it does. Run daily; looked at any time.

The times are those of the register of processing; `at` is a parameter, so that a test can let a year pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from database import audit
from database.audit import AuditRow
from database.onetime import OneTime
from subscribers.addressee import SuspendedBecause
from subscribers.chunks import chunks
from subscribers.consent import SuppressedBecause
from subscribers.postal import suspend_addressee
from subscribers.rights import erase_addressee
from subscribers.tables import (
    AddresseeRow,
    AddresseeState,
    Asked,
    Bounce,
    ConsentEvent,
    Subscriber,
    SubscriberState,
    Suppression,
    Tombstone,
)
from wording import Text, _

UNCONFIRMED = timedelta(hours=72)
POST_WARNED, POST_SUSPENDED, POST_ERASED = timedelta(days=30), timedelta(days=60), timedelta(days=90)
"""Since somebody was last heard from: on the desk's list, no longer printed, erased."""
RETURNED_ERASED = timedelta(days=14)
"""After an envelope came back or somebody is known to have left."""
BOUNCE_BARS = timedelta(days=365)
EVIDENCE = timedelta(days=1827)
"""Five years; the trigger of the first migration holds the same number."""
MONTH, QUARTER = timedelta(days=30), timedelta(days=90)

Found = Sequence[Any]


@dataclass(frozen=True)
class Rule:
    """One kind of thing that is kept for a time."""

    name: str
    what: Text
    find: Callable[[Session, datetime], Found]
    act: Callable[[Session, Found, datetime], None]


@dataclass(frozen=True)
class Kept:
    """How much a rule found, and did away with unless it was a dry run."""

    name: str
    what: Text
    count: int


def run(session: Session, at: datetime, *, dry: bool = False) -> list[Kept]:
    """Apply every rule as of `at`, in the caller's transaction; a dry run only counts."""
    done = []
    for rule in RULES:
        found = rule.find(session, at)
        if found and not dry:
            rule.act(session, found, at)
        done.append(Kept(rule.name, rule.what, len(found)))
    if not dry and any(one.count for one in done):
        counts = {one.name: one.count for one in done if one.count}
        audit.record(session, audit.Event.ERASE, "retention", detail=counts)
    return done


def to_confirm(session: Session, at: datetime) -> list[UUID]:
    """Addressees whom somebody should ask whether they are still there, before the post stops."""
    day = (at - POST_WARNED).date()
    active = AddresseeRow.state == AddresseeState.ACTIVE
    return list(session.scalars(select(AddresseeRow.uid).where(active, AddresseeRow.confirmed_on <= day)))


def _older(column: Any, age: timedelta, *conditions: Any) -> Callable[[Session, datetime], Found]:
    table = column.class_
    key = next(iter(table.__table__.primary_key.columns))

    def find(session: Session, at: datetime) -> Found:
        return list(session.scalars(select(key).where(column < at - age, *conditions)))

    return find


def _delete(column: Any) -> Callable[[Session, Found, datetime], None]:
    def act(session: Session, found: Found, _at: datetime) -> None:
        for some in chunks(found):
            session.execute(delete(column.class_).where(column.in_(some)))

    return act


def _unheard(session: Session, at: datetime) -> Found:
    day = (at - POST_SUSPENDED).date()
    active = AddresseeRow.state == AddresseeState.ACTIVE
    return list(session.scalars(select(AddresseeRow.uid).where(active, AddresseeRow.confirmed_on <= day)))


def _suspend(session: Session, found: Found, at: datetime) -> None:
    for uid in found:
        suspend_addressee(session, uid, SuspendedBecause.UNCONFIRMED, at.date())


def _gone(session: Session, at: datetime) -> Found:
    unheard = AddresseeRow.confirmed_on <= (at - POST_ERASED).date()
    returned = AddresseeRow.suspended_because != SuspendedBecause.UNCONFIRMED
    since = AddresseeRow.suspended_on <= (at - RETURNED_ERASED).date()
    return list(session.scalars(select(AddresseeRow.uid).where(unheard | (returned & since))))


def _erase(session: Session, found: Found, _at: datetime) -> None:
    for uid in found:
        erase_addressee(session, uid, "retention")


def _old_evidence(session: Session, at: datetime) -> Found:
    """All of somebody's at once, five years after the last: the first may be much older, and mail was sent on it."""
    still = select(Subscriber.uid).where(Subscriber.state != SubscriberState.LEFT)
    old = ConsentEvent.subject.not_in(_heard_from(at)), ConsentEvent.subject.not_in(still)
    return list(session.scalars(select(ConsentEvent.id).where(*old)))


def _long_gone(session: Session, at: datetime) -> Found:
    left = Subscriber.state == SubscriberState.LEFT, Subscriber.created_at < at - EVIDENCE
    return list(session.scalars(select(Subscriber.uid).where(*left, Subscriber.uid.not_in(_heard_from(at)))))


def _heard_from(at: datetime) -> Select[UUID]:
    """Of whom something was written down within five years."""
    return select(ConsentEvent.subject).where(ConsentEvent.at >= at - EVIDENCE)


def _old_bounces(session: Session, at: datetime) -> Found:
    return session.execute(select(Bounce.subscriber, Bounce.issue_slug).where(Bounce.at < at - QUARTER)).all()


def _forget_bounces(session: Session, _found: Found, at: datetime) -> None:
    session.execute(delete(Bounce).where(Bounce.at < at - QUARTER))


def _prune(session: Session, _found: Found, at: datetime) -> None:
    audit.prune(session, at - audit.RETENTION)


RULES = (
    Rule(
        "unconfirmed",
        _("aanmeldingen die niemand bevestigde (72 uur)"),
        _older(Subscriber.created_at, UNCONFIRMED, Subscriber.state == SubscriberState.PENDING),
        _delete(Subscriber.uid),
    ),
    Rule(
        "links",
        _("eenmalige links (24 uur na afloop)"),
        _older(OneTime.expires_at, timedelta(days=1)),
        _delete(OneTime.uid),
    ),
    Rule("asked", _("tellers van bevestigingsmails (30 dagen)"), _older(Asked.at, MONTH), _delete(Asked.id)),
    Rule("unheard", _("lezers per post van wie 60 dagen niets gehoord is: niet meer drukken"), _unheard, _suspend),
    Rule("gone", _("lezers per post die vertrokken zijn (14 dagen) of zwijgen (90 dagen)"), _gone, _erase),
    Rule("bounces", _("teruggekomen mail (90 dagen)"), _old_bounces, _forget_bounces),
    Rule(
        "bounced",
        _("adressen die niet meer bestonden (een jaar)"),
        _older(Suppression.at, BOUNCE_BARS, Suppression.reason == SuppressedBecause.BOUNCED),
        _delete(Suppression.address_index),
    ),
    Rule("evidence", _("toestemming van wie al vijf jaar weg is"), _old_evidence, _delete(ConsentEvent.id)),
    Rule("left", _("codes van wie vijf jaar weg is"), _long_gone, _delete(Subscriber.uid)),
    Rule(
        "tombstones",
        _("lijst van gewiste lezers (13 maanden)"),
        _older(Tombstone.at, audit.RETENTION),
        _delete(Tombstone.subject),
    ),
    Rule("audit", _("logboek (13 maanden)"), _older(AuditRow.at, audit.RETENTION), _prune),
)
