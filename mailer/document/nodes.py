"""The closed set of nodes of a document.

A tree is generic in what stands where text stands: `Source` (inline Markdown as the editor wrote it) in a `Document`,
`Spans` (parsed inline nodes in one language) after translation. The structure is the same object type in both,
so a translation can change words and never structure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Generic, TypeAlias, TypeVar

# ── inline ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Plain:
    """Characters, with entities and escapes already resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class Strong:
    children: Spans


@dataclass(frozen=True, slots=True)
class Emphasis:
    children: Spans


@dataclass(frozen=True, slots=True)
class Strike:
    children: Spans


@dataclass(frozen=True, slots=True)
class Code:
    value: str


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    title: str
    children: Spans


@dataclass(frozen=True, slots=True)
class Image:
    """An image inside running text; an issue may only have them as a `Figure`, so `check` refuses it there."""

    src: str
    alt: str
    title: str


@dataclass(frozen=True, slots=True)
class SoftBreak:
    """A line end in the source: a space to the reader."""


@dataclass(frozen=True, slots=True)
class HardBreak:
    """A line end that the reader sees."""


@dataclass(frozen=True, slots=True)
class Slot:
    """`{{greeting}}`: filled for each reader, never by a template engine."""

    name: str


@dataclass(frozen=True, slots=True)
class Formatted:
    """`{date:2026-12-01}`, `{time:14:30}`, `{number:1250}`, `{amount:12.50 EUR}`: each locale writes it its own way."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Note:
    """`[^1]`: the place of a footnote, whose text stands elsewhere under that label.

    `number` and `words` come when an edition is cut; `first` is false where the same note is meant once more.
    """

    label: str
    number: int = 0
    words: Spans = ()
    first: bool = True


Span: TypeAlias = (
    Plain | Strong | Emphasis | Strike | Code | Link | Image | SoftBreak | HardBreak | Slot | Formatted | Note
)
Spans: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Inline Markdown, unwrapped, as a translator will see it; `line` is 1-based in `file`.

    A `standing` source comes from a standing text, so its translation stands in the catalog `standing`.
    """

    markdown: str
    line: int
    file: str = ""
    standing: bool = False


# ── blocks ────────────────────────────────────────────────────────────────────────────────────────────────────────

Words = TypeVar("Words")
"""What stands where text stands: `Source` before translation, `Spans` after."""


@dataclass(frozen=True, slots=True)
class Heading(Generic[Words]):
    level: int
    words: Words


@dataclass(frozen=True, slots=True)
class Paragraph(Generic[Words]):
    words: Words


@dataclass(frozen=True, slots=True)
class Item(Generic[Words]):
    """A list item; `done` is None unless it is a task (`[ ]`, `[x]`)."""

    blocks: Blocks[Words]
    done: bool | None = None


@dataclass(frozen=True, slots=True)
class BulletList(Generic[Words]):
    items: tuple[Item[Words], ...]
    tight: bool


@dataclass(frozen=True, slots=True)
class OrderedList(Generic[Words]):
    start: int
    items: tuple[Item[Words], ...]
    tight: bool


@dataclass(frozen=True, slots=True)
class Table(Generic[Words]):
    """`alignments` holds "start", "center", "end" or "" per column."""

    alignments: tuple[str, ...]
    head: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]


@dataclass(frozen=True, slots=True)
class Quote(Generic[Words]):
    """A last paragraph that starts with "— " names who said it: `by`."""

    blocks: Blocks[Words]
    by: Words | None = None


@dataclass(frozen=True, slots=True)
class Figure(Generic[Words]):
    """An image in a paragraph of its own. The alt text is `alt`, the title of the Markdown image its caption."""

    src: str
    alt: Words
    caption: Words | None
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break."""


@dataclass(frozen=True, slots=True)
class CodeBlock:
    value: str
    info: str = ""


@dataclass(frozen=True, slots=True)
class CaseLaw(Generic[Words]):
    """A ruling: `court` is translated, `ecli` (European Case Law Identifier) never."""

    title: Words
    court: Words
    decided: date
    ecli: str
    href: str | None
    blocks: Blocks[Words]


@dataclass(frozen=True, slots=True)
class AgendaItem(Generic[Words]):
    title: Words
    day: date
    starts: time | None
    place: Words | None
    blocks: Blocks[Words]


@dataclass(frozen=True, slots=True)
class KeyNumber(Generic[Words]):
    """The number of the week: a figure in large type and what it counts."""

    value: str
    blocks: Blocks[Words]


@dataclass(frozen=True, slots=True)
class Action(Generic[Words]):
    """A call to action: a button in an e-mail, an address on paper."""

    label: Words
    href: str


@dataclass(frozen=True, slots=True)
class Columns(Generic[Words]):
    """Two columns side by side on a wide screen, one under the other on a phone and on paper."""

    columns: tuple[Blocks[Words], ...]


@dataclass(frozen=True, slots=True)
class NoteText(Generic[Words]):
    """`[^1]: …`: the text of a footnote. An edition has it no more where it was written, but in `Notes`."""

    label: str
    words: Words


@dataclass(frozen=True, slots=True)
class Notes(Generic[Words]):
    """The footnotes of a section, in an edition: number and text of each, in order."""

    notes: tuple[tuple[int, Words], ...]


Block: TypeAlias = (
    Heading[Words]
    | Paragraph[Words]
    | BulletList[Words]
    | OrderedList[Words]
    | Table[Words]
    | Quote[Words]
    | Figure[Words]
    | Rule
    | CodeBlock
    | CaseLaw[Words]
    | AgendaItem[Words]
    | KeyNumber[Words]
    | Action[Words]
    | Columns[Words]
    | NoteText[Words]
    | Notes[Words]
)
Blocks: TypeAlias = tuple[Block[Words], ...]


# ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Section(Generic[Words]):
    """A level-2 heading and what follows. `audiences` is None for "all that the issue names"."""

    heading: Words
    anchor: str
    audiences: frozenset[str] | None
    blocks: Blocks[Words]
    line: int


@dataclass(frozen=True, slots=True)
class Body(Generic[Words]):
    """What stands before the first section (for everyone), and the sections."""

    lead: Blocks[Words]
    sections: tuple[Section[Words], ...]
