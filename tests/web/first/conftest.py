"""`postduif serve` as a person starts it: a process of its own in a folder that may be empty."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM

import pytest

from devtools.servers import free_port
from devtools.waiting import wait_for
from tests.support.house import ROOT
from tests.web.first.opened import Opened


@dataclass
class Serving:
    """The process, where it answers, and what it printed."""

    process: subprocess.Popen[str]
    base: str
    told: list[str] = field(default_factory=list)

    def link(self) -> str:
        """That of the first run."""
        found = re.search(r"\S+/staff/first/\S+", "".join(self.told))
        assert found is not None, self.told
        return found[0]


@contextmanager
def serving(folder: Path, *options: str, environment: dict[str, str] | None = None) -> Iterator[Serving]:
    """`postduif serve` in this folder, until the block ends."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "commands", "--content", str(folder), "serve", "--port", str(port), *options],
        cwd=ROOT,
        env={**os.environ, "LANGUAGE": "nl", "PYTHONUNBUFFERED": "1", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    found = Serving(process, f"http://localhost:{port}")
    out = process.stdout
    assert out is not None
    reading = threading.Thread(target=lambda: found.told.extend(out), daemon=True)
    reading.start()
    try:
        wait_for(lambda: len(found.told) >= 2 or process.poll() is not None)
        yield found
    finally:
        process.send_signal(SIGTERM)
        process.wait(60)
        reading.join(60)
        out.close()


@pytest.fixture
def start() -> Iterator[Callable[..., Serving]]:
    """Start `postduif serve` as `serving` does; all are stopped at the end of the test."""
    with ExitStack() as stack:
        yield lambda folder, *options, **more: stack.enter_context(serving(folder, *options, **more))


@pytest.fixture(autouse=True)
def data_of_a_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are kept in it, by the name of the folder, and these tests give many folders one name."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return Opened(tmp_path / "nieuw")
