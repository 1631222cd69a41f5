"""For whoever watches from outside: can this process answer, and the numbers of the installation in Prometheus's words.

Every label is a word of a closed set (a state, a channel, an outcome, a job) or the name of a relay in postduif.toml:
never an address, a reader, an issue.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from database.base import now
from database.fit import require_known
from database.keys import KeysError
from database.migrations import revisions
from database.session import Store
from mailer.ledger.gauges import OUTCOMES, Gauges, gauges
from mailer.ledger.health import backed_up
from mailer.ledger.states import OPEN, MailingState
from mailer.organisation import Channel
from mailer.services.sending.delivering import SWEEP
from subscribers.tidying import last_run

JOBS = (
    *(SWEEP, "watch", "alarms", "news", "drafts", "sessions", "retention", "trail", "standing", "refusals", "returns"),
    "certificates",
)
"""Those of which the last time is told; slots of other names hold ids."""
FRESH = 15.0
"""Seconds for which numbers are told again, whoever asks."""


def why_not_ready(store: Store) -> tuple[str, ...]:
    """What keeps this process from answering as it should: "database", "schema", "keys"; none when it is ready."""
    try:
        found, newest = revisions(store)
        if found != newest:
            return ("schema",)
        with store.reading() as session:
            require_known(session)
    except SQLAlchemyError:
        return ("database",)
    except KeysError:
        return ("keys",)
    return ()


@dataclass(frozen=True, eq=False)
class Numbers:
    """A collector (prometheus_client) that reads the ledger when it is asked, at most every FRESH seconds."""

    store: Store
    relays: Sequence[str]
    version: str = ""
    backed_up: Callable[[Session], datetime | None] = backed_up
    clock: Callable[[], datetime] = now
    _kept: list[tuple[float, tuple[Metric, ...]]] = field(default_factory=list, init=False, repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    def text(self) -> bytes:
        """The exposition format of Prometheus, version 0.0.4."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        with self._lock:  # of two who ask at once the second gets what the first read
            if not self._kept or time.monotonic() - self._kept[0][0] > FRESH:
                self._kept[:] = [(time.monotonic(), tuple(self._read()))]
            return self._kept[0][1]

    def _read(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("postduif_up", "1 when the ledger could be read.", labels=["version"])
        found: Gauges | None = None
        erased = backed_up = None
        with suppress(SQLAlchemyError), self.store.reading() as session:
            erased = last_run(session)
            backed_up = self.backed_up(session)
            found = gauges(session, JOBS, tuple(self.relays), self.clock())
        up.add_metric([self.version], float(found is not None))
        yield up
        if found is not None:
            yield from _families(found, self.relays, self.clock())
        for name, what, at in (
            ("retention", "When what was kept too long was last erased.", erased),
            ("backup", "When the last backup was made.", backed_up),
        ):
            if at is not None:
                yield GaugeMetricFamily(f"postduif_{name}_last_success_timestamp_seconds", what, at.timestamp())


def _families(found: Gauges, relays: Sequence[str], at: datetime) -> Iterator[Metric]:
    mailings = GaugeMetricFamily("postduif_mailings", "Mailings by state.", labels=["state"])
    for state in MailingState:
        mailings.add_metric([state], found.mailings[state])
    yield mailings
    deliveries = GaugeMetricFamily("postduif_deliveries_open", "Still to be done.", labels=["channel", "state"])
    for channel in Channel:
        for open_state in sorted(OPEN):
            deliveries.add_metric([channel, open_state], found.open[channel, open_state])
    yield deliveries
    tries = GaugeMetricFamily("postduif_tries", "Tries in the last five minutes.", labels=["relay", "outcome"])
    for relay in relays:
        for outcome in OUTCOMES:
            tries.add_metric([relay, outcome], found.tries[relay, outcome])
    yield tries
    waited = (at - found.due_since).total_seconds() if found.due_since is not None else 0.0
    for name, what, number in (
        ("uncertain", "Deliveries of a week that may or may not have arrived.", found.uncertain),
        ("oldest_due_seconds", "How long the first e-mail that is due has waited.", waited),
        ("notices_delayed", "Mails to one person that a relay put off.", found.delayed),
        ("hold", "1 while everything is held back.", found.held),
    ):
        yield GaugeMetricFamily(f"postduif_{name}", what, float(number))
    if (swept := found.taken.get(SWEEP)) is not None:
        yield GaugeMetricFamily("postduif_sweep_age_seconds", "Since anyone swept.", (at - swept).total_seconds())
    jobs = GaugeMetricFamily("postduif_job_last_timestamp_seconds", "When each job was last begun.", labels=["job"])
    for job, moment in sorted(found.taken.items()):
        jobs.add_metric([job], moment.timestamp())
    yield jobs
