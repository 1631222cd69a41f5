"""Write down many new readers at once, each with the evidence on which they are admitted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from database.base import new_id, now
from database.keys import keys_of
from database.sealed import blind_index, seal
from subscribers.address import Address
from subscribers.consent import Choice, ConsentKind, Evidence
from subscribers.evidence import keep_wording
from subscribers.tables import ConsentEvent, Membership, MembershipState, Subscriber, SubscriberState


@dataclass(frozen=True)
class Newcomer:
    """A reader to be, whose address is not in the database yet; `since` is when consent was given."""

    address: Address = field(repr=False)
    choice: Choice
    evidence: Evidence
    since: datetime | None = None
    region: str | None = None
    role: str | None = None
    uid: UUID = field(default_factory=new_id)


def admit(session: Session, newcomers: Iterable[Newcomer], kind: ConsentKind = ConsentKind.IMPORTED) -> int:
    """Insert readers who may be written to from now on. Returns how many.

    The caller has looked up who is new and who is suppressed; an address that is there already is an IntegrityError.
    """
    people = list(newcomers)
    for wording in {one.evidence.wording for one in people}:
        if wording is not None:
            keep_wording(session, wording)
    for table, rows in (
        (Subscriber, [_reader(session, one) for one in people]),
        (Membership, [row for one in people for row in _memberships(one)]),
        (ConsentEvent, [_event(one, kind) for one in people]),
    ):
        if rows:
            session.execute(
                insert(cast(Table, table.__table__)), rows
            )  # past the ORM, which costs as much as the sealing
    return len(people)


def _reader(session: Session, one: Newcomer) -> dict[str, Any]:
    keys = keys_of(session)
    return {
        "uid": one.uid,
        "address": seal(keys, Subscriber.address, one.uid, one.address.text),
        "address_index": blind_index(keys, "email", one.address.canonical),
        "state": SubscriberState.ACTIVE,
        "locale": one.choice.locale,
        "region": one.region,
        "role": one.role,
        "created_at": one.since or now(),
    }


def _memberships(one: Newcomer) -> list[dict[str, Any]]:
    return [
        {"subscriber": one.uid, "audience": name, "state": MembershipState.ACTIVE, "since": one.since or now()}
        for name in one.choice.audiences
    ]


def _event(one: Newcomer, kind: ConsentKind) -> dict[str, Any]:
    return {
        "subject": one.uid,
        "event": kind,
        "at": one.since or now(),
        "audiences": list(one.choice.audiences),
        "locale": one.choice.locale,
        "source": one.evidence.source,
        "wording": one.evidence.wording and one.evidence.wording.hash,
    }
