"""Commands as processes of their own, forked from one that has read all code: each begins at once, and may be killed.

`python -m tests.support.forks` reads a command per line (JSON: its words, and the file for what it says), and answers
with the process id when it begins and with the return code when it ends.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from commands.__main__ import app
from devtools.waiting import wait_for
from tests.support.house import ROOT

PATIENCE = 60


@dataclass(frozen=True)
class Forks:
    """The process that forks."""

    asked: IO[str]
    answers: IO[str]

    def run(self, words: list[str], told: Path) -> int:
        """Run a command to its end; its return code."""
        self._start(words, told)
        return int(self.answers.readline())

    def kill_when(self, is_time: Callable[[], bool], words: list[str], told: Path) -> int:
        """Start a command and kill it (-9) as soon as it is time; its return code, which is -9 if it still ran."""
        pid = self._start(words, told)
        try:
            self._wait(is_time, told)
        finally:
            with suppress(ProcessLookupError):  # it ended by itself
                os.kill(pid, signal.SIGKILL)
            code = int(self.answers.readline())
        return code

    def kill_after(self, seconds: float, words: list[str], told: Path) -> int:
        """Start a command and kill it (-9) after a while; its return code, that of its own end when it was over."""
        pid = self._start(words, told)
        select.select([self.answers], [], [], seconds)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return int(self.answers.readline())

    def _wait(self, is_time: Callable[[], bool], told: Path) -> None:
        def happened() -> bool:
            ended = select.select([self.answers], [], [], 0.002)[0]
            assert not ended, f"it ended before it was time: {told.read_text('utf-8')}"
            return is_time()

        wait_for(happened, every=0)

    def _start(self, words: list[str], told: Path) -> int:
        self.asked.write(json.dumps([words, str(told)]) + "\n")
        self.asked.flush()
        return int(self.answers.readline())


@contextmanager
def forks(*modules: str) -> Iterator[Forks]:
    """A process that has imported the command, and these modules too."""
    command = [sys.executable, "-m", "tests.support.forks", *modules]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Forks(process.stdin, process.stdout)


def main() -> None:
    for module in sys.argv[1:]:
        importlib.import_module(module)
    for line in sys.stdin:
        words, told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _be(words, told)
        _answer(pid)
        _answer(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _be(words: list[str], told: str) -> None:
    with Path(told).open("w", encoding="utf-8") as file, redirect_stdout(file), redirect_stderr(file):
        app(words)


if __name__ == "__main__":
    main()
