"""The pages are there for whoever starts the command, and end when they are told to."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from devtools.servers import free_port
from devtools.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]


def test_the_pages_answer_and_a_stop_is_clean(tmp_path: Path) -> None:
    shutil.copy(ROOT / "postduif.toml", tmp_path)
    command = [sys.executable, "-m", "commands", "--content", str(tmp_path)]
    subprocess.run([*command, "keys", "create"], cwd=ROOT, check=True, capture_output=True)
    port = free_port()
    server = subprocess.Popen([*command, "serve", "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        assert "Aanmelden" in answer(f"http://127.0.0.1:{port}/nl/aanmelden")
        assert "Je e-mailadres" in answer(f"http://localhost:{port}/staff/sign-in")
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    finally:
        server.kill()
        server.wait()


def answer(url: str) -> str:
    """The page, as soon as someone answers there."""

    def page() -> str:
        with suppress(OSError), urllib.request.urlopen(url) as answered:  # noqa: S310
            return str(answered.read().decode())
        return ""

    return wait_for(page, every=0.1)
