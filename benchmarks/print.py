"""Typesetting and print runs beside WeasyPrint and Chromium, which make the same pages from the same words.

    .venv/bin/python -m benchmarks.print [--quick] [--json FILE]

An edition of 8 and one of 80 pages in Dutch, English and Arabic, cold (a new process) and warm (further, different
editions in that process); and whole print runs of 300 and 3,000 letters in three languages, each in a new process:
typeset, made gray, imposed, addressed, and merged into one duplex file. WeasyPrint is installed into a folder of its
own for the measurement. Keys: typeset_vs_weasyprint (times faster, warm, median over lengths and languages), run_300_s,
run_3000_vs_300, peak_mb (the largest process of the run of 300), file_mb (its merged file).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.print_html import html_of
from mailer.artefacts.print_job import PrintJob
from mailer.artefacts.print_tree import print_tree_from
from mailer.typesetter import CHECKOUT, Typesetter
from tests.artefacts.print_editions import DAY, LOCALES, edition, house, photograph
from wording.interface import interface

WEASYPRINT = "weasyprint==70.*"
LENGTHS = {8: 2, 80: 20}
"""Pages, and how often the sections of the invented issue are repeated to fill about so many."""
WARM = 3
"""Further editions in the same process; the best counts, for everyone, because the machine does other things too."""
PEER = Path(__file__).with_name("print_peer.py")
RUN = "benchmarks.print_run"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="8 pages only, and each run once")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = typesetting(Path(folder), quick=chosen.quick) | runs(Path(folder), quick=chosen.quick)
    print("\n".join(f"{key:24} {value:.2f}" for key, value in measured.items()))
    if chosen.json:
        chosen.json.write_text(json.dumps(measured, indent=2) + "\n", "utf-8")


def typesetting(folder: Path, *, quick: bool) -> dict[str, float]:
    """Seconds to make one edition, by everyone; returns how many times WeasyPrint takes of ours."""
    peers = {"weasyprint": with_weasyprint(folder), "chromium": with_chromium()}
    print(f"{'':10} {'':4} " + "".join(f"{name:>24}" for name in ("typst", *peers)) + "   seconds cold / warm")
    ratios = []
    for pages, times in list(LENGTHS.items())[: 1 if quick else None]:
        for locale in LOCALES:
            trees = [tree(locale, times, mark) for mark in range(WARM + 1)]
            ours = typst_seconds(trees)
            others = {name: peer(trees, folder) for name, peer in peers.items() if peer}
            ratios.append(others["weasyprint"][1] / ours[1])
            row = [ours, *others.values()]
            print(f"{pages:>4} pages {locale:4} " + "".join(f"{cold:>14.2f} / {warm:.3f}  " for cold, warm in row))
    return {"typeset_vs_weasyprint": statistics.median(ratios)}


def tree(locale: str, times: int, mark: int) -> dict[str, Any]:
    """An edition of which every paragraph differs from those of other marks, so that nothing is remembered.

    It is not filled up to whole sheets, nor made smaller to save one: the peers do not do that either.
    """
    whole = print_tree_from(edition(locale, times=times), house(), interface(locale))
    made: dict[str, Any] = _marked(whole, f"\u00a0{mark}" if mark else "")
    made["meta"]["multiple"] = 1
    return made


def _marked(value: Any, mark: str) -> Any:
    if isinstance(value, list):
        return [_marked(one, mark) for one in value]
    if isinstance(value, dict):
        marked = {key: _marked(one, mark) for key, one in value.items()}
        return {**marked, "v": value["v"] + mark} if value.get("t") == "text" else marked
    return value


def typst_seconds(trees: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """A new process with one edition, and what each further edition adds."""
    jobs = [PrintJob("newsletter", made, DAY, {"photo.jpg": photograph()}) for made in trees]
    alone = Typesetter(processes=1)
    cold = _seconds(lambda: alone.pdf(jobs[0]))
    together = min(_seconds(lambda: alone.pdfs(jobs)) for _ in range(3))
    once = min(cold, *(_seconds(lambda: alone.pdf(jobs[0])) for _ in range(2)))
    return cold, (together - once) / (len(jobs) - 1)


def with_weasyprint(folder: Path) -> Callable[[Sequence[dict[str, Any]], Path], tuple[float, float]]:
    """Installs it into a virtual environment of its own. (-P: the folder of the peer holds an email.py of ours.)"""
    home = folder / "weasyprint"
    venv.create(home, with_pip=True)
    subprocess.run([home / "bin/python", "-m", "pip", "install", "-qq", WEASYPRINT], check=True)
    return lambda trees, scratch: _peer([str(home / "bin/python"), "-P", str(PEER), "weasyprint"], trees, scratch)


def with_chromium() -> Callable[[Sequence[dict[str, Any]], Path], tuple[float, float]] | None:
    if shutil.which("chromium") is None:
        return None
    return lambda trees, scratch: _peer([sys.executable, "-P", str(PEER), "chromium"], trees, scratch)


def _peer(command: list[str], trees: Sequence[dict[str, Any]], scratch: Path) -> tuple[float, float]:
    """Seconds from start to the first PDF, and the best of the further ones."""
    folder = scratch / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "photo.jpg").write_bytes(photograph())
    for number, made in enumerate(trees):
        (folder / f"{number}.html").write_text(html_of(made), encoding="utf-8")
    started = time.perf_counter()
    said = subprocess.run([*command, str(folder), str(len(trees))], check=True, capture_output=True, encoding="utf-8")
    moments = [float(line) for line in said.stdout.split()]
    first = moments[0] - started
    return first, min(later - sooner for sooner, later in pairwise(moments))


def runs(folder: Path, *, quick: bool) -> dict[str, float]:
    """Whole print runs, each in a new process."""
    few = [run(folder, 300) for _ in range(1 if quick else 3)]
    many = [run(folder, 3000) for _ in range(1 if quick else 2)]
    seconds = min(one["seconds"] for one in few)
    return {
        "run_300_s": seconds,
        "run_3000_vs_300": min(one["seconds"] for one in many) / seconds,
        "peak_mb": max(one["peak_mb"] for one in few),
        "file_mb": few[0]["file_mb"],
    }


def run(folder: Path, addressees: int) -> dict[str, float]:
    plan = folder / "plan.json"
    trees = {locale: print_tree_from(edition(locale), house(), interface(locale)) for locale in LOCALES}
    plan.write_text(json.dumps(trees), encoding="utf-8")
    (folder / "photo.jpg").write_bytes(photograph())
    started = time.perf_counter()
    command = [sys.executable, "-m", RUN, str(folder), str(addressees)]
    said = subprocess.run(command, check=True, capture_output=True, cwd=CHECKOUT, env={**os.environ, "LANG": "C.UTF-8"})
    facts: dict[str, float] = json.loads(said.stdout)
    return {"seconds": time.perf_counter() - started, **facts}


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
