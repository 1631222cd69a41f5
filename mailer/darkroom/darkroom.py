"""Has pictures of others decoded in a child process with limits, so that none can hold or end a server.

What comes back was encoded anew by the child: nothing that a stranger made is decoded in this process.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import Any

from mailer.artefacts.email.images import MAX_WIDTH, Picture
from mailer.document.images import ImageFact, ImageState
from mailer.kept import Kept
from wording import _
from wording.errors import ServiceError

CHECKOUT = Path(__file__).resolve().parents[2]
CHILD = ("-m", "mailer.darkroom.child")
_PATIENCE = 60
"""Seconds of wall clock for a picture on a busy machine; the child itself ends after less of processor."""
_BY_A_PICTURE = frozenset(
    -one for one in (signal.SIGPROF, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE)
)
"""How a child ends that a picture ended: out of processor time (its timer gives SIGPROF), or in a decoder that went
wrong or found no memory. SIGKILL and SIGTERM come from outside: a full machine, a server that stops, our patience."""


class DarkroomError(ServiceError):
    """Nothing is known of the picture: the child did not start, or something else than the picture ended it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Het programma dat afbeeldingen leest, begon niet of is afgebroken. "
                "Dat ligt niet aan de afbeelding; probeer het opnieuw."
            )
        )


@dataclass(frozen=True, slots=True)
class Developed:
    """What is known of a picture, and the picture itself; there is one when its state is fine."""

    fact: ImageFact
    picture: Picture | None = None


class Darkroom:
    """Remembers the last `most` pictures it developed, by the hash of what they were made from."""

    def __init__(self, most: int) -> None:
        self._kept: Kept[Developed] = Kept(most)

    def develop(self, pictures: Sequence[tuple[bytes, int]]) -> list[Developed]:
        """Each of the pictures (its bytes, and how wide it may become), in order. Never raises because of a picture.

        Raises DarkroomError; then nothing of these is kept.
        """
        keys = [f"{sha256(data).hexdigest()} {width}" for data, width in pictures]
        asked = dict(zip(keys, pictures, strict=True))
        new = [key for key in asked if key not in self._kept]
        made = dict(zip(new, develop([asked[key] for key in new]), strict=True))
        return [self._kept.get(key, partial(_made, made, key, asked[key])) for key in keys]


def _made(made: Mapping[str, Developed], key: str, asked: tuple[bytes, int]) -> Developed:
    """It was kept a moment ago, and others pushed it out since: then it is made now."""
    return made.get(key) or develop_one(*asked)


def develop(pictures: Sequence[tuple[bytes, int]]) -> list[Developed]:
    """As `Darkroom.develop`. One child does them all; the picture it dies of is too much, the next gets a new one.

    Raises DarkroomError.
    """
    child: subprocess.Popen[bytes] | None = None
    made = []
    try:
        for data, width in pictures:
            child = child or _started()
            found = _asked(child, data, width)
            if found is None:
                _end(child)
                child = None
            made.append(found or Developed(ImageFact(ImageState.TOO_LARGE)))
    finally:
        if child is not None:
            _end(child)
    return made


def develop_one(data: bytes, max_width: int = MAX_WIDTH) -> Developed:
    """One picture, at most `max_width` pixels wide. Raises DarkroomError."""
    return develop([(data, max_width)])[0]


def _started() -> subprocess.Popen[bytes]:
    """With nothing of ours in its environment, so no secret; one memory arena, so that the limit means something."""
    pipe = subprocess.PIPE
    environment = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
    command = [sys.executable, "-s", "-E", "-B", *CHILD]
    nowhere = subprocess.DEVNULL
    try:
        return subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdin=pipe, stdout=pipe, stderr=nowhere)
    except OSError as error:  # no memory, or no process, left for it
        raise DarkroomError from error


def _asked(child: subprocess.Popen[bytes], data: bytes, width: int) -> Developed | None:
    """What the child says of one picture; None when it ended over it. Raises DarkroomError."""
    assert child.stdin is not None  # noqa: S101 — Popen was asked for both pipes
    assert child.stdout is not None  # noqa: S101
    ends = Timer(_PATIENCE, child.kill)
    ends.start()
    try:
        child.stdin.write(json.dumps({"octets": len(data), "width": width}).encode() + b"\n" + data)
        child.stdin.flush()
        answer = json.loads(child.stdout.readline())
        return _read(answer, data, child.stdout.read(answer.get("octets", 0)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        if child.wait() in _BY_A_PICTURE:  # the timer ends a child that would not
            return None
        raise DarkroomError from error
    finally:
        ends.cancel()


def _read(answer: dict[str, Any], data: bytes, made: bytes) -> Developed:
    if reason := answer.get("error"):
        state = ImageState.TOO_LARGE if reason == "size" else ImageState.NOT_AN_IMAGE
        return Developed(ImageFact(state))
    if len(made) != answer["octets"]:
        raise ValueError("the child ended in the middle of a picture")
    fact = ImageFact(ImageState.FINE, answer["width"], answer["height"], len(data), pale=answer["pale"])
    return Developed(fact, Picture(made, **answer["picture"]))


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.communicate()
