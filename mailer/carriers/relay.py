"""A relay as its settings describe it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from mailer.carriers.carrier import Limit


class Security(StrEnum):
    NONE = "none"
    """For a relay on this machine only."""
    STARTTLS = "starttls"
    TLS = "tls"


STAGES: Mapping[str, float] = MappingProxyType(
    {
        "connect": 30.0,
        "banner": 60.0,
        "ehlo": 60.0,
        "starttls": 60.0,
        "auth": 60.0,
        "rset": 60.0,
        "mail": 60.0,
        "rcpt": 60.0,
        "data": 60.0,
        "body": 180.0,
        "dot": 300.0,
        "quit": 5.0,
    }
)
"""Seconds to wait for the whole answer, per stage. RFC 5321 §4.5.3.2 asks for more; a lease must outlast the sum."""


def can_be_host(name: str) -> bool:
    """Whether a name can be looked up at all: labels of 1 to 63 octets (RFC 1035 §2.3.4), as IDNA writes them."""
    try:
        return bool(name) and len(name.encode("idna")) <= 253
    except UnicodeError:
        return False


@dataclass(frozen=True)
class Relay:
    """Where mail is handed over, and within which bounds. `connections` are per process that sends."""

    host: str
    port: int = 25
    security: Security = Security.NONE
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str | None = None
    """PEM file of the authority that signed the relay's certificate; empty: those of the system."""
    name: str = "relay"
    helo: str = "localhost"
    connections: int = 4
    """Twenty connections brought a real Postfix to a fifth of its speed."""
    weight: int = 1
    limits: tuple[Limit, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=lambda: STAGES)
    pipelining: bool = True
    """False: one command at a time even where the relay offers pipelining (to measure, or for a broken relay)."""
