"""What is kept too long goes: rules, each with what it finds and what it does. `subscribers.tidying` runs them.

The times are those of the register of processing; `at` is a parameter, so that a test can let a year pass. What a rule
does asks its condition once more, of rows that are locked: since it looked, somebody may have confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, select
from sqlalchemy.orm import Session

from database import audit
from database.audit import AuditRow
from database.base import Base
from database.onetime import OneTime
from database.wall import on_the_wall
from subscribers.addressee import SuspendedBecause
from subscribers.chunks import chunks
from subscribers.consent import SuppressedBecause
from subscribers.locking import lock_addressees, lock_readers
from subscribers.postal import suspend_addressee
from subscribers.rights import erase_addressee
from subscribers.services import CONFIRM
from subscribers.tables import (
    AddresseeRow,
    AddresseeState,
    Asked,
    Bounce,
    ConsentEvent,
    ImportDraft,
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
DAY, MONTH, QUARTER = timedelta(days=1), timedelta(days=30), timedelta(days=90)

Found = Sequence[Any]
Conditions = Callable[[datetime], list[ColumnElement[bool]]]

A_THIRD = 1 / 3
"""Of its table: a rule that would touch more stops and asks. In an ordinary week none touches a tenth."""


@dataclass(frozen=True)
class Rule:
    """One kind of thing that is kept for a time. `find` gives primary keys; `act` returns how many it touched."""

    name: str
    what: Text
    table: type[Base]
    find: Callable[[Session, datetime], Found]
    act: Callable[[Session, Found, datetime], int]
    most: float | None = A_THIRD
    """The largest share of the table that goes without asking; None for counters, which all go when it is quiet."""


def overdue(session: Session, at: datetime) -> dict[str, int]:
    """How much each rule finds as of `at`; nothing is changed."""
    return {rule.name: len(rule.find(session, on_the_wall(session, at))) for rule in RULES}


def to_confirm(session: Session, at: datetime) -> list[UUID]:
    """Addressees whom somebody should ask whether they are still there, before the post stops."""
    day = on_the_wall(session, at - POST_WARNED).date()
    active = AddresseeRow.state == AddresseeState.ACTIVE
    return list(session.scalars(select(AddresseeRow.uid).where(active, AddresseeRow.confirmed_on <= day)))


def _older(column: Any, age: timedelta, *conditions: Any) -> Conditions:
    return lambda at: [column < at - age, *conditions]


def _all(key: Any, conditions: Conditions) -> Callable[[Session, datetime], Found]:
    return lambda session, at: session.scalars(select(key).where(*conditions(at)).order_by(key)).all()


def _delete(key: Any, conditions: Conditions) -> Callable[[Session, Found, datetime], int]:
    def act(session: Session, found: Found, at: datetime) -> int:
        return sum(
            session.connection().execute(delete(key.class_).where(key.in_(some), *conditions(at))).rowcount
            for some in chunks(found)
        )

    return act


def _delete_readers(conditions: Conditions) -> Callable[[Session, Found, datetime], int]:
    act = _delete(Subscriber.uid, conditions)

    def locked(session: Session, found: Found, at: datetime) -> int:
        return act(session, sorted(lock_readers(session, found)), at)

    return locked


def _awaits_no_answer(at: datetime) -> ColumnElement[bool]:
    """No link to confirm works any more: who asked again has the full time of the last one."""
    mine = OneTime.subject == Subscriber.uid, OneTime.purpose == CONFIRM, OneTime.used_at.is_(None)
    return ~exists().where(*mine, OneTime.expires_at > at)


def _unconfirmed(at: datetime) -> list[ColumnElement[bool]]:
    pending = Subscriber.state == SubscriberState.PENDING
    return [pending, Subscriber.created_at < at - UNCONFIRMED, _awaits_no_answer(at)]


def _unheard(at: datetime) -> list[ColumnElement[bool]]:
    active = AddresseeRow.state == AddresseeState.ACTIVE
    return [active, AddresseeRow.confirmed_on <= (at - POST_SUSPENDED).date()]


def _gone(at: datetime) -> list[ColumnElement[bool]]:
    unheard = AddresseeRow.confirmed_on <= (at - POST_ERASED).date()
    returned = AddresseeRow.suspended_because != SuspendedBecause.UNCONFIRMED
    since = AddresseeRow.suspended_on <= (at - RETURNED_ERASED).date()
    return [unheard | (returned & since)]


def _suspend(session: Session, found: Found, at: datetime) -> int:
    still = _still(session, found, _unheard(at))
    for uid in still:
        suspend_addressee(session, uid, SuspendedBecause.UNCONFIRMED, at.date())
    return len(still)


def _erase(session: Session, found: Found, at: datetime) -> int:
    return sum(erase_addressee(session, uid, "retention") for uid in _still(session, found, _gone(at)))


def _still(session: Session, found: Found, conditions: list[ColumnElement[bool]]) -> list[UUID]:
    """Those of whom it still holds once their rows are ours: the desk may have heard from someone meanwhile."""
    lock_addressees(session, found)
    query = select(AddresseeRow.uid).where(*conditions).order_by(AddresseeRow.uid)
    return [uid for some in chunks(found) for uid in session.scalars(query.where(AddresseeRow.uid.in_(some)))]


def _old_evidence(at: datetime) -> list[ColumnElement[bool]]:
    """All of somebody's at once, five years after the last: the first may be much older, and mail was sent on it."""
    still = select(Subscriber.uid).where(Subscriber.state != SubscriberState.LEFT)
    return [ConsentEvent.subject.not_in(_heard_from(at)), ConsentEvent.subject.not_in(still)]


