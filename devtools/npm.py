"""What the tests take from npm, installed from the lock file beside this module. A missing npm fails the run."""

from __future__ import annotations

import fcntl
import subprocess
from pathlib import Path

from devtools.servers import program

FOLDER = Path(__file__).parent


def package(name: str) -> Path:
    """The folder of an npm package of devtools/package.json, installed when it is not there yet."""
    folder = FOLDER / "node_modules" / name
    with (FOLDER / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs at once must not install into one folder
        if not folder.is_dir():
            subprocess.run(
                [program("npm", "npm"), "ci", "--ignore-scripts"], cwd=FOLDER, check=True, capture_output=True
            )
    return folder
