"""What is read of a text from elsewhere: lines of runs, each in the lists and quotes it stands in. And the limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

BREAK = "\v"
"""A new line within a paragraph."""
NOTE = "\ufffc"
"""The place of a footnote: a sign that no text keeps, in a run that has a `note`."""

MOST_SIGNS, MOST_LINES, MOST_CELLS = 200_000, 5_000, 5_000
"""Characters, lines and cells of a whole text: an issue holds 200 kB."""
MOST_COLUMNS = 60
MOST_BOXES = 8
"""Lists and quotes in each other: each takes two of the twenty levels that the parser knows."""


class Refusal(StrEnum):
    """Why a text cannot be taken at all."""

    EMPTY = "empty"
    LARGE = "large"
    LONG = "long"
    BROKEN = "broken"
    PASSWORD = "password"  # noqa: S105 — a file that has one
    DECLARED = "declared"
    """It declares a document type or entities, which Word never does."""
    OLD_WORD = "doc"
    RICH_TEXT = "rtf"
    PAGES = "pages"
    PDF = "pdf"
    OPEN_DOCUMENT = "odt"
    SHEET = "sheet"
    PICTURE = "picture"
    UNKNOWN = "unknown"


class RefusedError(Exception):
    """This cannot be taken."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Run:
    """Characters with the same marks: "b" bold, "i" italic, "s" struck out; and where they lead to."""

    text: str
    marks: frozenset[str] = frozenset()
    href: str = ""
    note: str = ""
    """The label of the footnote that stands here; the text is `NOTE` then."""

    @property
    def all(self) -> frozenset[str]:
        """The marks and the address: what opens before the text and closes after it."""
        return self.marks | ({self.href} if self.href else frozenset())


@dataclass(frozen=True)
class Box:
    """One list item ("ul", "ol") or quote ("q") around a line; `key` tells the item, `group` the list."""

    kind: str
    group: object = None
    key: object = None
    number: int = 1
    margin: float = 0.0
    """Points from the edge to its text, by which a paragraph under it is known to be of it."""


@dataclass
class Line:
    """A block without what is around it. `kind` is "p", "h1" to "h6", "table", "pre", "hr", "img" or "note"."""

    kind: str
    runs: list[Run] = field(default_factory=list)
    path: tuple[Box, ...] = ()
    rows: list[list[list[Line]]] = field(default_factory=list)
    """Of a table: its cells, each of lines."""
    name: str = ""
    """Of a picture: its file; of a note: its label."""
    alt: str = ""

    @property
    def is_heading(self) -> bool:
        return self.kind in HEADINGS

    @property
    def words(self) -> str:
        """Its text, on one line."""
        return " ".join("".join(run.text for run in self.runs if not run.note).replace(BREAK, " ").split())


HEADINGS = frozenset(f"h{level}" for level in range(1, 7))


@dataclass
class Gathered:
    """What one reading gathers beside its lines."""

    pictures: dict[str, bytes] = field(default_factory=dict)
    notes: dict[str, list[Line]] = field(default_factory=dict)
    """The text of each footnote, by its label."""
    title: str = ""

    def picture(self, data: bytes) -> str:
        """The name of a picture that is taken along; "" for what is none that can be."""
        kind = picture_kind(data)
        if not kind:
            return ""
        name = f"afbeelding-{len(self.pictures) + 1}.{kind}"
        self.pictures[name] = data
        return name


def picture_kind(data: bytes) -> str:
    """The suffix of a picture by its first bytes; "" for another file."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def under(stack: Sequence[Box], margin: float) -> tuple[Box, ...]:
    """The open list items that a paragraph with this margin (points) belongs to, as it stands under their text."""
    found: list[Box] = []
    for box in stack:
        if not 0 < box.margin <= margin + 3:  # 3: what a hand leaves on a ruler
            break
        found.append(box)
    return tuple(found)