def _long_gone(at: datetime) -> list[ColumnElement[bool]]:
    left = Subscriber.state == SubscriberState.LEFT, Subscriber.created_at < at - EVIDENCE
    return [*left, Subscriber.uid.not_in(_heard_from(at))]


def _heard_from(at: datetime) -> Select[UUID]:
    """Of whom something was written down within five years."""
    return select(ConsentEvent.subject).where(ConsentEvent.at >= at - EVIDENCE)


def _old_bounces(session: Session, at: datetime) -> Found:
    return session.execute(select(Bounce.subscriber, Bounce.issue_slug).where(Bounce.at < at - QUARTER)).all()


def _forget_bounces(session: Session, _found: Found, at: datetime) -> int:
    return session.connection().execute(delete(Bounce).where(Bounce.at < at - QUARTER)).rowcount


def _prune(session: Session, _found: Found, at: datetime) -> int:
    return audit.prune(session, at - audit.RETENTION)


def _rule(name: str, what: Text, key: Any, conditions: Conditions, most: float | None = A_THIRD) -> Rule:
    """A rule that deletes rows."""
    return Rule(name, what, key.class_, _all(key, conditions), _delete(key, conditions), most)


def _of_readers(name: str, what: Text, conditions: Conditions) -> Rule:
    return Rule(name, what, Subscriber, _all(Subscriber.uid, conditions), _delete_readers(conditions))


def _of_addressees(
    name: str, what: Text, conditions: Conditions, act: Callable[[Session, Found, datetime], int]
) -> Rule:
    return Rule(name, what, AddresseeRow, _all(AddresseeRow.uid, conditions), act)


RULES = (
    _of_readers("unconfirmed", _("aanmeldingen die niemand bevestigde (72 uur)"), _unconfirmed),
    _rule(
        "links",
        _("eenmalige links (24 uur na afloop)"),
        OneTime.uid,
        _older(OneTime.expires_at, timedelta(days=1)),
        None,
    ),
    _rule("lists", _("lijsten die ingelezen worden (een dag)"), ImportDraft.uid, _older(ImportDraft.at, DAY), None),
    _rule("asked", _("tellers van bevestigingsmails (30 dagen)"), Asked.id, _older(Asked.at, MONTH), None),
    _of_addressees(
        "unheard", _("lezers per post van wie 60 dagen niets gehoord is: niet meer drukken"), _unheard, _suspend
    ),
    _of_addressees("gone", _("lezers per post die vertrokken zijn (14 dagen) of zwijgen (90 dagen)"), _gone, _erase),
    Rule("bounces", _("teruggekomen mail (90 dagen)"), Bounce, _old_bounces, _forget_bounces, None),
    _rule(
        "bounced",
        _("adressen die niet meer bestonden (een jaar)"),
        Suppression.address_index,
        _older(Suppression.at, BOUNCE_BARS, Suppression.reason == SuppressedBecause.BOUNCED),
    ),
    _rule("evidence", _("toestemming van wie al vijf jaar weg is"), ConsentEvent.id, _old_evidence),
    _of_readers("left", _("codes van wie vijf jaar weg is"), _long_gone),
    _rule(
        "tombstones",
        _("lijst van gewiste lezers (13 maanden)"),
        Tombstone.subject,
        _older(Tombstone.at, audit.RETENTION),
    ),
    Rule(
        "audit",
        _("logboek (13 maanden)"),
        AuditRow,
        _all(AuditRow.seq, _older(AuditRow.at, audit.RETENTION)),
        _prune,
    ),
)
