"""`python -m devtools.update_catalogs` (make catalogs): extract the product's sentences, keep every translation.

Output is stable: sentences in alphabetical order, without places, under a fixed header, so that moving a file or adding
a sentence changes no other entry. What is new stands in the catalogs with an empty translation; `make check` fails
until it is filled in.
"""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from devtools.catalogs import ROOT, TRANSLATIONS, read

EXTRACT = (
    *("extract", "-F", "babel.cfg", "--no-wrap", "--sort-output", "--omit-header", "--no-location"),
    *("-k", "_", "-k", "ngettext:1,2"),
)
FIRST_ENTRY = re.compile(rb"\n\n")


def extract(target: Path) -> Catalog:
    """Write the template of all sentences in the code and the page templates to `target`."""
    babel = [sys.executable, "-m", "babel.messages.frontend", "-q"]
    subprocess.run([*babel, *EXTRACT, "-o", target, "."], cwd=ROOT, check=True)
    return read(target)


def updated(template: Catalog, path: Path) -> bytes:
    """The catalog at `path` with the sentences of `template`, its own header and its own translations."""
    before = read(path)
    header = FIRST_ENTRY.split(path.read_bytes(), 1)[0]
    after = Catalog(locale=before.locale)
    for message in template:
        if message.id:
            known = before.get(message.id if isinstance(message.id, str) else message.id[0])
            empty = ("",) * before.num_plurals if message.pluralizable else ""
            string = known.string if known is not None and known.pluralizable == message.pluralizable else empty
            after.add(message.id, string, flags=message.flags, auto_comments=message.auto_comments)
    body = BytesIO()
    write_po(body, after, width=0, omit_header=True, no_location=True, sort_output=True)
    return header + b"\n\n" + body.getvalue().strip(b"\n") + b"\n"


def main() -> None:
    template = extract(TRANSLATIONS / "interface.pot")
    for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/interface.po")):
        path.write_bytes(updated(template, path))


if __name__ == "__main__":
    main()
