"""One print run in a process of its own: `python -m benchmarks.print_run FOLDER ADDRESSEES`; facts as JSON."""

from __future__ import annotations

import json
import resource
import sys
from datetime import date
from pathlib import Path
from uuid import UUID

from devtools.print_editions import house
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.pieces import LETTERS, Copy, EditionKey, PrintedEdition, PrintOptions, pieces_of
from mailer.artefacts.paper.run_files import RunPlan, run_files
from mailer.typesetting.typesetter import Typesetter
from subscribers.addressee import Addressee, Centre

DAY = date(2026, 11, 26)
NAMES = ("Zoë Öztürk", "محمد بن عبد الله", "Ali Ben Salah", "Samir El Mithal", "Łukasz Nowak", "ليلى الخيالية")


def main(folder: Path, count: int) -> None:
    trees = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    photo = (folder / "photo.jpg").read_bytes()
    typeset = Typesetter().pdfs
    pdfs = typeset([PrintJob("newsletter", tree, DAY, {"photo.jpg": photo}) for tree in trees.values()])
    editions = {EditionKey(code): PrintedEdition(pdf, code == "ar") for code, pdf in zip(trees, pdfs, strict=True)}
    pieces = pieces_of(Copy(addressee(number, list(trees)), list(trees)[number % 3]) for number in range(count))
    options = PrintOptions(addressing=LETTERS, return_line="Postbus 99001", merged=True)
    files = run_files(RunPlan("run", DAY, pieces, editions, options), house(), typeset)
    for file in files:
        (folder / file.name).write_bytes(file.data)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    size = max(len(file.data) for file in files)
    sys.stdout.write(json.dumps({"peak_mb": peak / 1024, "file_mb": size / 1e6}))


def addressee(number: int, locales: list[str]) -> Addressee:
    place = number % 3
    centre = Centre(f"c{place}", f"Centrum {place}", (f"Postbus 9900{place}", "9999 ZZ  VOORBEELDSTAD"), True, DAY)
    name = f"{NAMES[number % len(NAMES)]} {number}"
    return Addressee(UUID(int=number), name, centre, f"R-{number:05}", locales[number % 3])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
