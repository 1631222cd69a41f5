"""How many confirmation mails one mailbox may get, whoever asks; counted by keyed hash, so this shows nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.base import now
from database.keys import keys_of
from database.sealed import blind_index, blind_indexes
from subscribers.address import Address
from subscribers.tables import Asked

PER_MAILBOX = ((timedelta(days=1), 1), (timedelta(days=30), 3))


def within_limits(session: Session, address: Address) -> bool:
    """True when this mailbox may get another confirmation mail."""
    indexes = blind_indexes(keys_of(session), "mailbox", address.mailbox)
    return all(_asked_since(session, indexes, now() - window) < limit for window, limit in PER_MAILBOX)


def count(session: Session, address: Address, network: str) -> None:
    """One more confirmation mail goes to this mailbox, on the request of this network."""
    keys = keys_of(session)
    mailbox = blind_index(keys, "mailbox", address.mailbox)
    session.add(Asked(mailbox_index=mailbox, network_index=blind_index(keys, "network", network), at=now()))
    session.flush()


def _asked_since(session: Session, indexes: list[str], since: datetime) -> int:
    query = select(func.count()).select_from(Asked).where(Asked.mailbox_index.in_(indexes), Asked.at > since)
    return session.scalar(query) or 0
