"""How fast it is known where issues stand, against rendering them, and how fast a text that is being written is shown.

    .venv/bin/python -m benchmarks.standing [--quick]

list_200_ms        milliseconds for the standing of 200 issues (quick: 20), the median of 5; no message of them is
                   approved, which is the most there can be to look at
list_cpu_ms        milliseconds of processor for it
queries            SELECTs for that list
list_vs_rendering  how many times faster than rendering as many; rendering is measured on 5 issues
status_vs_before   time of the standing of one issue ÷ that of commit 5d18c98; null where git does not have it
check_cpu_ms       milliseconds of processor to read and check a text of the example issue that was not read before
frame_cpu_ms       the same for the e-mail of one edition of such a text
"""

from __future__ import annotations

import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, event

from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from devtools.house import ROOT, house
from mailer.artefacts.paper.pieces import PrintOptions
from mailer.content import Content
from mailer.ledger import opening, translators
from mailer.ledger.translations import Decision
from mailer.services.office import Office, Policy, Silence
from mailer.services.publishing.rendering import rendered
from mailer.services.publishing.renewing import renew
from mailer.services.publishing.standing import all_standing, standing
from mailer.services.writing import previews
from mailer.services.writing.checks import check
from mailer.services.writing.looking import read_files
from mailer.typesetting.typesetter import Typesetter
from staff.people import Person, add_person
from staff.roles import Role

BEFORE = "5d18c98"
EXAMPLES = ("los-2026-24", "meldpunt-2026-3", "noo-2026-11")
OF_BEFORE = """
import sys, time, statistics
from pathlib import Path
from mailer.bootstrap import wire
from mailer.ledger import translators
from mailer.ledger.translations import Decision
from mailer.services import publishing
from uuid import uuid4
from database.keys import KeyRing
from mailer.settings import settings_from
KeyRing.create(Path(sys.argv[1]) / settings_from(Path(sys.argv[1])).storage.keys)
parts = wire(Path(sys.argv[1]))
with parts.store.transaction() as session:
    for locale in ("en", "ar"):
        translators.decide(session, sys.argv[2], locale, Decision.OVERRIDE, section="", reason="x", person=uuid4())
times = []
for _ in range(4):
    begun = time.perf_counter()
    publishing.status(parts.press, parts.store, sys.argv[2])
    times.append(time.perf_counter() - begun)
print(statistics.median(times[1:]))
"""


def main() -> None:
    options = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="a list of 20 issues")
    count = 20 if options.parse_args().quick else 200
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office, person = office_in(folder / "content")
        slugs = fill(office, person, count)
        listed = _median(5, lambda: all_standing(office, person))
        begun = time.process_time()
        all_standing(office, person)
        cpu = time.process_time() - begun
        asked = _queries(lambda: all_standing(office, person))
        one = _median(20, lambda: standing(office, person, slugs[0]))
        rendering = statistics.mean(_seconds(lambda slug=slug: rendered(office, slug)) for slug in slugs[:5])  # type: ignore[misc]
        before = _before(folder)
        text = (office.content.folder / f"issues/{EXAMPLES[0]}/issue.md").read_text("utf-8")
        figures = {
            "list_200_ms": round(listed * 1000, 1),
            "queries": asked,
            "list_vs_rendering": round(rendering * count / listed),
            "status_vs_before": round(one / before, 4) if before else None,
            "list_cpu_ms": round(cpu * 1000, 1),
            "check_cpu_ms": _cpu_ms(lambda n: check(office, EXAMPLES[0], text=_another(text, n))),
            "frame_cpu_ms": _cpu_ms(
                lambda n: previews.html(office, EXAMPLES[0], "legal-aid", "nl", text=_another(text, n))
            ),
            "rendering_ms": round(rendering * 1000),
            "standing_ms": round(one * 1000, 1),
            "before_ms": round(before * 1000) if before else None,
            "issues": count,
        }
    for key, value in figures.items():
        print(f"{key:24}{value!s:>12}")
    print(json.dumps(figures))


def _another(text: str, number: int) -> str:
    """The text after one more keystroke: nothing that was kept of the one before fits."""
    return f"{text}\n{'a' * (number + 1)}\n"


def office_in(folder: Path) -> tuple[Office, Person]:
    """The example organisation in `folder`, with a database and keys of its own."""
    for name in ("issues", "translations"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "postduif.toml", folder)
    keys = KeyRing.create(folder / "keys")
    store = Store(f"sqlite:///{folder}/benchmark.sqlite", keys)
    upgrade(store)
    with store.transaction() as session:
        person = add_person(session, "Bram", "bram@voorbeeld.example", [Role.EDITOR])
    policy = Policy(lambda: True, rates=(), printing=PrintOptions())
    content = Content(folder, house())
    return Office(house(), content, Typesetter().pdfs, store, keys, (), Silence(), policy), person


def fill(office: Office, person: Person, count: int) -> list[str]:
    """So many issues that are let go as they are, looked at, and approved; the first five are rendered."""
    folder = office.content.folder
    slugs = list(EXAMPLES)
    for number in range(count - len(EXAMPLES)):
        source = EXAMPLES[number % len(EXAMPLES)]
        slug = f"{source.rsplit('-', 1)[0]}-{1000 + number}"
        shutil.copytree(folder / "issues" / source, folder / "issues" / slug)
        for locale in ("en", "ar"):
            catalog, copy = (folder / office.content.catalog_file(domain, locale) for domain in (source, slug))
            if catalog.exists():
                copy.write_text(catalog.read_text("utf-8").replace(f"Version: {source}", f"Version: {slug}"), "utf-8")
        slugs.append(slug)
    with office.store.transaction() as session:
        for slug in slugs:
            for locale in ("en", "ar"):
                translators.decide(session, slug, locale, Decision.OVERRIDE, section="", reason="x", person=person.uid)
            opening.approve(session, slug=slug, content_hash="0" * 64, person=person.uid, editions={"x": "0" * 64})
    for slug in slugs:
        read_files(office, slug)
    for slug in slugs[:5]:
        renew(office, slug)
    return slugs


def _before(folder: Path) -> float | None:
    """Seconds of the status of one issue at the commit before there was a standing."""
    archive = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        return None
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as opened:
        opened.extractall(folder / "before", filter="data")
    old = folder / "before"
    environment = {**os.environ, "PYTHONPATH": str(old)}
    done = subprocess.run(
        [sys.executable, "-c", OF_BEFORE, str(old), EXAMPLES[0]],
        cwd=old,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        return None
    return float(done.stdout.split()[-1])


def _queries(deed: Callable[[], object]) -> int:
    asked: list[str] = []

    def see(*given: object) -> None:
        if str(given[2]).lstrip().upper().startswith("SELECT"):
            asked.append(str(given[2]))

    event.listen(Engine, "before_cursor_execute", see)
    deed()
    event.remove(Engine, "before_cursor_execute", see)
    return len(asked)


def _cpu_ms(deed: Callable[[int], object]) -> float:
    """Milliseconds of processor, the median of 9 after 2 to warm up."""
    times = []
    for number in range(11):
        begun = time.process_time()
        deed(number)
        times.append(time.process_time() - begun)
    return round(statistics.median(times[2:]) * 1000, 1)


def _seconds(deed: Callable[[], object]) -> float:
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun


def _median(times: int, deed: Callable[[], object]) -> float:
    return statistics.median(_seconds(deed) for _ in range(times))


if __name__ == "__main__":
    main()
