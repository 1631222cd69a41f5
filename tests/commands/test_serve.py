"""The pages are there for whoever starts the command, and end when they are told to."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from devtools.servers import free_port

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
    deadline = time.monotonic() + 40
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as page:  # noqa: S310 — an address of this machine
                return str(page.read().decode())
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
