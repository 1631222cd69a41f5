"""Has a text of others read in a child process with limits, so that none can hold or end a server.

What comes back is Markdown that the child proved with the parser of the newsletter, and the bytes of pictures that no
one has decoded yet.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailer.intake.kinds import MOST_BYTES, Kind
from mailer.intake.lines import Refusal
from mailer.intake.losses import Loss, Lost
from mailer.intake.refusals import REFUSALS
from wording import _
from wording.errors import InvalidInputError, ServiceError

CHECKOUT = Path(__file__).resolve().parents[2]
CHILD = ("-m", "mailer.intake.child")
SECONDS = 10.0
"""Of wall clock that a page waits at most."""
_BY_THE_TEXT = frozenset(-one for one in (signal.SIGPROF, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE))
"""How a child ends that a text ended: out of processor time (its timer gives SIGPROF), or in a parser out of memory."""


class UnreadableTextError(InvalidInputError):
    """The editor can mend it: another file, a smaller one, one without a password."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(REFUSALS[why])
        self.why = why


class IntakeError(ServiceError):
    """Nothing is known of the text: the child did not start, or something else than the text ended it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Het programma dat teksten van buiten leest, begon niet of is afgebroken. "
                "Dat ligt niet aan je tekst; probeer het opnieuw."
            )
        )


@dataclass(frozen=True)
class Taken:
    """A text as it was read. `pictures` are names as the Markdown has them, with bytes as they came."""

    markdown: str
    title: str
    losses: tuple[Loss, ...]
    pictures: tuple[tuple[str, bytes], ...]


def take(data: bytes, kind: Kind, name: str = "", *, seconds: float | None = None) -> Taken:
    """Read a text; `name` is that of an uploaded file. Waits `seconds` at most, `SECONDS` unless said.

    Raises UnreadableTextError with the remedy, IntakeError.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableTextError(Refusal.LARGE)
    if not data.strip():
        raise UnreadableTextError(Refusal.EMPTY)
    asked = json.dumps({"octets": len(data), "kind": kind, "name": name[:200]}).encode()
    try:
        ended = _ended(asked + b"\n" + data, SECONDS if seconds is None else seconds)
    except subprocess.TimeoutExpired as error:
        raise UnreadableTextError(Refusal.LARGE) from error
    except OSError as error:  # no memory, or no process, left for it
        raise IntakeError from error
    if ended.returncode in _BY_THE_TEXT:
        raise UnreadableTextError(Refusal.LARGE)
    if ended.returncode:
        raise IntakeError
    head, _end, rest = ended.stdout.partition(b"\n")
    try:
        return _taken(json.loads(head), rest)
    except (ValueError, KeyError, TypeError) as error:
        raise IntakeError from error


def _ended(given: bytes, seconds: float) -> subprocess.CompletedProcess[bytes]:
    """With nothing of ours in its environment, so no secret; one memory arena, so that the limit means something."""
    environment = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
    command = [sys.executable, "-s", "-E", "-B", *CHILD]
    return subprocess.run(
        command,
        cwd=CHECKOUT,
        env=environment,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        check=False,
    )


def _taken(answer: dict[str, Any], rest: bytes) -> Taken:
    if why := answer.get("refused"):
        raise UnreadableTextError(Refusal(why))
    losses = [Loss(Lost(one["what"]), one["times"], one["under"], tuple(one["words"])) for one in answer["losses"]]
    return Taken(answer["markdown"], answer["title"], tuple(losses), _pictures(answer["pictures"], rest))


def _pictures(named: Sequence[tuple[str, int]], rest: bytes) -> tuple[tuple[str, bytes], ...]:
    found, at = [], 0
    for name, octets in named:
        found.append((name, rest[at : at + octets]))
        at += octets
    if at != len(rest):
        raise ValueError("the child ended in the middle of a picture")
    return tuple(found)
