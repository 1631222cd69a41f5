"""Keys move to another folder, whatever kills the move."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from database.keys import KeyRing, complete, has_keys
from database.moving import move_keys

STEPS = ("write", "fsync", "link", "rename", "unlink", "rmdir")


class KilledError(BaseException):
    """Nothing of ours catches it."""


class Dying:
    """Dies at one step, and takes none after it."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.taken: list[str] = []

    def step(self, name: str, real: Any) -> Any:
        def take(*given: Any, **named: Any) -> Any:
            if len(self.taken) >= self.left:
                raise KilledError
            self.taken.append(name)
            return real(*given, **named)

        return take


def move_dying(old: Path, new: Path, left: int) -> list[str]:
    """The steps that a move took before it was killed."""
    dying = Dying(left)
    with pytest.MonkeyPatch.context() as patched:
        for name in STEPS:
            patched.setattr(os, name, dying.step(name, getattr(os, name)))
        try:
            move_keys(old, new)
        except KilledError:
            return dying.taken
    return [*dying.taken, "ended"]


def test_killed_at_any_step_a_whole_ring_is_left_and_a_second_try_ends(tmp_path: Path) -> None:
    for left in range(100):
        old, new = tmp_path / f"{left}" / "old", tmp_path / f"{left}" / "there" / "new"
        old.mkdir(parents=True)
        complete(old)
        ring = KeyRing.from_folder(old).roots
        taken = move_dying(old, new, left)
        assert KeyRing.from_folder(new if has_keys(new) else old).roots == ring
        if "ended" not in taken:
            move_keys(old, new)
        assert KeyRing.from_folder(new).roots == ring
        assert not old.exists()
        if "ended" in taken:
            break
    assert left > len(ring) * 6
    assert taken[taken.index("rename") + 1] == "fsync"  # the new folder has its name on the disk before the old go
