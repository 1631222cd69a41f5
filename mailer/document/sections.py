"""The text of an issue cut at its `##` headings, as an editor writes it, and put together again byte for byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mailer.document.attributes import attributed
from mailer.document.markdown import block_tokens

_FENCE = re.compile(r"---[ \t]*")
_HEADING = re.compile(r" {0,3}##(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\n?")
_AROUND = re.compile(r"((?:[ \t]*\n)*)(.*?)((?:\n[ \t]*)*)", re.DOTALL)
_CONTAINER = re.compile(r"^[ \t]{0,3}:::.*$", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """One section, or the introduction. Its parts, one after another, are its text."""

    head: str
    """The line of its heading as it was written; "" for the introduction."""
    lead: str
    """Empty lines under the heading."""
    body: str
    tail: str
    """Empty lines at the end, with the end of the last line before them."""

    @property
    def text(self) -> str:
        return f"{self.head}{self.lead}{self.body}{self.tail}"

    @property
    def title(self) -> str:
        """The words of the heading, as inline Markdown."""
        return attributed(_words_of(self.head)).text.strip()

    @property
    def audiences(self) -> frozenset[str]:
        """Whom the section is for; none: everyone."""
        return frozenset(attributed(_words_of(self.head)).values.get("for", "").split())

    def titled(self, title: str, audiences: Sequence[str]) -> Piece:
        """The same under this heading and for these; as it was written where that is what it says already."""
        title = " ".join(title.split())
        if not self.head or (title == self.title and frozenset(audiences) == self.audiences):
            return self
        kept = attributed(_words_of(self.head)).values
        said = [f'for="{" ".join(audiences)}"'] if audiences else []
        said += [f"#{value}" if key == "id" else f'{key}="{value}"' for key, value in kept.items() if key != "for"]
        end = "\n" if self.head.endswith("\n") else ""
        return replace(self, head=f"## {title}{' {' + ' '.join(said) + '}' if said else ''}{end}")


@dataclass(frozen=True)
class Sheet:
    """An issue: its front matter with both lines of `---`, the introduction, and a piece for each section."""

    front: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return self.front + "".join(piece.text for piece in self.pieces)

    @property
    def first_lines(self) -> tuple[int, ...]:
        """The line of the file, from 1, at which each piece begins."""
        line, found = self.front.count("\n") + 1, []
        for piece in self.pieces:
            found.append(line)
            line += piece.text.count("\n")
        return tuple(found)

    def piece_at(self, line: int) -> int | None:
        """The number of the piece with this line of the file; None for the front matter and for no line at all."""
        first = self.first_lines
        return next((n for n in reversed(range(len(first))) if line >= first[n]), None) if line else None

    def moved(self, number: int, by: int) -> Sheet:
        """With a section one place up (-1) or down (1); the introduction stays the first."""
        other = number + by
        if not (0 < number < len(self.pieces) and 0 < other < len(self.pieces)):
            return self
        pieces = [ended(piece) for piece in self.pieces]
        pieces[number], pieces[other] = pieces[other], pieces[number]
        return replace(self, pieces=tuple(pieces))

    def added(self, after: int, *new: Piece) -> Sheet:
        """With sections put in after one of them."""
        before = [*map(ended, self.pieces[: after + 1]), *map(ended, new)]
        return replace(self, pieces=(*before, *self.pieces[after + 1 :]))

    def without(self, number: int) -> Sheet:
        """With a section taken out; the introduction stays."""
        left = self.pieces[:number] + self.pieces[number + 1 :]
        return replace(self, pieces=left) if 0 < number < len(self.pieces) else self


def cut(text: str) -> Sheet:
    """Cut a text with LF at every heading that begins a section; a `##` in code, a list or a quote begins none."""
    front = front_of(text)
    lines = text[len(front) :].split("\n")
    # a block that is being typed and has no end yet would swallow the sections after it
    tokens, _references = block_tokens(_CONTAINER.sub("", "\n".join(lines)).replace("\0", " "))
    heads = [one.map for one in tokens if one.type == "heading_open" and one.tag == "h2" and one.level == 0 and one.map]
    starts = [0, *(first for first, _end in heads), len(lines)]
    texts = ["\n".join(lines[a:b]) + ("\n" if a < b < len(lines) else "") for a, b in pairwise(starts)]
    sizes = [0, *(end - first for first, end in heads)]
    return Sheet(front, tuple(piece_of(one, size) for one, size in zip(texts, sizes, strict=True)))


def front_of(text: str) -> str:
    """The front matter with the lines around it; "" where a text has none."""
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[0]):
        return ""
    end = next((n for n, line in enumerate(lines[1:], start=1) if _FENCE.fullmatch(line)), None)
    if end is None:
        return ""
    return "\n".join(lines[: end + 1]) + ("\n" if end + 1 < len(lines) else "")


def piece_of(text: str, heads: int = 1) -> Piece:
    """A piece from its text, of which the first `heads` lines are its heading."""
    lines = text.split("\n")
    head = "\n".join(lines[:heads]) + ("\n" if 0 < heads < len(lines) else "")
    rest = text[len(head) :]
    around = _AROUND.fullmatch(rest)
    return Piece(head, *around.groups()) if around else Piece(head, "", rest, "")


def ended(piece: Piece) -> Piece:
    """With an empty line after it, so that another may follow; an introduction without a word stays nothing."""
    if not piece.head and not piece.body:
        return piece
    missing = 2 - piece.tail.count("\n") if piece.body else 2 - (piece.head + piece.lead + piece.tail).count("\n")
    return replace(piece, tail=piece.tail + "\n" * max(0, missing))


def _words_of(head: str) -> str:
    found = _HEADING.fullmatch(head)
    return (found[1] or "") if found else head.partition("\n")[0]
