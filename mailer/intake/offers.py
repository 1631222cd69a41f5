"""What could be better in a text that was brought: bold lines that look like headings, typed dashes like a list.

Both only ever see top-level paragraphs, and change nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from mailer.document.inline import plain_text, spans_of
from mailer.document.markdown import block_tokens, is_endless
from mailer.document.nodes import Strong

_DASH = re.compile(r"(?:\\[-*+]|[-–—•·▪◦‣])[ \t]+(?=\S)")
_NUMBER = re.compile(r"(\d{1,4})\\[.)][ \t]+(?=\S)")
_LONGEST = 80
"""Characters of a heading."""
_NO_HEADING = (".", ",", ";", "…")


@dataclass(frozen=True)
class Paragraph:
    """Lines of the text, from 0; `end` is the first after it."""

    first: int
    end: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """`words` are what the lines begin with, `text` is the whole text with the change."""

    words: tuple[str, ...]
    text: str


def headings(text: str) -> Offer | None:
    """Paragraphs that are one short bold line, as headings: of a section where the text has none, else within one."""
    found = {one.first: words for one in _paragraphs(text) if (words := _bold(one))}
    if not found:
        return None
    mark = "###" if any(line.startswith("## ") for line in text.split("\n")) else "##"
    lines = [f"{mark} {_inside(line)}" if at in found else line for at, line in enumerate(text.split("\n"))]
    return Offer(tuple(found.values()), "\n".join(lines))


def lists(text: str) -> Offer | None:
    """Two or more lines in a row that begin with a typed dash or number, as lists."""
    lines: list[str | None] = list(text.split("\n"))
    words: list[str] = []
    for run in _runs(_paragraphs(text)):
        made = [_item(line) for one in run for line in one.lines]
        if len(made) < 2 or any(one is None for one in made):
            continue
        words += [plain_text(spans_of(one.partition(" ")[2])) for one in made if one]
        lines[run[0].first : run[-1].end] = [*made, *[None] * (run[-1].end - run[0].first - len(made))]
    return Offer(tuple(words), "\n".join(line for line in lines if line is not None)) if words else None


OFFERS: dict[str, Callable[[str], Offer | None]] = {"headings": headings, "lists": lists}


def _paragraphs(text: str) -> Iterator[Paragraph]:
    tokens, _references = block_tokens(text)
    lines = text.split("\n")
    for token in tokens:
        if token.type == "paragraph_open" and token.level == 0 and token.map:
            first, end = token.map
            yield Paragraph(first, end, tuple(line.removesuffix("\\") for line in lines[first:end]))


def _bold(one: Paragraph) -> str:
    """The words of a paragraph that is nothing but bold; "" for another."""
    [line, *more] = one.lines
    if more or not line.startswith("**") or is_endless(line):
        return ""
    match spans_of(line):
        case (Strong(children),):
            words = plain_text(children).strip()
            return words if len(words) <= _LONGEST and not words.endswith(_NO_HEADING) else ""
    return ""


def _inside(line: str) -> str:
    """Without the stars; a `#` at the end of a heading would be no word of it."""
    words = line.removeprefix("**").removesuffix("**")
    return f"{words[:-1]}\\#" if words.endswith("#") else words


def _runs(found: Iterator[Paragraph]) -> list[list[Paragraph]]:
    """Paragraphs after one another of which every line begins alike, with a dash or a number."""
    number = 0

    def key(one: Paragraph) -> tuple[str, int]:
        nonlocal number
        kinds = {_kind(line) for line in one.lines}
        kind = kinds.pop() if len(kinds) == 1 else ""
        number += not kind
        return kind, number

    return [list(group) for (kind, _n), group in groupby(_neighbours(found), key) if kind]


def _neighbours(found: Iterator[Paragraph]) -> Iterator[Paragraph]:
    """With a paragraph of nothing where another block stands between two."""
    before = None
    for one in found:
        if before is not None and one.first - before.end > 1:
            yield Paragraph(before.end, before.end, ("",))
        yield one
        before = one


def _kind(line: str) -> str:
    return "dash" if _DASH.match(line) else "number" if _NUMBER.match(line) else ""


def _item(line: str) -> str | None:
    """A line as an item; None for one that is none."""
    if found := _DASH.match(line):
        return f"- {line[found.end() :]}"
    if found := _NUMBER.match(line):
        return f"{found[1]}. {line[found.end() :]}"
    return None


def offers(text: str, leave: Sequence[str] = ()) -> dict[str, Offer]:
    """What may be offered, by name, but for what is left as it is."""
    return {name: made for name, make in OFFERS.items() if name not in leave and (made := make(text)) is not None}
