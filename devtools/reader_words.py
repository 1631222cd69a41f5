"""The sentences of the product that a reader or an addressee sees, in each language: mails, public pages, sheets.

`python -m devtools.reader_words` prints them as JSON: `{"nl": [...], "en": [...], "ar": [...]}`, in the same order.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from devtools.catalogs import ROOT, TRANSLATIONS, read

SEEN_BY_READERS = (
    "mailer/artefacts",
    "mailer/services/notices/letters.py",
    "mailer/services/readers/choices.py",
    "mailer/services/readers/joining.py",
    "mailer/services/readers/own_data.py",
    "subscribers/consent.py",
    "subscribers/address.py",
    "subscribers/limits.py",
    "templates/archive",
    "templates/email",
    "templates/web/base.html.jinja",
    "templates/web/parts",
    "templates/web/public",
    "web/errors.py",
    "web/forms.py",
    "web/public",
)
"""Where their sentences stand; some of the paper are for the postal desk."""


LONGEST = 18
"""Words of a sentence at level B1, at most (docs/decisions/0067-level-b1.md)."""
_END = re.compile(r"(?<=[.?!؟])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def too_long(texts: list[str]) -> list[str]:
    """The sentences of these texts with more words than that; a slot counts as one."""
    parts = (part for text in texts for part in _END.split(re.sub(r"\{\w+\}", "x", text)))
    return [part for part in parts if len(_WORD.findall(part)) > LONGEST]


def sentences() -> dict[str, list[str]]:
    """Every form of every sentence, in Dutch, English and Arabic."""
    with tempfile.TemporaryDirectory(prefix="postduif-words-") as folder:
        target = Path(folder) / "readers.pot"
        babel = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg", "-k", "_"]
        subprocess.run([*babel, "-k", "ngettext:1,2", "-o", target, "."], cwd=ROOT, check=True)
        found = [
            message.id
            for message in read(target)
            if message.id and any(file.startswith(SEEN_BY_READERS) for file, _line in message.locations)
        ]
    said: dict[str, list[str]] = {"nl": [], "en": [], "ar": []}
    for locale in ("en", "ar"):
        catalog = read(TRANSLATIONS / locale / "LC_MESSAGES" / "interface.po")
        for msgid in found:
            message = catalog.get(msgid if isinstance(msgid, str) else msgid[0])
            said[locale].extend(_forms(message.string if message else ""))
    for msgid in found:
        said["nl"].extend(_forms(msgid))
    return said


def _forms(text: Any) -> tuple[str, ...]:
    """Of a message of Babel, whose text is one, or a form for each number."""
    return (text,) if isinstance(text, str) else tuple(dict.fromkeys(text))


if __name__ == "__main__":
    print(json.dumps(sentences(), ensure_ascii=False, indent=0))
