"""Typesetting and print runs beside WeasyPrint and Chromium, which make the same pages from the same words.

    .venv/bin/python -m benchmarks.print [--quick]

An edition of 8 and one of 80 pages in Dutch, English and Arabic, cold (a new process) and warm (further, different
editions in that process), everybody's tagged and in turn; and whole print runs of 300 and 3,000 letters in three
languages, each in a new process: typeset, made gray, imposed, addressed, and merged into one duplex file. WeasyPrint,
the newest there is, is installed into a folder of its own; it and Chromium are left out of nothing that our pages
have, as far as they can: head, foot, page numbers, contents, footnotes, boxes. (Chromium knows no footnotes and no
page numbers in a list of contents.) Ours is PDF/A-2a besides.

The last line is JSON: typeset_vs_weasyprint (times faster, warm: the median over lengths and languages), run_300_s,
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
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from benchmarks.print_html import html_of, style_of
from devtools.print_editions import DAY, LOCALES, edition, house, photograph
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.tree import print_tree_from
from mailer.typesetting.typesetter import CHECKOUT, Typesetter
from wording.interface import interface

WEASYPRINT = "weasyprint>=70"
LENGTHS = {8: 2, 80: 20}
"""Pages, and how often the sections of the invented issue are repeated to fill about so many."""
WARM = 3
"""Further editions in the same process."""
ROUNDS = 3
"""How often everyone is asked in turn; the best counts, for everyone, because the machine does other things too."""
OURS = 4
"""How often in each round: a further edition is the difference of two short times, which needs more tries."""
PEER = Path(__file__).with_name("print_peer.py")
RUN = "benchmarks.print_run"

Maker = Callable[[Sequence[dict[str, Any]]], tuple[float, float, int]]
"""Trees in; seconds until the first PDF of a new process, seconds for each further one, and the pages of the last."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="8 pages only, and fewer times")
    quick = options.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        measured = typesetting(Path(folder), quick=quick) | runs(Path(folder), quick=quick)
    print(json.dumps({key: round(value, 3) for key, value in measured.items()}))


def typesetting(folder: Path, *, quick: bool) -> dict[str, float]:
    """Seconds to make one edition, by everyone; returns how many times WeasyPrint takes of ours."""
    name, weasyprint = with_weasyprint(folder)
    makers = {"postduif": typst_seconds, name: weasyprint, **with_chromium(folder)}
    print(f"{'':14}" + "".join(f"{maker:>26}" for maker in makers) + "   seconds cold / warm, pages")
    ratios = []
    for pages, times in list(LENGTHS.items())[: 1 if quick else None]:
        for locale in LOCALES:
            trees = [tree(locale, times, mark) for mark in range(WARM + 1)]
            row = in_turn(makers, trees, 2 if quick else ROUNDS)
            ratios.append(row[name][1] / row["postduif"][1])
            shown = (f"{cold:>12.2f} / {warm:.3f} {made:>3} p." for cold, warm, made in row.values())
            print(f"{pages:>4} pages {locale:4}" + "".join(shown) + f"   {ratios[-1]:.1f} times", flush=True)
    return {"typeset_vs_weasyprint": statistics.median(ratios)}


def in_turn(
    makers: Mapping[str, Maker], trees: Sequence[dict[str, Any]], rounds: int
) -> dict[str, tuple[float, float, int]]:
    """The best of everyone, cold and warm."""
    made: dict[str, list[tuple[float, float, int]]] = {name: [] for name in makers}
    for number in range(rounds):
        for name, maker in makers.items():
            if number == 0 or name != "chromium":  # no key depends on it
                made[name].append(maker(trees))
    best = {name: zip(*found, strict=True) for name, found in made.items()}
    return {name: (min(cold), min(warm), pages[0]) for name, (cold, warm, pages) in best.items()}


