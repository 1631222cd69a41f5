"""The relays of this process: one at a time per batch, chosen by weight, with connections kept between batches.

One that failed a moment ago is left alone while another works.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mailer.carriers.carrier import Standing
from mailer.carriers.relay import Relay
from mailer.carriers.smtp import SmtpCarrier


class Relays:
    """Lends a carrier to one batch at a time: two threads on one relay would only share its connections."""

    def __init__(self, relays: Sequence[Relay]) -> None:
        if not relays:
            raise ValueError("no relay to send through")
        self._carriers = [(SmtpCarrier(relay), threading.Lock()) for relay in relays]

    @contextmanager
    def __call__(self, only: str | None = None) -> Iterator[SmtpCarrier]:
        """A carrier that no other thread uses now; waits for one if need be. `only` names a relay, if it is there."""
        named = [pair for pair in self._carriers if pair[0].name == only]
        carrier, lock = named[0] if named else self._choose()
        with lock:
            yield carrier

    def best_beside(self, name: str) -> Standing:
        """How the best of the other relays is; broken, when there is no other."""
        others = [carrier.standing for carrier, _lock in self._carriers if carrier.name != name]
        return max(others, default=Standing.BROKEN)

    def close(self) -> None:
        """Say goodbye to every relay."""
        for carrier, lock in self._carriers:
            with lock:
                carrier.close()

    def _choose(self) -> tuple[SmtpCarrier, threading.Lock]:
        standing = [carrier.standing for carrier, _lock in self._carriers]
        best = [pair for pair, stands in zip(self._carriers, standing, strict=True) if stands is max(standing)]
        free = [pair for pair in best if not pair[1].locked()] or best
        weights = [carrier.relay.weight for carrier, _lock in free]
        return random.choices(free, weights)[0]  # noqa: S311 - spreading load, not a secret
