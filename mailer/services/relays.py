"""The relays of this process: one at a time per batch, chosen by weight, with connections kept between batches.

One that failed a moment ago is left alone while another works.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mailer.carriers.relay import Relay
from mailer.carriers.smtp import SmtpCarrier


class Relays:
    """Lends a carrier to one batch at a time: two threads on one relay would only share its connections."""

    def __init__(self, relays: Sequence[Relay]) -> None:
        if not relays:
            raise ValueError("no relay to send through")
        self._carriers = [(SmtpCarrier(relay), threading.Lock()) for relay in relays]

    @contextmanager
    def __call__(self) -> Iterator[SmtpCarrier]:
        """A carrier that no other thread uses now; waits for one if need be."""
        carrier, lock = self._choose()
        with lock:
            yield carrier

    def others_work(self, name: str) -> bool:
        """True if there is another relay than this one, which has not failed a moment ago."""
        return any(carrier.name != name and not carrier.failed_lately for carrier, _lock in self._carriers)

    def close(self) -> None:
        """Say goodbye to every relay."""
        for carrier, lock in self._carriers:
            with lock:
                carrier.close()

    def _choose(self) -> tuple[SmtpCarrier, threading.Lock]:
        well = [pair for pair in self._carriers if not pair[0].failed_lately] or self._carriers
        free = [pair for pair in well if not pair[1].locked()] or well
        weights = [carrier.relay.weight for carrier, _lock in free]
        return random.choices(free, weights)[0]  # noqa: S311 - spreading load, not a secret
