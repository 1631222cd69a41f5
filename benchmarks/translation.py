"""Translation: extract, carry over an edit, apply, remember; beside gettext's msgmerge and Babel's Catalog.update.

    .venv/bin/python -m benchmarks.translation [--quick]

A tenth of all messages is edited (a word replaced or added). The carry is what brings a catalog up to date with the
edited source. The last line is JSON: carry_vs_msgmerge_5000 and carry_vs_babel_500 (times as fast, the carry alone),
files_vs_msgmerge_5000 (from PO file to PO file, reading behind our gate included), growth_5000_to_20000 (of the carry;
linear × log would be 4.7), memory_100x20000_s, and identity, safe, hostile (shares of the examples, 1 is all).
Without --quick the fidelity of mdpo and po4a is printed beside ours; a tool that cannot do a step at all is not listed
at it: mdpo and po4a carry nothing over an edit, they leave that to msgmerge.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po

from benchmarks import fidelity
from devtools.servers import program
from devtools.translated import issue
from mailer.document.parse import Document, document_from
from mailer.issue import Issue
from mailer.translation.apply import translate
from mailer.translation.carry import update
from mailer.translation.catalog import Catalog, Entry, catalog_from, new_catalog, po_from, pot_from
from mailer.translation.extract import extract
from mailer.translation.memory import Memory, Remembered
from mailer.translation.messages import Message

ROOT = Path(__file__).resolve().parents[1]
SIZES = (500, 5_000, 20_000)
PER_ISSUE = 500
"""Messages of one Markdown file: an issue may be 200 kB."""


@dataclass(frozen=True)
class Corpus:
    """Paragraphs before and after an edit; `origin` says which an edited one was."""

    before: list[str]
    after: list[str]
    origin: dict[str, str]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="only our own fidelity; under 50 s")
    quick = options.parse_args().quick
    print(f"{'':26}{'500':>12}{'5,000':>12}{'20,000':>12}   processor seconds")
    corpora = {size: corpus(size) for size in SIZES}
    ours = {size: our_times(corpora[size]) for size in SIZES}
    for step in ("extract", "carry", "apply", "read PO", "write PO"):
        row(f"postduif {step}", [ours[size][step] for size in SIZES])
    merged = {500: msgmerge(corpora[500]), 5_000: msgmerge(corpora[5_000])}
    row("msgmerge", [merged[500], merged[5_000]])
    babel = {500: babel_update(corpora[500], no_fuzzy=False), 5_000: babel_update(corpora[5_000], no_fuzzy=True)}
    row("Babel, fuzzy", [babel[500]])
    row("Babel, without fuzzy", [babel_update(corpora[500], no_fuzzy=True), babel[5_000]])
    right, wrong = judged(corpora[20_000])
    print(f"of 2,000 edited messages {right} found their own translation, {wrong} another's")
    keys = {
        "carry_vs_msgmerge_5000": merged[5_000] / ours[5_000]["carry"],
        "files_vs_msgmerge_5000": merged[5_000] / sum(ours[5_000][step] for step in ("read PO", "carry", "write PO")),
        "carry_vs_babel_500": babel[500] / ours[500]["carry"],
        "growth_5000_to_20000": ours[20_000]["carry"] / ours[5_000]["carry"],
        "carry_right_20000": right / (right + wrong),
        "memory_100x20000_s": memory(corpora[20_000]),
    }
    keys |= faithful(quick=quick)
    print(json.dumps({key: round(value, 4) for key, value in keys.items()}))


def row(name: str, seconds: list[float]) -> None:
    print(f"{name:26}" + "".join(f"{each:12.4f}" for each in seconds))


def corpus(size: int) -> Corpus:
    """Sentences of the words of the example issues: 6 to 25 words each, as an issue has them."""
    chance = random.Random(size)
    text = " ".join(path.read_text("utf-8") for path in sorted(ROOT.glob("issues/*/issue.md")))
    words = [word for word in text.split() if word.isalpha()]
    made: dict[str, None] = {}
    while len(made) < size:
        made[" ".join(chance.choices(words, k=chance.randint(6, 25))).capitalize() + "."] = None
    before = list(made)
    changed = {n: _edited(before[n], words, chance) for n in chance.sample(range(size), size // 10)}
    after = [changed.get(n, text) for n, text in enumerate(before)]
    return Corpus(before, after, {text: before[n] for n, text in changed.items()})


def _edited(text: str, words: list[str], chance: random.Random) -> str:
    parts = text.split()
    parts[chance.randrange(1, len(parts) - 1)] = chance.choice(words)
    parts.insert(chance.randrange(1, len(parts)), f"{chance.choice(words)}{chance.randrange(100)}")
    return " ".join(parts)


# ── ours ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def our_times(made: Corpus) -> dict[str, float]:
    """Processor seconds of each step."""
    catalog = translated(made.before)
    messages = [Message(text) for text in made.after]
    data = po_from(catalog)
    issues = [issue("\n\n".join(made.after[n : n + PER_ISSUE])) for n in range(0, len(made.after), PER_ISSUE)]
    carried = update(catalog, messages).catalog
    standing = new_catalog("standing", "en", ())
    documents = [document_from(one.markdown)[0] for one in issues]
    return {
        "extract": timed(lambda: [extract(one, _document(one)) for one in issues], 1),
        "carry": timed(lambda: update(catalog, messages), 5),
        "apply": timed(
            lambda: [translate(one, it, carried, standing) for one, it in zip(issues, documents, strict=True)], 1
        ),
        "read PO": timed(lambda: catalog_from(data, domain="x-1", locale="en", file="x.po", most=10**9), 3),
        "write PO": timed(lambda: po_from(carried), 3),
    }


def _document(one: Issue) -> Document:
    return document_from(one.markdown)[0]


def translated(texts: list[str]) -> Catalog:
    return Catalog("x-1", "en", {text: Entry(text, text.upper()) for text in texts})


def judged(made: Corpus) -> tuple[int, int]:
    """How many edited messages got the translation of what they were, and how many of another message."""
    done = update(translated(made.before), [Message(text) for text in made.after])
    right = sum(made.origin.get(one.new.msgid) == one.old.msgid for one in done.carried)
    return right, len(done.carried) - right


def memory(made: Corpus) -> float:
    """Seconds to look up 100 edited messages, whole and by sentence, among 20,000 remembered ones."""
    known = Memory([Remembered(text, text.upper()) for text in made.before])
    asked = list(made.origin)[:100]
    return timed(lambda: [(known.suggestions(one), known.sentence_suggestions(one)) for one in asked], 3)


# ── others ────────────────────────────────────────────────────────────────────────────────────────────────────────


def msgmerge(made: Corpus) -> float:
    """gettext's own: from a PO and a template to a PO, with its fuzzy matching."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "old.po").write_bytes(po_from(translated(made.before)))
        (folder / "new.pot").write_bytes(pot_from("x-1", [Message(text) for text in made.after]))
        command = [program("msgmerge", "gettext"), "--quiet", "--previous", "-o", str(folder / "out.po")]
        return timed(lambda: subprocess.run([*command, folder / "old.po", folder / "new.pot"], check=True), 1)


def babel_update(made: Corpus, *, no_fuzzy: bool) -> float:
    old = read_po(BytesIO(po_from(translated(made.before))), locale="en")
    new = read_po(BytesIO(pot_from("x-1", [Message(text) for text in made.after])))
    return timed(lambda: old.update(new, no_fuzzy_matching=no_fuzzy), 1)


def faithful(*, quick: bool) -> dict[str, float]:
    """Our shares; without `quick` the table of all tools is printed first."""
    if quick:
        return fidelity.ours(fidelity.examples())
    with tempfile.TemporaryDirectory() as folder:
        table = fidelity.compare(Path(folder))
    fidelity.show(table)
    return table["postduif"]


def timed(work: Callable[[], object], times: int) -> float:
    """Processor seconds of the quickest time, child processes included: a busy machine makes no difference.

    Without garbage collection, as `timeit` does.
    """
    found: list[float] = []
    for _time in range(times):
        gc.collect()
        gc.disable()
        begin = _spent()
        work()
        found.append(_spent() - begin)
        gc.enable()
    return min(found)


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
