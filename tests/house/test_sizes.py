"""A module is about one thing; past 400 lines it is two things."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from tests.house.test_arrows import ROOMS, ROOT


def modules() -> dict[Path, int]:
    return {
        path.relative_to(ROOT): len(path.read_text("utf-8").splitlines())
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "versions" not in path.parts
    }


def test_no_module_is_longer_than_400_lines() -> None:
    assert {path: lines for path, lines in modules().items() if lines > 400} == {}


def test_the_median_module_stays_under_130_lines() -> None:
    assert median(modules().values()) < 130
