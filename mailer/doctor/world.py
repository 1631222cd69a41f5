"""Everything that the checks may touch, as values, so that a test can give them another world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import dns.resolver

from database.base import now
from mailer.carriers.relay import Relay
from mailer.services.notices.site import Site
from mailer.services.worker.chores import OpenInbox
from wording import Text


@dataclass(frozen=True)
class Sending:
    """A relay, with what the world must know of it: the names of its DKIM keys (RFC 6376 §3.6.2.1), and the addresses
    from which it hands mail on to others, where that is known."""

    relay: Relay
    selectors: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()


@dataclass(frozen=True)
class World:
    """One installation and its surroundings. `problems` are those of the settings; with them, the rest is as far as it
    could be read."""

    folder: Path
    resolver: dns.resolver.Resolver
    problems: tuple[Text, ...] = ()
    data: Path | None = None
    """Where runs, backups and the SQLite file stand."""
    keys: Path | None = None
    base_url: str = ""
    hosts: tuple[str, ...] = ()
    proxies: int = 0
    senders: tuple[str, ...] = ()
    """The addresses that newsletters are sent from."""
    locales: Mapping[str, str] = field(default_factory=dict)
    """The languages, each with its own name."""
    sending: Sequence[Sending] = ()
    inbox: OpenInbox | None = None
    database: str = ""
    broker: str = ""
    broker_master: str = ""
    look_at_site: Callable[[], Site] = Site
    """How the pages look from outside."""
    zone: str = "Europe/Amsterdam"
    clock: Callable[[], datetime] = now

    @property
    def domains(self) -> tuple[str, ...]:
        """Those of the senders, each once."""
        return tuple(dict.fromkeys(one.rpartition("@")[2].casefold() for one in self.senders))

    @property
    def is_known(self) -> bool:
        """Whether the settings could be read."""
        return not self.problems
