"""Reads strangers' mail in a child process with limits, so that no mail can hold or end a worker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Timer
from types import TracebackType

from mailer.returns import limits
from mailer.returns.reading import Reading, from_json, unreadable

CHECKOUT = Path(__file__).resolve().parents[2]
_PATIENCE = 30
"""Seconds of wall clock on a busy machine; the child itself ends after one second of processor."""


class ReturnsReader:
    """One child reads many mails; the mail it dies of is unreadable, and the next mail gets a new one.

    `authserv` is the name under which our own mail server writes Authentication-Results.
    """

    def __init__(self, authserv: str = "") -> None:
        self._authserv = authserv
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ReturnsReader:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    @property
    def child(self) -> int | None:
        """Its process id, while there is one."""
        return self._child.pid if self._child else None

    def read(self, raw: bytes) -> Reading:
        """What the mail says. Never raises because of a mail."""
        child = self._child = self._child or self._started()
        ends = Timer(_PATIENCE, child.kill)
        ends.start()
        try:
            return _asked(child, raw[: limits.OCTETS])
        except (OSError, ValueError, KeyError, TypeError):
            self.close()
            return unreadable()
        finally:
            ends.cancel()

    def close(self) -> None:
        """End the child; without one nothing happens."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _started(self) -> subprocess.Popen[bytes]:
        """Without site-packages, which no part of it needs, and with nothing of ours in its environment."""
        command = [sys.executable, "-S", "-s", "-E", "-B", "-m", "mailer.carriers.returns_child", self._authserv]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=CHECKOUT, env={"LANG": "C.UTF-8"}, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )


def _asked(child: subprocess.Popen[bytes], raw: bytes) -> Reading:
    assert child.stdin is not None  # noqa: S101 — Popen was asked for both pipes
    assert child.stdout is not None  # noqa: S101
    child.stdin.write(b"%d\n" % len(raw) + raw)
    child.stdin.flush()
    return from_json(child.stdout.readline().decode())
