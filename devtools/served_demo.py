"""`postduif demo --serve` as a process of its own, for pictures and tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM

from devtools.house import ROOT
from devtools.servers import free_port


@contextmanager
def served_demo(*options: str, content: Path = Path()) -> Iterator[str]:
    """The demo over the example, or over a copy in `content`, served while the block runs; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "commands", "--content", str(content), "demo", "--serve", "--port", str(port)]
    process = subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        env={**os.environ, "LANGUAGE": "nl", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        if not any("/staff/demo" in line for line in process.stdout):
            raise RuntimeError("the demo ended before it served")
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(SIGTERM)
        code = process.wait(60)
        process.stdout.close()
    if code:
        raise RuntimeError(f"the demo ended with {code}")
