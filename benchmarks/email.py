"""How fast an e-mail is made: `python -m benchmarks.email [--quick]` prints a table and, as its last line, JSON.

mjml_vs_npm           npm mjml 5 ÷ ours, for the same source to HTML with inlined styles, both warm, medians
fill_vs_emailmessage  building email.message.EmailMessage for a reader ÷ filling the slots of a finished message
read_on_vs_without    `check` of an issue of sixty long sections with `read_on` ÷ the same without
edition_ms            Markdown of the longest example issue to a finished MIME with slots, warm, median
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path
from unittest.mock import patch

from mailer.artefacts.email import artefact as making
from mailer.artefacts.email.artefact import EmailArtefact, email_from
from mailer.artefacts.email.images import Picture
from mailer.artefacts.email.message import message_from
from mailer.artefacts.email.mjml import Placed, html_from
from mailer.artefacts.email.personal import PersonalMessage
from mailer.artefacts.slots import SLOT
from mailer.content import Content
from mailer.edition import Edition, edition_from
from mailer.organisation import House, Showing
from mailer.services.office import Press
from mailer.services.writing.checks import check
from mailer.settings import settings_from
from mailer.translation.apply import in_source_language
from wording.interface import interface

ROOT = Path(__file__).resolve().parent.parent
ISSUE, AUDIENCE, LOCALE = "los-2026-24", "legal-aid", "nl"
LONG_OF, LONG = "noo", "noo-2026-99"
VALUES = {
    "to": "fatima@lezer.example",
    "message_id": "<1.0123456789abcdef0123456789abcdef@voorbeeld.example>",
    "date": "Thu, 26 Nov 2026 09:00:00 +0100",
    "greeting": "Beste Fatima,",
    "unsubscribe_url": "https://nieuws.voorbeeld.example/u/" + "T" * 60,
    "unsubscribe_mailto": "mailto:afmelden@voorbeeld.example?subject=" + "T" * 60,
    "preferences_url": "https://nieuws.voorbeeld.example/p/" + "T" * 60,
}


def main() -> None:
    options = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="a fifth of the repeats")
    repeats = 1 if options.parse_args().quick else 5
    house = settings_from(ROOT).house()
    cut, images = _edition(house)
    artefact = email_from(cut, house, interface(LOCALE), images)
    message = message_from(artefact, cut, house)
    source = _source(cut, house, images)
    ours, theirs = _mjml(source), _npm(source)
    filled = _median(lambda: message.pieces(VALUES), 400 * repeats)
    built = _median(lambda: _built(artefact, message), 10 * repeats)
    whole = _median(lambda: _whole(house), 4 * repeats)
    figures = {
        "mjml_vs_npm": round(theirs / ours, 1),
        "fill_vs_emailmessage": round(built / filled, 1),
        "read_on_vs_without": round(_read_on(house, repeats), 2),
        "edition_ms": round(whole, 1),
        "fill_us": round(filled * 1000, 1),
        "emailmessage_us": round(built * 1000, 1),
        "mjml_ms": round(ours, 2),
        "npm_mjml_ms": round(theirs, 2),
        "html_kb": round(artefact.size / 1024, 1),
        "message_kb": round(len(message.fill(VALUES)) / 1024, 1),
    }
    for name, value in figures.items():
        print(f"{name:24}{value:>12}")
    print(json.dumps(figures))


def _edition(house: House) -> tuple[Edition, dict[str, Picture]]:
    content = Content(ROOT, house)
    issue, document = content.issue(ISSUE)
    translated = in_source_language(issue, document, LOCALE)
    return edition_from(translated, house.audiences[AUDIENCE], house), content.pictures(ISSUE, document)


def _whole(house: House) -> None:
    cut, images = _edition(house)
    message_from(email_from(cut, house, interface(LOCALE), images), cut, house)


def _read_on(house: House, repeats: int) -> float:
    """A mail of 170 KB of sixty sections with ten paragraphs: once it was made anew for each that is shortened."""
    paragraphs = "\n\n".join(["Een alinea met woorden. " * 10] * 10)
    sections = "\n\n".join(f"## Rubriek {at}\n\n{paragraphs}" for at in range(60))
    front = "---\ntitle: Lang\nsubject: Lang\npreheader: Lang\ndate: 2026-12-01\n---\n\n"
    with tempfile.TemporaryDirectory() as folder:
        issue = Path(folder) / "issues" / LONG
        issue.mkdir(parents=True)
        (issue / "issue.md").write_text(f"{front}{sections}\n", encoding="utf-8")
        took = {}
        for read_on in (False, True):
            publication = replace(
                house.publications[LONG_OF],
                read_on=read_on,
                on_show=Showing.ON_SEND if read_on else Showing.BY_HAND,
            )
            own = replace(house, publications={**house.publications, LONG_OF: publication})
            press = Press(own, Content(Path(folder), own), lambda _jobs: [])
            took[read_on] = _processor(partial(check, press, LONG), 2 * repeats)
    return took[True] / took[False]


def _source(cut: Edition, house: House, images: dict[str, Picture]) -> str:
    """The MJML of the edition with its text in place, so that both engines do the same work."""
    kept: list[str] = []

    def keep(source: str, placed: Placed, _direction: str) -> str:
        kept.append(SLOT.sub("https://voorbeeld.invalid/", placed.restore(source)))
        return ""

    with patch.object(making, "html_from", keep):
        email_from(cut, house, interface(LOCALE), images)
    return re.sub(r"[\u00a0\u200e\u200f]", " ", kept[0])


def _mjml(source: str) -> float:
    return _median(lambda: html_from(source, Placed(), "ltr"), 50)


def _node() -> str:
    """The Node of the development requirements, or of this machine."""
    own = Path(sys.executable).with_name("node")
    return str(own) if own.exists() else "node"


def _npm(source: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "newsletter.mjml"
        path.write_text(source, "utf-8")
        package = ROOT / "devtools" / "node_modules" / "mjml" / "lib" / "index.js"
        if not package.is_file():
            sys.exit("npm mjml is missing: npm ci --prefix tests")
        command = [_node(), str(ROOT / "benchmarks" / "mjml_npm.mjs"), str(package), str(path), "20"]
        result = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(statistics.median(json.loads(result.stdout)))


def _built(artefact: EmailArtefact, message: PersonalMessage) -> bytes:
    """The same message as Python's own library makes it, with the same headers and parts."""

    def own(text: str) -> str:
        return SLOT.sub(lambda found: VALUES[found[1]], text)

    made = EmailMessage(policy=SMTP)
    for line in re.sub(r"\r\n[ \t]", " ", own(message.head)).split("\r\n"):
        name, _colon, value = line.partition(": ")
        if name and not name.startswith(("MIME", "Content")):
            made[name] = value
    made.set_content(own(artefact.text))
    made.add_alternative(own(artefact.html), subtype="html")
    [_plain, rich] = made.iter_parts()
    assert isinstance(rich, EmailMessage)
    for image in artefact.images:
        rich.add_related(image.picture.data, "image", image.picture.subtype, cid=f"<{image.cid}>")
    return made.as_bytes()


def _median(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds, after three rounds to warm up."""
    for _ in range(3):
        work()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def _processor(work: Callable[[], object], rounds: int) -> float:
    """Seconds of processor of the fastest of the rounds: what else the machine does is not counted."""
    taken = []
    for _ in range(rounds + 1):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


if __name__ == "__main__":
    main()
