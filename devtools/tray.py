"""Letters for a carrier, without a ledger behind them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from mailer.carriers.carrier import Letter, Outcome, RelayFault, nothing
from mailer.carriers.relay import Relay
from mailer.carriers.smtp import SmtpCarrier


class Tray:
    """A desk without a ledger: letters in a row, outcomes and intents as they come."""

    def __init__(self, letters: Sequence[Letter], held_back: Collection[int] = ()) -> None:
        self.waiting = list(letters)
        self.held_back = set(held_back)
        self.outcomes: dict[int, Outcome] = {}
        self.intended: list[int] = []

    def prepare(self, most: int) -> None:
        """They lie ready."""

    def next_letter(self) -> Letter | None:
        return self.waiting.pop(0) if self.waiting else None

    def turn(
        self, outcomes: Sequence[tuple[int, Outcome]], ready: Sequence[int], meanwhile: Callable[[], object] = nothing
    ) -> Collection[int]:
        for key, outcome in outcomes:
            assert key not in self.outcomes, "one outcome per letter"
            self.outcomes[key] = outcome
        assert not set(self.intended) & set(ready), "one intent per hand-over"
        self.intended += [key for key in ready if key not in self.held_back]
        return set(ready) - self.held_back


def letters(count: int, size: int = 200) -> list[Letter]:
    body = b"Subject: Nieuws\r\n\r\n" + b"Hier staat het nieuws.\r\n" * (size // 24)
    return [Letter(n, "retour@post.example", f"lezer{n}@lezers.example", [body]) for n in range(count)]


def send(tray: Tray, to: Relay) -> RelayFault | None:
    carrier = SmtpCarrier(to)
    try:
        return carrier.hand_over(tray)
    finally:
        carrier.close()
