"""How many confirmation mails one mailbox, one network and everybody together may ask for.

Counted by keyed hash, so that this shows nobody; counted in the database, so that it holds over restarts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select, text
from sqlalchemy.orm import Session

from database import audit
from database.base import now
from database.keys import keys_of
from database.sealed import blind_index, blind_indexes
from subscribers.address import Address
from subscribers.tables import Asked

PER_DAY, PER_MONTH = 1, 3
"""For one mailbox."""
PER_NETWORK = 20
"""A day; a library or a shelter shares one address, so not too few."""
PER_SITE = 40
"""A day, for a /48 of IPv6: one customer has 65,536 networks in it, and each would be a new one."""
PER_HOUR, PER_HOUR_AT_MOST = 60, 120
"""Past the first only networks that asked nothing today are heard. At any time one side may take no more than half of
what the others leave of the second, so that a flood from one side does not shut out a real reader."""

_LOCK = 0x61736B
"""PostgreSQL's advisory lock that makes those who ask queue up, as SQLite does by itself; "ask" in ASCII."""
FLOOD = "subscription_flood"
"""The event in the audit trail."""
_HOUR = timedelta(hours=1)
_WINDOWS = {"hour": _HOUR, "day": timedelta(days=1), "month": timedelta(days=30)}


@dataclass(frozen=True)
class Counts:
    """How many confirmation mails were asked for: by one mailbox, by a network and its site in a day, by its side and
    by all in an hour."""

    mailbox_in_day: int
    mailbox_in_month: int
    by_network: int
    by_site: int
    by_side: int
    by_all: int

    @property
    def leave_room(self) -> bool:
        """True when another confirmation mail may go to this mailbox, on the request of this network."""
        if self.mailbox_in_day >= PER_DAY or self.mailbox_in_month >= PER_MONTH or self.by_network >= PER_NETWORK:
            return False
        if self.by_site >= PER_SITE or self.by_side >= self.share_of_a_side:
            return False
        return self.by_all < (PER_HOUR if self.by_network else PER_HOUR_AT_MOST)

    @property
    def share_of_a_side(self) -> int:
        """Half of what the others leave of an hour, and always room for one."""
        return max(1, (PER_HOUR_AT_MOST - (self.by_all - self.by_side)) // 2)


def network_of(remote: str) -> str:
    """The /24 (IPv4) or /64 (IPv6) of a client, which a home has; "" when it is none."""
    return _around(remote, 24, 64)


def site_of(network: str) -> str:
    """The /48 (IPv6) in which a network lies, which a customer has; a /24 itself (IPv4)."""
    return _around(network.partition("/")[0], 24, 48)


def side_of(network: str) -> str:
    """The /32 (IPv6) or /16 (IPv4) in which a network lies, which a provider has."""
    return _around(network.partition("/")[0], 16, 32)


def _around(remote: str, four: int, six: int) -> str:
    try:
        address = ip_address(remote.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped  # as a server that listens to both writes an address of IPv4
    return str(ip_network((address, four if address.version == 4 else six), strict=False))


def counts(session: Session, address: Address, network: str) -> Counts:
    """What this mailbox, this network and everybody asked for lately.

    One query, because a flood is answered too; and whoever asks waits for the one before, or two requests at the same
    moment would both be the first.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    keys, at = keys_of(session), now()
    found = session.execute(
        _COUNTS,
        {
            "mailbox": blind_indexes(keys, "mailbox", address.mailbox),
            "network": blind_indexes(keys, "network", network),
            "site": blind_indexes(keys, "network", site_of(network)),
            "side": blind_indexes(keys, "network", side_of(network)),
            **{name: at - window for name, window in _WINDOWS.items()},
        },
    ).one()
    return Counts(*found)


def count(session: Session, address: Address, network: str) -> None:
    """One more confirmation mail goes to this mailbox, on the request of this network."""
    keys = keys_of(session)
    mailbox = blind_index(keys, "mailbox", address.mailbox)
    network_index, site_index, side_index = (
        blind_index(keys, "network", one) for one in (network, site_of(network), side_of(network))
    )
    session.add(
        Asked(
            mailbox_index=mailbox,
            network_index=network_index,
            site_index=site_index,
            side_index=side_index,
            at=now(),
        )
    )
    session.flush()


def raise_alarm(session: Session, by_all: int) -> None:
    """Write a flood of requests in the audit trail, once an hour, so that somebody sees it the same day."""
    if by_all >= PER_HOUR:
        audit.record_once(session, FLOOD, "pages", detail={"asked": by_all}, within=_HOUR)


def _since(window: str, *of: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(Asked).where(Asked.at > bindparam(window), *of).scalar_subquery()


_OF_MAILBOX = Asked.mailbox_index.in_(bindparam("mailbox", expanding=True))
_OF_NETWORK = Asked.network_index.in_(bindparam("network", expanding=True))
_OF_SITE = Asked.site_index.in_(bindparam("site", expanding=True))
_OF_SIDE = Asked.side_index.in_(bindparam("side", expanding=True))
_COUNTS = select(
    _since("day", _OF_MAILBOX),
    _since("month", _OF_MAILBOX),
    _since("day", _OF_NETWORK),
    _since("day", _OF_SITE),
    _since("hour", _OF_SIDE),
    _since("hour"),
)
