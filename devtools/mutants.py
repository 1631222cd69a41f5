"""`make mutants`: break the product on purpose, one seeded change at a time, and see that a test notices.

The changes stand in devtools/mutants/*.toml: a text of the source, what takes its place, and the tests that must fail.
Each runs in a copy of the tree, up to its first failing test. A change that names a promise is run against the tests
that bear its number alone. What was found is kept beside the copies: a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from queue import Queue

from devtools import promises

ROOT = Path(__file__).resolve().parents[1]
TABLES, PAGE = ROOT / "devtools" / "mutations", ROOT / "docs" / "mutants.md"
LINKED = (".venv", "devtools/node_modules")
"""Not in the repository, and the same for each copy."""
SECONDS = 400
"""For one change, on a busy machine; a change that makes a test wait for ever was noticed."""
LONG = 3600
NOTICED, SURVIVED, BROKEN = "noticed", "survived", "broken"
FAILED = 1
"""What pytest ends with when a test failed; anything else but 0 says that the tests could not even be read."""


@dataclass(frozen=True)
class Mutant:
    """One change. Raises TypeError for a field that is none."""

    area: str
    what: str
    """What is wrong with the product then."""
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = ()
    """Files or tests; of a change with a promise: files, or none for all that bear the number."""
    promise: str = ""

    def chosen(self, borne: dict[str, list[str]]) -> list[str]:
        """What pytest is given."""
        if not self.promise:
            return list(self.tests)
        return [one for one in borne[self.promise] if not self.tests or one.partition("::")[0] in self.tests]

    def applied(self, source: str) -> str:
        """Raises ValueError when the source has moved: the text must be there exactly once."""
        if source.count(self.old) != 1:
            raise ValueError(f"{self.file}: found {source.count(self.old)} times: {self.old!r} ({self.what})")
        return source.replace(self.old, self.new)


@dataclass
class Found:
    """How one run of pytest ended."""

    end: str
    seconds: float
    by: str = ""
    """The first test that failed."""
    said: str = field(default="", repr=False)


def mutants() -> list[Mutant]:
    """All of them, in the order of the files."""
    return [
        Mutant(path.stem.replace("-", " "), **{**one, "tests": tuple(one.get("tests", ()))})
        for path in sorted(TABLES.glob("*.toml"))
        for one in tomllib.loads(path.read_text("utf-8"))["mutant"]
    ]


def tree() -> list[str]:
    """Every file of the tree that is or may be committed, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    return sorted(path for path in listed.decode().split("\0") if path and (ROOT / path).is_file())


class States:
    """What a finding holds for: the change, all of the product, and the files of tests that it is tried with."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._each = {path: hashlib.sha256((ROOT / path).read_bytes()).hexdigest() for path in paths}
        shared = {path: one for path, one in self._each.items() if not _is_beside(path)}
        self._shared = json.dumps(shared, sort_keys=True)

    def key(self, mutant: Mutant, tests: Iterable[str]) -> str:
        own = sorted({self._each[test.partition("::")[0]] for test in tests})
        whole = json.dumps([asdict(mutant), own, self._shared], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()[:24]


def _is_beside(path: str) -> bool:
    """What changes no other test: a file of tests, a page of documentation, and the table itself."""
    name = path.rpartition("/")[2]
    return path.startswith(("docs/", "devtools/mutations/")) or path.endswith(".md") or name.startswith("test_")


def copied(paths: Iterable[str], to: Path) -> Path:
    """A copy of the tree, with the environment of this one."""
    for path in paths:
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, to / path, follow_symlinks=False)
    for name in LINKED:
        if (ROOT / name).exists():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            (to / name).symlink_to(ROOT / name)
    own = subprocess.run(
        [sys.executable, "-c", "import mailer; print(mailer.__file__)"],
        cwd=to, env=environment(to), capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    if not own.startswith(str(to)):
        raise RuntimeError(f"the copy would be tested with {own}")
    return to


def environment(copy: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**kept, "PYTHONPATH": str(copy), "HYPOTHESIS_STORAGE_DIRECTORY": str(copy / ".hypothesis")}


def tested(copy: Path, tests: Sequence[str], seconds: int) -> Found:
    """Run these tests in a copy up to the first that fails, in a process group of its own."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=line", "-p", "no:cacheprovider", *tests]
    begun = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, cwd=copy, env=environment(copy), stdout=said, stderr=said, start_new_session=True
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = FAILED
        finally:
            ended(process)
        said.seek(0)
        text = said.read()
    failed = [line.split(" ")[1] for line in text.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    end = {0: SURVIVED, FAILED: NOTICED}.get(code, BROKEN)
    return Found(end, round(time.monotonic() - begun, 1), failed[0] if failed else "", text[-1500:])


def ended(process: subprocess.Popen[bytes]) -> None:
    """End whatever is left of it, and of what it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def tried(mutant: Mutant, copy: Path, borne: dict[str, list[str]], stamp: Iterator[int]) -> Found:
    """Make the change in a copy, test it, and take it back."""
    path = copy / mutant.file
    source = path.read_text("utf-8")
    try:
        _write(path, mutant.applied(source), stamp)
        return tested(copy, mutant.chosen(borne), SECONDS)
    finally:
        _write(path, source, stamp)


def _write(path: Path, text: str, stamp: Iterator[int]) -> None:
    """With a time of its own: Python takes a compiled module of the same second and size for current."""
    path.write_text(text, "utf-8")
    at = next(stamp)
    os.utime(path, (at, at))


class Kept:
    """What was noticed, one JSON object a line."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "noticed.jsonl"
        lines = self._path.read_text("utf-8").splitlines() if self._path.exists() else []
        self._known = {one["key"]: one["found"] for one in map(json.loads, lines)}

    def found(self, key: str) -> Found | None:
        return Found(**self._known[key]) if key in self._known else None

    def keep(self, key: str, found: Found) -> None:
        if found.end == NOTICED:  # a survivor is tried again: it may have been mended
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key, "found": asdict(found)}) + "\n")


