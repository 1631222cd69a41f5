"""How many confirmation mails one mailbox, one network and everybody together may ask for.

Counted by keyed hash, so that this shows nobody; counted in the database, so that it holds over restarts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from database import audit
from database.audit import AuditRow
from database.base import now
from database.keys import keys_of
from database.sealed import blind_index, blind_indexes
from subscribers.address import Address
from subscribers.tables import Asked

PER_MAILBOX = ((timedelta(days=1), 1), (timedelta(days=30), 3))
PER_NETWORK = (timedelta(days=1), 20)
"""A library or a shelter shares one address, so not too few."""
PER_HOUR, PER_HOUR_AT_MOST = 60, 120
"""Past the first only networks that asked nothing today are heard, so that a flood does not shut out a real reader."""


FLOOD = "subscription_flood"
"""The event in the audit trail."""
_HOUR = timedelta(hours=1)


def network_of(remote: str) -> str:
    """The /24 (IPv4) or /64 (IPv6) of a client, which one person can hardly leave; "" when it is none."""
    try:
        address = ip_address(remote)
    except ValueError:
        return ""
    return str(ip_network((address, 24 if address.version == 4 else 64), strict=False))


def within_limits(session: Session, address: Address, network: str) -> bool:
    """True when another confirmation mail may go to this mailbox, on the request of this network."""
    mailbox = blind_indexes(keys_of(session), "mailbox", address.mailbox)
    if any(_asked(session, window, Asked.mailbox_index, mailbox) >= most for window, most in PER_MAILBOX):
        return False
    window, most = PER_NETWORK
    by_network = _asked(session, window, Asked.network_index, blind_indexes(keys_of(session), "network", network))
    total = _asked(session, _HOUR)
    return by_network < most and total < (PER_HOUR if by_network else PER_HOUR_AT_MOST)


def count(session: Session, address: Address, network: str) -> None:
    """One more confirmation mail goes to this mailbox, on the request of this network."""
    keys = keys_of(session)
    mailbox = blind_index(keys, "mailbox", address.mailbox)
    session.add(Asked(mailbox_index=mailbox, network_index=blind_index(keys, "network", network), at=now()))
    session.flush()


def raise_alarm(session: Session) -> None:
    """Write a flood of requests in the audit trail, once an hour, so that somebody sees it the same day."""
    total = _asked(session, _HOUR)
    recent = select(AuditRow.seq).where(AuditRow.event == FLOOD, AuditRow.at > now() - _HOUR).limit(1)
    if total >= PER_HOUR and session.scalar(recent) is None:
        audit.record(session, FLOOD, "pages", detail={"asked": total})


def _asked(
    session: Session,
    window: timedelta,
    column: InstrumentedAttribute[str] | None = None,
    values: list[str] | None = None,
    at: datetime | None = None,
) -> int:
    query = select(func.count()).select_from(Asked).where(Asked.at > (at or now()) - window)
    if column is not None:
        query = query.where(column.in_(values or []))
    return session.scalar(query) or 0
