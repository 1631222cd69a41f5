"""`python -m devtools.catalogs`: every catalog is complete, current and accepted by gettext's own `msgfmt -c`.

The product's sentences must have an English and an Arabic translation with the same slots; the example issues must be
complete in every language their audiences read.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from devtools.servers import program

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "translations"
SLOT = re.compile(r"\{[a-z_]+\}|%\([a-z_]+\)s")


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def main() -> int:
    complaints = [*outdated(), *incomplete(), *refused_by_msgfmt()]
    for complaint in complaints:
        sys.stderr.write(f"{complaint}\n")
    if not complaints:
        sys.stdout.write("catalogs: current, complete, accepted by msgfmt -c\n")
    return 1 if complaints else 0


def outdated() -> Iterator[str]:
    """The template must hold just the sentences that stand in the code."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "interface.pot"
        extract = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg", "--omit-header"]
        subprocess.run([*extract, "-k", "_", "-k", "ngettext:1,2", "-o", fresh, "."], cwd=ROOT, check=True)
        if ids(read(fresh)) != ids(read(TRANSLATIONS / "interface.pot")):
            yield "translations/interface.pot is not current: run `make catalogs` and translate what is new"


def ids(catalog: Catalog) -> set[object]:
    return {message.id for message in catalog if message.id}


def incomplete() -> Iterator[str]:
    template = ids(read(TRANSLATIONS / "interface.pot"))
    for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
        catalog = read(path)
        name = path.relative_to(ROOT)
        if path.stem == "interface" and (missing := template - ids(catalog)):
            yield f"{name}: {len(missing)} sentences are missing"
        for message in catalog:
            if message.id and (fault := fault_of(message)):
                yield f"{name}: {fault}: {message.id!r}"


def fault_of(message: Message) -> str | None:
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    if not all(forms):
        return "untranslated"
    if message.fuzzy:
        return "fuzzy"
    source = message.id[-1] if isinstance(message.id, tuple) else message.id
    # a plural form may leave the number out ("one reader", Arabic's dual), so only the last form must hold every slot
    same = set(SLOT.findall(str(forms[-1]))) == set(SLOT.findall(str(source)))
    return None if same else "other slots than the source"


def refused_by_msgfmt() -> Iterator[str]:
    for path in sorted(TRANSLATIONS.rglob("*.po")):
        check = [program("msgfmt", "gettext"), "-c", "-o", "/dev/null", str(path)]
        result = subprocess.run(check, capture_output=True, text=True, check=False)
        if result.returncode or result.stderr:
            yield f"{path.relative_to(ROOT)}: {result.stderr.strip()}"


if __name__ == "__main__":
    sys.exit(main())
