"""`python -m devtools.promises` (make promises): which test shows which promise, and docs/threat-model.md made anew.

Tests are found by reading their source: collecting them all takes half a minute, this takes one second.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE, PAGE = ROOT / "docs" / "promises.toml", ROOT / "docs" / "threat-model.md"
BEGIN, END = "<!-- promises: made by `make promises` -->", "<!-- end of promises -->"
LATER_AT_MOST = 1
"""How many rows may wait for their test. This number only goes down."""


@dataclass(frozen=True)
class Promises:
    """What stands in docs/promises.toml: texts by number, and what is not shown yet with the reason."""

    promises: Mapping[str, str]
    faults: Mapping[str, tuple[str, str]]
    """What goes wrong, and how it ends."""
    elsewhere: Mapping[str, tuple[str, str]]
    """What went wrong in the software of others, and what guards ours."""
    later: Mapping[str, str]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Of every promise, in the order of the file: P1, F1, row 1."""
        return (*self.promises, *self.faults, *self.elsewhere)


def promised() -> Promises:
    read = tomllib.loads(SOURCE.read_text("utf-8"))
    pairs = {kind: {number: (a, b) for number, (a, b) in read[kind].items()} for kind in ("faults", "elsewhere")}
    return Promises(read["promises"], pairs["faults"], pairs["elsewhere"], read["later"])


def tests_of(files: Iterable[Path]) -> dict[str, list[str]]:
    """Number → tests that bear it, as `tests/x/test_y.py::test_z`, in the order of the files."""
    found: dict[str, list[str]] = {}
    for path in files:
        source = path.read_text("utf-8")
        if "mark.promise" in source:
            for number, name in borne_in(source):
                found.setdefault(number, []).append(f"{path.relative_to(ROOT)}::{name}")
    return found


def borne_in(source: str) -> Iterator[tuple[str, str]]:
    """Each number with the function that bears it. Raises ValueError for a number that is no plain string."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.promise":
                    for number in mark.args:
                        if not isinstance(number, ast.Constant):
                            raise ValueError(f"line {number.lineno}: a promise is named by its number")
                        yield str(number.value), node.name


def borne() -> dict[str, list[str]]:
    """Number → tests, of all tests there are."""
    return tests_of(sorted((ROOT / "tests").rglob("*.py")))


def updated(page: str) -> str:
    """The page with its tables made anew, between their marks."""
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables(promised(), borne())}\n{END}{after}"


def tables(said: Promises, tests: Mapping[str, list[str]]) -> str:
    """Three tables, and what is not shown yet."""
    shown = {number: _files(tests.get(number, [])) for number in said.numbers}
    parts = [
        _table("What is promised", ("number", "promise"), {n: (text,) for n, text in said.promises.items()}, shown),
        _table("What may go wrong here", ("number", "fault", "how it ends"), said.faults, shown),
        _table("What went wrong elsewhere", ("number", "what happened", "what guards ours"), said.elsewhere, shown),
    ]
    later = [f"- {what}: {why}." for what, why in said.later.items()]
    return "\n".join([*parts, "## What no test shows yet", "", *(later or ["Nothing."]), ""])


def _table(title: str, head: tuple[str, ...], rows: Mapping[str, tuple[str, ...]], shown: Mapping[str, str]) -> str:
    lines = [f"## {title}", "", f"| {' | '.join(head)} | shown in |", f"|{'---|' * (len(head) + 1)}"]
    lines += [f"| {number} | {' | '.join(cells)} | {shown[number]} |" for number, cells in rows.items()]
    return "\n".join([*lines, ""])


def _files(tests: Iterable[str]) -> str:
    """`carriers/test_post, web/test_links`: each file once."""
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    return ", ".join(f"`{file.removeprefix('tests/').removesuffix('.py')}`" for file in files)


def main() -> int:
    """1 when a number has no test, or a test bears a number that is none."""
    said, tests = promised(), borne()
    for number in said.numbers:
        sys.stdout.write(f"{number}\n" + "".join(f"    {test}\n" for test in tests.get(number, ["NO TEST"])))
    for what, why in said.later.items():
        sys.stdout.write(f"later: {what}: {why}\n")
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8")
    wrong = [*(f"{one} has no test" for one in said.numbers if one not in tests)]
    wrong += [f"{one} is no promise" for one in tests if one not in said.numbers]
    sys.stderr.write("".join(f"{one}\n" for one in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
