"""The process that reads texts of others: `python -m mailer.intake.child`.

In comes a line of JSON (`{"octets": …, "kind": …, "name": …}`) and the octets of a text; out comes a line of JSON with
its Markdown, what fell away and how long each of its pictures is, and their octets after it. Or `{"refused": …}`.
The kernel ends it when the text takes too much; it opens no file and no connection.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from mailer.confined import confine
from mailer.document.parse import document_from
from mailer.document.tree import MAX_BRACKETS, MAX_BYTES
from mailer.intake.docx import docx_lines
from mailer.intake.html import html_lines
from mailer.intake.inline import escaped
from mailer.intake.kinds import MOST_BYTES, Kind, kind_of, plain_lines, text_of
from mailer.intake.lines import Gathered, Line, Refusal, RefusedError
from mailer.intake.losses import Lost, Told
from mailer.intake.markdown import markdown
from mailer.intake.notes import with_notes
from wording.errors import Severity

SECONDS = 8.0
"""Of processor; the worst of the hostile files takes four on a busy machine."""
MEGABYTES = 256
"""Of address space, the interpreter included."""
_DEEP = 4_000
"""Calls in each other, of Python: an element takes three of them, and there are at most 250 in each other."""


def read(data: bytes, kind: Kind, name: str = "") -> tuple[dict[str, Any], list[bytes]]:
    """The Markdown of a text, its title, what fell away, and its pictures. Raises RefusedError."""
    if len(data) > MOST_BYTES:
        raise RefusedError(Refusal.LARGE)
    kind = kind_of(data, name) if kind is Kind.FILE else kind
    told, gathered = Told(), Gathered()
    lines = _lines(data, kind, told, gathered)
    while lines and lines[-1].kind == "hr":  # what a page draws above its footnotes
        lines.pop()
    told.settle(lines)
    lines = with_notes(lines, gathered.notes, told)
    text = _accepted(lines, told)
    told.settle(lines)
    if not text and not told.losses and not gathered.title:
        raise RefusedError(Refusal.EMPTY)
    used = {one: octets for one, octets in gathered.pictures.items() if f"]({one})" in text}
    title = " ".join(gathered.title.replace("{", "(").replace("}", ")").split())[:300]
    answer = {
        "markdown": text,
        "title": title,
        "losses": [asdict(one) for one in told.losses],
        "pictures": [[one, len(octets)] for one, octets in used.items()],
    }
    return answer, list(used.values())


def _lines(data: bytes, kind: Kind, told: Told, gathered: Gathered) -> list[Line]:
    match kind:
        case Kind.DOCX:
            return docx_lines(data, told, gathered)
        case Kind.HTML:
            return html_lines(text_of(data), told, gathered)
        case _:
            return plain_lines(text_of(data))


def _accepted(lines: Sequence[Line], told: Told) -> str:
    """Markdown in which the parser of a newsletter finds no mistake; as bare paragraphs where it still finds one."""
    text = markdown(lines, told)
    if len(text.encode()) > MAX_BYTES or text.count("[") > MAX_BRACKETS:
        raise RefusedError(Refusal.LONG)
    if _is_accepted(text):
        return text
    told.add(Lost.EMPHASIS)
    text = "\n\n".join(escaped(line.words) for line in lines if line.words)
    if _is_accepted(text):
        return f"{text}\n"
    raise RefusedError(Refusal.UNKNOWN)


def _is_accepted(text: str) -> bool:
    return not any(one.severity is Severity.ERROR for one in document_from(text)[1])


def main() -> None:
    """Read one text."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # by default it ends the process, whatever that is doing
    sys.setrecursionlimit(_DEEP)
    asked = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read(asked["octets"])
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    pictures: list[bytes] = []
    try:
        answer, pictures = read(data, Kind(asked["kind"]), asked["name"])
    except RefusedError as error:
        answer = {"refused": error.why}
    except (MemoryError, RecursionError):
        answer = {"refused": Refusal.LARGE}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    for octets in pictures:
        sys.stdout.buffer.write(octets)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    confine(megabytes=MEGABYTES, largest_file=0)
    main()
