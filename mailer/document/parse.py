"""Markdown to a `Document`: the tree of an issue, its inline text still as the editor wrote it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mailer.document.attributes import attributed
from mailer.document.build import blocks
from mailer.document.markdown import References
from mailer.document.nodes import Blocks, Body, Section, Source
from mailer.document.tree import Branch, Reading, read
from wording import _
from wording.errors import Place, Problem


@dataclass(frozen=True)
class Document:
    """An issue as a tree, without locale and without reader.

    `references` and `lines` are by file, because a standing text brings its own; `lines[file][n - 1]` is line n.
    """

    body: Body[Source]
    references: Mapping[str, References] = field(default_factory=dict)
    lines: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def place(self, source: Source, needle: str = "") -> Place:
        """Where `source` stands, or the first line from there on in which `needle` is written."""
        lines = self.lines.get(source.file, ())
        here = (number for number in range(source.line, len(lines) + 1) if needle and needle in lines[number - 1])
        return Place(source.file, next(here, source.line))


def document_from(
    markdown: str, *, file: str = "", first_line: int = 1, standing: Mapping[str, str] | None = None
) -> tuple[Document, list[Problem]]:
    """Read the Markdown of an issue. `first_line` is the line of `file` at which `markdown` begins, counted from 1;
    `standing` are the texts that may be included, by name. All problems are returned at once, by line.
    """
    reading, top = read(markdown, file=file, first_line=first_line, standing=False, texts=standing or {})
    first_section = next((number for number, branch in enumerate(top) if _is_section(branch)), len(top))
    lead = blocks(reading, top[:first_section])
    body = Body(lead, tuple(_sections(reading, top[first_section:])))
    files = {file: reading} | reading.included
    problems = [problem for one in files.values() for problem in one.problems]
    references = {name: one.references for name, one in files.items()}
    document = Document(body, references, {name: one.lines for name, one in files.items()})
    return document, sorted(problems, key=lambda problem: problem.place)


def standing_from(name: str, markdown: str) -> tuple[Document, list[Problem]]:
    """Read one standing text by itself: what translators get is the same as what an issue includes."""
    return document_from(f"::: standing {name}\n:::\n", standing={name: markdown})


def anchor_of(heading: str) -> str:
    """A heading as the address of its section: small letters, digits and hyphens."""
    letters = unicodedata.normalize("NFKD", heading.lower())
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in letters if not unicodedata.combining(c))).strip("-")


def _is_section(branch: Branch) -> bool:
    return branch.token.type == "heading_open" and branch.token.tag == "h2"


def _sections(reading: Reading, top: Sequence[Branch]) -> Iterator[Section[Source]]:
    """The sections of `top`, which begins with a heading of level 2 or is empty."""
    starts = [number for number, branch in enumerate(top) if _is_section(branch)]
    for start, end in pairwise([*starts, len(top)]):
        yield _section(reading, top[start], blocks(reading, tuple(top[start + 1 : end])))


def _section(reading: Reading, heading: Branch, inside: Blocks[Source]) -> Section[Source]:
    line, found = reading.line(heading), attributed(heading.text)
    for key in found.values.keys() - {"for", "id"}:
        reading.problem(line, _('‘{key}’ kan niet bij een kop; wel: for="…" en #….', key=key))
    for key in found.repeated:
        reading.problem(line, _("‘{key}’ staat er twee keer.", key=key))
    audiences = frozenset(found.values["for"].split()) if "for" in found.values else None
    words = reading.source(found.text, line)
    return Section(words, found.values.get("id") or anchor_of(found.text), audiences, inside, line)
