"""What an administrator must hear of by mail although no one looks: written in the audit trail once a day each, from
where `alarms` mails it."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from database import audit
from database.base import now
from database.session import Store
from mailer.carriers.greeting import OpeningError, open_connection
from mailer.carriers.relay import STAGES, Relay
from mailer.ledger import installation
from mailer.ledger.slots import last_taken, take_slot
from mailer.organisation import House
from mailer.services.notices import alarms
from mailer.services.notices.digests import write_digests
from mailer.services.notices.outbox import deliver_notices
from mailer.services.notices.site import Site
from mailer.services.sending.delivering import SWEEP, OpenCarrier

DAY = timedelta(days=1)
SILENT = timedelta(minutes=5)
"""Ten sweeps: whoever sends is gone, and was not only started anew."""
LEAST_FREE = 2_000_000_000
"""Bytes: a print run of a large issue, a backup and the journal of SQLite at once."""
SOON = timedelta(days=14)
"""Before a certificate ends: Let's Encrypt renews 30 days before."""
_PATIENCE = 10.0

Seen = tuple[str, Mapping[str, str | int]]
"""An event of `alarms.ALARMS`, and what fills its sentence."""


@dataclass(frozen=True)
class Watch:
    """Looks at one installation. `folders` are where something of ours grows."""

    store: Store
    house: House
    folders: Sequence[Path]
    relays: Sequence[Relay]
    backed_up: Callable[[Session], datetime | None] | None = None
    """When the last backup was made; None where nobody knows."""
    old_backup: timedelta = timedelta(hours=36)
    look_at_site: Callable[[], Site] = Site
    """How the pages look from outside."""

    def look(self, at: datetime | None = None) -> list[str]:
        """Write down what is new; returns the events. A worker asks every few minutes."""
        return self.tell([*self._kept(at or now()), *self._disks(), *self._certificates(at or now())], at)

    def look_for_workers(self, at: datetime | None = None) -> list[str]:
        """As `look`, for whoever is there when no worker is: that none is."""
        at = at or now()
        with self.store.reading() as session:
            last = last_taken(session, SWEEP)
        return self.tell([(alarms.NO_SWEEP, {})], at) if last is not None and at - last > SILENT else []

    def tell(self, seen: Iterable[Seen], at: datetime | None = None) -> list[str]:
        """Write down each event once a day; returns those that are new."""
        at, fresh = at or now(), []
        for event, detail in seen:
            about = " ".join(str(value) for value in detail.values())
            with self.store.transaction() as session:
                if take_slot(session, f"watch {event} {about}"[:100], DAY, at):
                    audit.record(session, event, "chores", detail=detail, at=at)
                    fresh.append(event)
        return fresh

    def _kept(self, at: datetime) -> Iterator[Seen]:
        with self.store.reading() as session:
            held = installation.held(session)
            last = self.backed_up(session) if self.backed_up is not None else None
        if held is not None:
            yield alarms.HELD, {}
        if last is not None and at - last > self.old_backup:
            yield alarms.BACKUP_OLD, {"hours": int((at - last).total_seconds() // 3600)}

    def _disks(self) -> Iterator[Seen]:
        places = {place.stat().st_dev: place for place in reversed(self.folders) if place.exists()}
        for number, place in enumerate(places.values()):
            free = shutil.disk_usage(place).free
            if free < LEAST_FREE:
                yield alarms.DISK_FULL, {"disk": number + 1, "megabytes": free // 1_000_000}

    def _certificates(self, at: datetime) -> Iterator[Seen]:
        with self.store.transaction() as session:
            if not take_slot(session, "certificates", DAY, at):
                return
        for relay in self.relays:
            until = certificate_until(relay)
            if until is not None and until - at <= SOON:
                yield alarms.CERTIFICATE_ENDS, {"relay": relay.name, "days": max(0, (until - at).days)}
        pages = self.look_at_site()
        if pages.has_ended:
            yield alarms.SITE_ENDS, {"days": 0}
        elif pages.until is not None and pages.until - at <= SOON:
            yield alarms.SITE_ENDS, {"days": max(0, (pages.until - at).days)}


def certificate_until(relay: Relay) -> datetime | None:
    """When the certificate of a relay ends; None when it shows none, or cannot be reached: that is told elsewhere."""
    hasty = replace(relay, user="", seconds={stage: min(most, _PATIENCE) for stage, most in STAGES.items()})
    try:
        link, _offer = open_connection(hasty)
    except OpeningError:
        return None
    with closing(link):
        return until_of(link)


def until_of(link: object) -> datetime | None:
    """When the certificate on the other side of a connection ends, if there is one."""
    certificate: Any = link.getpeercert() if isinstance(link, ssl.SSLSocket) else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC) if certificate else None


@dataclass(frozen=True)
class Watchman:
    """Mails alarms without a worker: for the pages, when no one sweeps, and for systemd, when a unit failed."""

    watch: Watch
    carriers: OpenCarrier = field(repr=False)

    def look(self, at: datetime | None = None) -> bool:
        """Whether there was something new to mail; it is mailed at once."""
        return self._mail(self.watch.look_for_workers(at), at)

    def unit_failed(self, unit: str, at: datetime | None = None) -> bool:
        """`unit` is the name of one of our units."""
        return self._mail(self.watch.tell([(alarms.UNIT_FAILED, {"unit": unit})], at), at)

    def _mail(self, fresh: Sequence[str], at: datetime | None) -> bool:
        if not fresh:
            return False
        at = at or now()
        with self.watch.store.transaction() as session:
            alarms.sound(session, self.watch.house, at)
        write_digests(self.watch.store, self.watch.house, None, at)
        deliver_notices(self.watch.store, self.watch.house, self.carriers, at)
        return True
