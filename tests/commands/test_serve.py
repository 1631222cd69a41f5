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

import pytest

from commands.serve import one_network
from devtools.servers import free_port
from devtools.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]


def test_the_pages_answer_and_a_stop_is_clean(tmp_path: Path) -> None:
    shutil.copy(ROOT / "postduif.toml", tmp_path)
    command = [sys.executable, "-m", "commands", "--content", str(tmp_path)]
    subprocess.run([*command, "keys", "create"], cwd=ROOT, check=True, capture_output=True)
    added = [*command, "staff", "add", "Noor", "--role", "admin"]
    subprocess.run(added, cwd=ROOT, check=True, capture_output=True, input=b"noor@voorbeeld.example\n")
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


@pytest.mark.parametrize(
    ("pages", "proxies", "told"),
    [
        ("https://nieuws.example", 0, True),
        ("https://nieuws.example", 1, False),
        ("http://localhost:8080", 0, False),
    ],
)
def test_whose_visitors_would_all_be_one_network_is_told_at_the_start(pages: str, proxies: int, told: bool) -> None:
    assert ("proxies = 1" in str(one_network(pages, proxies))) is told


def answer(url: str) -> str:
    """The page, as soon as someone answers there."""

    def page() -> str:
        with suppress(OSError), urllib.request.urlopen(url) as answered:  # noqa: S310
            return str(answered.read().decode())
        return ""

    return wait_for(page, every=0.1)
