"""Good public translations, to see how many of them the checks would stop: read from packages that carry them.

Nothing of them is kept here; the packages are fetched by name and version, and only their catalogs are read.

pretix          PyPI, its catalogs Apache-2.0: English to Arabic, and Dutch to English (the Dutch catalog turned round);
                mails and explanations, written as Markdown
homeassistant   PyPI, Apache-2.0: Dutch to English (turned round); explanations of settings, written as Markdown
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.pofile import read_po

from mailer.translation.checks import findings
from mailer.translation.checks.pair import Pair

PRETIX = "pretix==2026.8.0"
HOME_ASSISTANT = "homeassistant==2025.4.4"
_DIGIT = re.compile(r"(?<![%({\w])\d")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_HTML = re.compile(r"</?[a-zA-Z]|&[a-z]+;")


class Translated(NamedTuple):
    """A text and what a person made of it in another language."""

    source: str
    target: str
    locale: str


def corpora(folder: Path) -> dict[str, list[Translated]]:
    """Pairs by the name of their corpus; each text once."""
    pretix, home = _package(folder, PRETIX), _package(folder, HOME_ASSISTANT)
    return {
        "pretix en-ar": _each_once(_from_po(pretix, "ar")),
        "pretix nl-en": _each_once(Translated(one.target, one.source, "en") for one in _from_po(pretix, "nl")),
        "homeassistant nl-en": _each_once(_from_json(home)),
    }


def figures() -> dict[str, float]:
    """How many of them the checks stop, shown by corpus; Arabic with a digit in it apart, where most go wrong."""
    with tempfile.TemporaryDirectory(prefix="postduif-real-") as folder:
        there = corpora(Path(folder))
    arabic = [one for pairs in there.values() for one in pairs if one.locale == "ar" and _DIGIT.search(one.source)]
    stopped = {name: sum(map(_is_stopped, pairs)) for name, pairs in (there | {"arabic with a digit": arabic}).items()}
    for name, pairs in (there | {"arabic with a digit": arabic}).items():
        print(f"real    {name:24}{len(pairs):7} pairs{stopped[name]:5} stopped{100 * stopped[name] / len(pairs):7.2f}%")
    total = sum(map(len, there.values()))
    return {
        "real_blocked_wrongly": round(sum(stopped[name] for name in there) / total, 4),
        "real_arabic_blocked_wrongly": round(stopped["pretix en-ar"] / len(there["pretix en-ar"]), 4),
        "real_arabic_digits_blocked_wrongly": round(stopped["arabic with a digit"] / len(arabic), 4),
        "real": total,
    }


def _is_stopped(one: Translated) -> bool:
    return any(finding.is_blocking for finding in findings(Pair(one.source, one.target, one.locale)))


def _package(folder: Path, name: str) -> zipfile.ZipFile:
    """The wheel of a package; nothing of it is installed or run."""
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--only-binary=:all:",
        "--python-version",
        "3.13",
    ]
    subprocess.run([*pip, "-d", folder, name], check=True)
    return zipfile.ZipFile(next(folder.glob(name.partition("==")[0] + "-*.whl")))


def _from_po(wheel: zipfile.ZipFile, locale: str) -> Iterator[Translated]:
    data = wheel.read(f"pretix/locale/{locale}/LC_MESSAGES/django.po")
    live = re.sub(rb"(?m)^#~.*$", b"", data)  # Babel complains of old sources of messages that are gone
    for message in read_po(BytesIO(live), locale=locale):
        if message.id and isinstance(message.id, str) and message.string and not message.fuzzy:
            yield from _paragraphs(message.id, str(message.string), locale)


def _from_json(wheel: zipfile.ZipFile) -> Iterator[Translated]:
    for file in wheel.namelist():
        if re.search(r"/components/\w+/translations/nl\.json$", file):
            dutch, english = (dict(_flat(json.loads(wheel.read(one)))) for one in (file, file[:-7] + "en.json"))
            for key, text in dutch.items():
                if key in english:
                    yield from _paragraphs(text, english[key], "en")


def _flat(tree: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}/{key}")
        else:
            yield f"{above}/{key}", str(value)


def _paragraphs(source: str, target: str, locale: str) -> Iterator[Translated]:
    """One block, one message, as in an issue; where both sides have as many blocks."""
    here, there = (_PARAGRAPHS.split(text.strip()) for text in (source, target))
    if len(here) == len(there):
        yield from (
            Translated(" ".join(one.split()), " ".join(other.split()), locale)
            for one, other in zip(here, there, strict=True)
        )


def _each_once(pairs: Iterable[Translated]) -> list[Translated]:
    """Without what was left in the source's language, and without HTML: an issue refuses that."""
    kept = (
        one
        for one in pairs
        if one.source != one.target
        and not _HTML.search(one.source)
        and (one.locale != "ar" or _ARABIC.search(one.target))
    )
    return list({one.source: one for one in kept}.values())