def tree(locale: str, times: int, mark: int) -> dict[str, Any]:
    """An edition of which every paragraph differs from those of other marks, so that nothing is remembered.

    Its sections are the same words again and again, and differ too: Typst remembers within an edition as well, which
    made 80 pages a fifth cheaper than pages that someone wrote.
    It is not filled up to whole sheets, nor made smaller to save one: the peers do not do that either.
    """
    whole = print_tree_from(edition(locale, times=times), house(), interface(locale))
    made: dict[str, Any] = _marked(whole, f"\u00a0{mark}")
    made["sections"] = [_marked(section, f".{at}") for at, section in enumerate(made["sections"])]
    made["meta"]["multiple"] = 1
    return made


def _marked(value: Any, mark: str) -> Any:
    if isinstance(value, list):
        return [_marked(one, mark) for one in value]
    if isinstance(value, dict):
        marked = {key: _marked(one, mark) for key, one in value.items()}
        return {**marked, "v": value["v"] + mark} if value.get("t") == "text" else marked
    return value


def typst_seconds(trees: Sequence[dict[str, Any]]) -> tuple[float, float, int]:
    """A new process with one edition, and what each further edition adds; with all that the product does around it."""
    jobs = [PrintJob("newsletter", made, DAY, {"photo.jpg": photograph()}, fitted=False) for made in trees]
    alone = Typesetter(processes=1)
    tried = [(_seconds(lambda: alone.pdf(jobs[0])), _seconds(lambda: alone.pdfs(jobs))) for _ in range(OURS)]
    cold, together = (min(seconds) for seconds in zip(*tried, strict=True))
    return cold, (together - cold) / (len(jobs) - 1), _pages(BytesIO(alone.pdf(jobs[-1])))


def with_weasyprint(folder: Path) -> tuple[str, Maker]:
    """Installs it into a virtual environment of its own; its name and version. (-P: email.py is the library's.)"""
    home = folder / "weasyprint"
    venv.create(home, with_pip=True)
    python = str(home / "bin/python")
    subprocess.run([python, "-m", "pip", "install", "-qq", WEASYPRINT], check=True, stderr=subprocess.DEVNULL)
    asked = [python, "-c", "import importlib.metadata as m; print(m.version('weasyprint'))"]
    version = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    return f"weasyprint {version}", lambda trees: _peer([python, "-P", str(PEER), "weasyprint"], trees, folder)


def with_chromium(folder: Path) -> dict[str, Maker]:
    if shutil.which("chromium") is None:
        return {}
    command = [sys.executable, "-P", str(PEER), "chromium"]
    return {"chromium": lambda trees: _peer(command, trees, folder)}


def _peer(command: list[str], trees: Sequence[dict[str, Any]], scratch: Path) -> tuple[float, float, int]:
    folder = scratch / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "photo.jpg").write_bytes(photograph())
    (folder / "style.css").write_text(style_of(trees[0]), encoding="utf-8")
    for number, made in enumerate(trees):
        (folder / f"{number}.html").write_text(html_of(made), encoding="utf-8")
    started = time.perf_counter()
    said = subprocess.run([*command, str(folder), str(len(trees))], check=True, capture_output=True, encoding="utf-8")
    first, *_, last = (float(line) for line in said.stdout.split())
    return first - started, (last - first) / (len(trees) - 1), _pages(folder / f"{len(trees) - 1}.pdf")


def _pages(pdf: Path | BytesIO) -> int:
    with pikepdf.open(pdf) as opened:
        return len(opened.pages)


def runs(folder: Path, *, quick: bool) -> dict[str, float]:
    """Whole print runs, each in a new process, small and large in turn; the best of each counts."""
    made = [(run(folder, 300), run(folder, 300), run(folder, 3000)) for _ in range(1 if quick else ROUNDS)]
    few, many = [one for first, second, _ in made for one in (first, second)], [third for _, _, third in made]
    for pieces, found in ((300, few), (3000, many)):
        best, peak = (choose(one[key] for one in found) for choose, key in ((min, "seconds"), (max, "peak_mb")))
        print(f"{pieces:>5} letters {best:6.2f} s, {peak:4.0f} MB in a process, {found[0]['file_mb']:.2f} MB in a file")
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
