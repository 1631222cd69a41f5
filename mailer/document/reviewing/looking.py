"""An issue as the checks look at it: every text parsed once, and how to say where something stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.document.images import ImageFact
from mailer.document.inline import walk
from mailer.document.letterforms import Letterforms
from mailer.document.nodes import Blocks, Plain, Section, Source, Spans
from mailer.document.parse import Document
from mailer.document.walking import Kind, all_blocks
from mailer.issue import Issue
from mailer.organisation import House
from wording import Text
from wording.errors import Problem, Severity

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True)
class Looked:
    """One text of the issue, parsed, and how to say where something in it stands."""

    source: Source
    spans: Spans
    document: Document
    kind: Kind
    section: Section[Source] | None = None

    def problem(self, text: Text, needle: str = "", severity: Severity = Severity.ERROR) -> Problem:
        return Problem(self.document.place(self.source, needle), text, severity)


@dataclass(frozen=True)
class Looking:
    issue: Issue
    document: Document
    house: House
    images: Mapping[str, ImageFact]
    texts: tuple[Looked, ...]
    letters: Letterforms

    @property
    def blocks(self) -> Blocks[Source]:
        body = self.document.body
        return tuple(all_blocks((*body.lead, *(block for section in body.sections for block in section.blocks))))


def spans(it: Looking) -> Iterator[tuple[Looked, object]]:
    for text in it.texts:
        for span in walk(text.spans):
            yield text, span


def seen(it: Looking) -> Iterator[tuple[Looked, str]]:
    """What a reader sees of each text, links' targets left out; code is left out too, it may show a slot."""
    for text in it.texts:
        yield (
            text,
            "".join(
                span.value if isinstance(span, Plain) else " " if not _has_children(span) else ""
                for span in walk(text.spans)
            ),
        )


def _has_children(span: object) -> bool:
    return hasattr(span, "children")


def raw_lines(it: Looking) -> Iterator[tuple[str, int, str, str]]:
    """File, number, line and the line before it, of every file; code (between fences, or indented) is left out."""
    for file, lines in it.document.lines.items():
        fence, before = "", ""
        for number, line in enumerate(lines, start=1):
            if mark := _FENCE.match(line):
                fence = mark[1] if not fence else "" if line.strip().startswith(fence) else fence
            elif not fence and not line.startswith("    "):
                yield file, number, line, before
            before = line
