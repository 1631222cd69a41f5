"""Good public translations, to see how many of them the checks would stop: read from packages that carry them.

Nothing of them is kept here; the packages are fetched by name and version, and only their catalogs are read.

pretix          PyPI, its catalogs Apache-2.0: English to Arabic, and Dutch to English (the Dutch catalog turned round);
                mails and explanations, written as Markdown
pretalx         PyPI, Apache-2.0: English to Arabic; mails and explanations, written as Markdown
iD              npm, ISC (the editor of OpenStreetMap): English to Arabic by volunteers; its help and its lessons are
                written as Markdown
homeassistant   PyPI, Apache-2.0: Dutch to English (turned round); explanations of settings, written as Markdown
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.pofile import read_po
from markdown_it import MarkdownIt

from mailer.translation.checks import findings
from mailer.translation.checks.pair import Pair

PRETIX = "pretix==2026.8.0"
PRETALX = "pretalx==2025.2.2"
ID = "@openstreetmap/id@2.42.2"
HOME_ASSISTANT = "homeassistant==2025.4.4"
_MARKED = re.compile(r"`|\]\(|\*\w|\w\*|^#|^[*-] ")
"""Marks of Markdown."""
_COMMONMARK = MarkdownIt("commonmark")
_DIGIT = re.compile(r"(?<![%({\w])\d")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_HTML = re.compile(r"</?[a-zA-Z]|&[a-z]+;")


class Translated(NamedTuple):
    """A text and what a person made of it in another language."""

    source: str
    target: str
    locale: str
    source_language: str = "nl"


def corpora(folder: Path) -> dict[str, list[Translated]]:
    """Pairs by the name of their corpus; each text once."""
    pretix, pretalx, home = (_package(folder, name) for name in (PRETIX, PRETALX, HOME_ASSISTANT))
    return {
        "pretix en-ar": _each_once(_from_po(pretix, "ar")),
        "pretalx en-ar": _each_once(_from_po(pretalx, "ar")),
        "iD en-ar": _each_once(_from_id(folder)),
        "pretix nl-en": _each_once(Translated(one.target, one.source, "en") for one in _from_po(pretix, "nl")),
        "homeassistant nl-en": _each_once(_from_json(home)),
    }


def figures() -> dict[str, float]:
    """How many of them the checks stop, and how many of those wrongly, shown by corpus; Arabic with a digit in it, and
    with marks of Markdown, apart: there most go wrong.
    """
    with tempfile.TemporaryDirectory(prefix="postduif-real-") as folder:
        there = corpora(Path(folder))
    arabic = [one for pairs in there.values() for one in pairs if one.locale == "ar"]
    parts = there | {
        "arabic": arabic,
        "arabic with a digit": [one for one in arabic if _DIGIT.search(one.source)],
        "arabic with marks": [one for one in arabic if _MARKED.search(one.source)],
    }
    wrong = {}
    for name, pairs in parts.items():
        stopped = [one for one in pairs if _is_stopped(one)]
        wrong[name] = sum(not _is_faulty(one) for one in stopped) / len(pairs)
        print(
            f"real    {name:24}{len(pairs):7} pairs{len(stopped):5} stopped"
            f"{round(wrong[name] * len(pairs)):5} wrongly{100 * wrong[name]:7.2f}%"
        )
    total = sum(map(len, there.values()))
    return {
        "real_blocked_wrongly": round(sum(wrong[name] * len(there[name]) for name in there) / total, 4),
        "real_arabic_blocked_wrongly": round(wrong["arabic"], 4),
        "real_arabic_digits_blocked_wrongly": round(wrong["arabic with a digit"], 4),
        "real_arabic_markdown_blocked_wrongly": round(wrong["arabic with marks"], 4),
        "real": total,
    }


def _is_stopped(one: Translated) -> bool:
    return any(finding.is_blocking for finding in findings(_pair(one)))


def _pair(one: Translated) -> Pair:
    return Pair(one.source, one.target, one.locale, source_language=one.source_language)


def _is_faulty(one: Translated) -> bool:
    """Whether a stop is right, by what anyone can see: stars that CommonMark shows as stars, a slot that is not the
    same, or a digit that was pasted before one. Of such a corpus no more was judged: every other stop counts as wrong.
    """
    stars = [re.sub("<[^>]*>", "", _COMMONMARK.render(text)).count("*") for text in (one.source, one.target)]
    slots = [sorted(re.findall(r"\{\w+\}", text)) for text in (one.source, one.target)]
    return stars[1] > stars[0] or slots[0] != slots[1] or re.search(r"\d\{", one.target) is not None


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
    name = next(one for one in wheel.namelist() if one.endswith(f"/locale/{locale}/LC_MESSAGES/django.po"))
    data = wheel.read(name)
    live = re.sub(rb"(?m)^#~.*$", b"", data)  # Babel complains of old sources of messages that are gone
    for message in read_po(BytesIO(live), locale=locale):
        if message.id and isinstance(message.id, str) and message.string and not message.fuzzy:
            yield from _paragraphs(message.id, str(message.string), locale, "en")


def _from_id(folder: Path) -> Iterator[Translated]:
    """Without the forms of plurals, which stand for a part of a text, and the streets of its lessons, for which each
    language made up its own.
    """
    npm = Path(sys.executable).with_name("npm")  # of the development requirements
    subprocess.run([npm, "pack", "--silent", "--pack-destination", folder, ID], check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("openstreetmap-id-*.tgz"))) as package:
        english, arabic = (
            dict(_flat(json.load(package.extractfile(f"package/dist/locales/{locale}.min.json") or BytesIO())[locale]))
            for locale in ("en", "ar")
        )
    for key, text in english.items():
        if key in arabic and not re.search("/(?:zero|one|two|few|many|other)$|^/intro/graph/", key):
            yield from _paragraphs(text, arabic[key], "ar", "en")


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


def _paragraphs(source: str, target: str, locale: str, language: str = "nl") -> Iterator[Translated]:
    """One block, one message, as in an issue; where both sides have as many blocks."""
    here, there = (_PARAGRAPHS.split(text.strip()) for text in (source, target))
    if len(here) == len(there):
        yield from (
            Translated(" ".join(one.split()), " ".join(other.split()), locale, language)
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