def run(chosen: Sequence[Mutant], folder: Path, processes: int, *, sound: bool) -> list[tuple[Mutant, Found]]:
    """Try each. Raises SystemExit when a test fails without any change: it would notice nothing. `sound`: none does."""
    paths = tree()
    kept, borne, states = Kept(folder), promises.borne(), States(paths)
    keys = {one: states.key(one, one.chosen(borne)) for one in chosen}
    results = {one: found for one in chosen if (found := kept.found(keys[one]))}
    open_ones = [one for one in chosen if one not in results]
    clock = iter(range(int(time.time()) - 1_000_000, int(time.time()) + 1_000_000_000, 2))
    with tempfile.TemporaryDirectory(prefix="postduif-mutants-") as room, ThreadPoolExecutor(processes) as pool:
        copies: Queue[Path] = Queue()
        for number in range(processes):
            copies.put(copied(paths, Path(room, str(number)).resolve()))
        if not sound:
            require_sound(pool, copies, sorted({test for one in open_ones for test in one.chosen(borne)}), processes)
        done = count(1)

        def one_of(mutant: Mutant) -> None:
            copy = copies.get()
            try:
                found = tried(mutant, copy, borne, clock)
            finally:
                copies.put(copy)
            kept.keep(keys[mutant], found)
            results[mutant] = found
            how = f"{found.end} in {found.seconds:.0f} s" + (f" by {found.by}" if found.by else "")
            said = found.said if found.end == BROKEN else ""
            say(f"{next(done)}/{len(open_ones)} {mutant.area}: {mutant.what}: {how}\n{said}".rstrip())

        list(pool.map(one_of, open_ones))
    return [(one, results[one]) for one in chosen]


def require_sound(pool: ThreadPoolExecutor, copies: Queue[Path], tests: Sequence[str], processes: int) -> None:
    """Run all tests without any change. Raises SystemExit, with what pytest says, when one fails."""
    by_file: dict[str, list[str]] = {}
    for test in tests:
        by_file.setdefault(test.partition("::")[0], []).append(test)
    asked = [[file] if file in some else some for file, some in by_file.items()]  # the whole file has its tests

    def sound(some: Sequence[str]) -> Found:
        copy = copies.get()
        try:
            return tested(copy, some, LONG)
        finally:
            copies.put(copy)

    shares = [[test for some in asked[at::processes] for test in some] for at in range(processes)]
    for found in pool.map(sound, filter(None, shares)):
        say(f"without any change: {found.end} in {found.seconds:.0f} s")
        if found.end != SURVIVED:
            raise SystemExit(found.said)


def page(results: Sequence[tuple[Mutant, Found]], seconds: float, on: datetime) -> str:
    """docs/mutants.md: when, how many, and each change with the test that noticed it."""
    areas = Counter(one.area for one, _found in results)
    numbers = ", ".join(f"{area} {count}" for area, count in areas.items())
    ends = Counter(found.end for _one, found in results)
    lines = [
        "# Changes that tests notice", "",
        "Made by `make mutants`: the product is broken on purpose, one change at a time, in a copy of the tree. The",
        "changes stand in `devtools/mutations/`; each must be noticed by a test. Where a promise is named, a test that",
        "bears its number ([threat-model.md](threat-model.md)) noticed it.", "",
        f"Last run on {on:%Y-%m-%d}: {len(results)} changes ({numbers}), {ends[NOTICED]} noticed, "
        f"{ends[SURVIVED] + ends[BROKEN]} not, in {seconds / 60:.0f} minutes.", "",
    ]  # fmt: skip
    for area in areas:
        lines += [f"## {area.capitalize()}", "", "| change | promise | noticed by |", "|---|---|---|"]
        lines += [
            f"| {one.what} | {one.promise} | `{found.by.removeprefix('tests/').partition('[')[0] or found.end}` |"
            for one, found in results
            if one.area == area
        ]
        lines.append("")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="changes whose area or words hold this; the page is left alone")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sound", action="store_true", help="`make test` and `make faults` passed on this very tree")
    parser.add_argument("--folder", type=Path, default=ROOT / ".mutants", help="where what was found is kept")
    options = parser.parse_args(arguments)
    options.folder.mkdir(exist_ok=True)
    chosen = [one for one in mutants() if options.only in f"{one.area}: {one.what}: {one.file}"]
    begun = time.monotonic()
    results = run(chosen, options.folder, options.processes, sound=options.sound)
    seconds = sum(found.seconds for _one, found in results) / options.processes
    left = [f"{one.area}: {one.what}" for one, found in results if found.end != NOTICED]
    if not options.only and not left:
        PAGE.write_text(page(results, seconds, datetime.now(UTC)), "utf-8")
    told = {"mutants": len(results), "noticed": len(results) - len(left), "left": left}
    say(json.dumps({**told, "seconds": round(time.monotonic() - begun), "of_all": round(seconds)}))
    return 1 if left else 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
