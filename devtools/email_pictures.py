"""`python -m devtools.email_pictures`: make the pictures of e-mails in docs/pictures anew, with their mark.

The mark is a hash of the template: a test compares it, so that no picture shows a template of the past.
"""

from __future__ import annotations

import hashlib
import sys

from devtools.house import ROOT, house
from devtools.reader_fonts import with_reader_fonts
from mailer.artefacts.email.preview import SCHEMES
from mailer.content import Content
from mailer.services.office import Press
from mailer.services.writing.sheets import NARROW, WIDE, png, sheet
from mailer.typesetting.typesetter import Typesetter

PICTURES = ROOT / "docs" / "pictures"
MARK = PICTURES / "email.sha256"
ISSUE, AUDIENCE = "meldpunt-2026-3", "detention-friends"
LOCALES = ("nl", "en", "ar")
SHEET_COLOURS = 20
"""Of a sheet full of small letters, more would double the file."""
TOP = 1500
"""Pixels: enough to see the masthead, a picture, the contents, a number and a table."""


def names() -> list[str]:
    """Every picture that must be there."""
    return [
        f"email-{locale}-{width}-{scheme}.png" for locale in LOCALES for width in (WIDE, NARROW) for scheme in SCHEMES
    ]


def mark() -> str:
    """SHA-256 over all files of the template, by name."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "templates" / "email").rglob("*.jinja")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def main() -> None:
    press = Press(house(), Content(ROOT, house()), lambda jobs: [])
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in names():
        _email, locale, width, scheme = name.removesuffix(".png").split("-")
        (PICTURES / name).write_bytes(
            png(
                press,
                ISSUE,
                AUDIENCE,
                locale,
                width=int(width),
                scheme=scheme,
                top=TOP,
                dressed=with_reader_fonts,
            )
        )
        sys.stdout.write(f"docs/pictures/{name}\n")
    shown = sheet(press, ISSUE, Typesetter().pictures, dressed=with_reader_fonts, colours=SHEET_COLOURS)
    (PICTURES / "email-sheet.png").write_bytes(shown)
    MARK.write_text(mark() + "\n", "ascii")


if __name__ == "__main__":
    main()
