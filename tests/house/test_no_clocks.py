"""No test has an upper limit on elapsed or processor time: on a fresh, busy machine that fails what is sound.

Count the work (`tests/support/work.py`), limit a child process, or wait (`devtools/waiting.py`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLOCKS = {
    **dict.fromkeys(
        ("monotonic", "perf_counter", "process_time", "thread_time", "time", "clock_gettime", "get_clock_info"), "time"
    ),
    "getrusage": "resource",
    "times": "os",
    "timeit": "timeit",
    "default_timer": "timeit",
}
"""What reads a clock, and the module it is in; the same with `_ns` behind it."""
MAY = {
    "devtools/waiting.py": "the generous end of a wait",
    "devtools/chaos.py": "tells how long it took, and asserts nothing about that",
    "devtools/chaos_web.py": "tells how long it took, and asserts nothing about that",
    "devtools/chaos_times.py": "tells how long mail stood still, and asserts nothing about that",
    "devtools/fault_server.py": "says when each letter arrived, for limits on letters per time",
    "devtools/load.py": "tells how long answers took, and asserts nothing about that",
    "devtools/mutants.py": "tells how long each change took, and ends one that waits for ever",
    "devtools/servers.py": "says when each connection came, for a limit on attempts per second",
    "tests/slow/kills.py": "spreads its kills over as long as a command takes",
    "tests/support/patterns.py": "finds the text that a pattern is slowest at; the limit is on a child process",
    "tests/web/test_subscribing.py": "a floor that is a promise: every answer takes at least as long",
}


def clocks_in(source: str) -> Iterator[int]:
    """The lines on which a clock is read, or on which a span from now is asserted to be short."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            if any(_is_clock(alias.name, node.module) for alias in node.names):
                yield node.lineno
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and _is_clock(node.attr, node.value.id):
                yield node.lineno
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Lt | ast.LtE) and _since(node.left):
            yield node.lineno


def _is_clock(name: str, module: str | None) -> bool:
    return CLOCKS.get(name.removesuffix("_ns")) == module


def _since(node: ast.expr) -> bool:
    """`now() - begun`, whatever `now` is called on."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and isinstance(node.left, ast.Call)):
        return False
    called = node.left.func
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name in {"now", "utcnow", "today"}


def test_only_a_wait_and_a_floor_read_a_clock() -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for pattern in ("tests/**/*.py", "devtools/*.py")
        for path in ROOT.glob(pattern)
        if (lines := sorted(clocks_in(path.read_text("utf-8"))))
    }
    assert {path: lines for path, lines in found.items() if path not in MAY} == {}
    assert set(MAY) <= set(found), "an exception that nobody needs any more"


@pytest.mark.parametrize(
    "source",
    [
        "import time\nbegun = time.monotonic()",
        "import time\nbegun = time.perf_counter_ns()",
        "from time import process_time",
        "from time import thread_time as cpu",
        "import resource\nused = resource.getrusage(resource.RUSAGE_SELF)",
        "import os\nos.times()",
        "assert now() - begun < timedelta(seconds=2)",
        "assert datetime.now(UTC) - begun <= LIMIT",
    ],
)
def test_an_upper_limit_is_found(source: str) -> None:
    assert list(clocks_in(source))


@pytest.mark.parametrize("source", ["import time\ntime.sleep(1)", "assert now() - begun >= FLOOR", "at = now() - day"])
def test_what_limits_nothing_is_left_alone(source: str) -> None:
    assert not list(clocks_in(source))
