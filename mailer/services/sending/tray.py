"""Letters that no ledger knows of: a proof to colleagues, a test of a relay."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from mailer.carriers.carrier import Answer, Letter, Outcome, nothing
from mailer.returns.vocabulary import in_known_words


class Tray:
    """A carrier's desk without a ledger: each letter is handed over once, and how it ended is kept."""

    def __init__(self, letters: list[Letter]) -> None:
        self._waiting = letters
        self.outcomes: dict[int, Outcome] = {}

    def prepare(self, most: int) -> None:
        """They lie ready."""

    def next_letter(self) -> Letter | None:
        return self._waiting.pop(0) if self._waiting else None

    def turn(
        self, outcomes: Sequence[tuple[int, Outcome]], ready: Sequence[int], meanwhile: Callable[[], object] = nothing
    ) -> Collection[int]:
        self.outcomes.update(outcomes)
        return ready


def in_short(answer: Answer, *addresses: str) -> str:
    """What a relay answered, for a person to read: its code and known words, or the stage it was in."""
    return f"{answer.code or ''} {in_known_words(answer.words, *addresses) or answer.stage}".strip()
