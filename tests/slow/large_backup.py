"""Hundreds of megabytes backed up and put back in a process that has room for a few: it grows with nothing.

Not in `make test`: it takes minutes. `make slow` runs it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.keeping.test_backup import made
from tests.support.house import ROOT

MIB = 192
"""Of content, and as much of database; the process may have a quarter of one of them."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_large_backup_and_its_restore_take_little_more_memory_than_a_small_one(
    kind: str, tmp_path: Path, lend: Callable[[str, Path], str]
) -> None:
    house = made(tmp_path, lend(kind, tmp_path / "content" / "var"))
    house.parts.store.close()
    empty = lend(kind, tmp_path / "back" / "var")
    given = [str(one) for one in (house.parts.content.folder, house.keys, house.url, empty, MIB)]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.backup_in_little_memory", *given],
        cwd=ROOT,
        env={**os.environ, "MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "limited\n"), ended.stderr
