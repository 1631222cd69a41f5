"""Blocks of an edition in, HTML out: every character escaped, no attribute from an editor but a checked address.

The same words serve the e-mail and the archive; what looks different in each (cards, figures, slots) is a method to
override. In a right-to-left edition, runs such as phone numbers are isolated (see bidi.py).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from markupsafe import Markup, escape

from mailer.artefacts.bidi import isolate
from mailer.artefacts.formats import words
from mailer.artefacts.pieces import pieces
from mailer.artefacts.slots import without_marks
from mailer.artefacts.tables import Shape, shape
from mailer.document.nodes import (
    Action,
    AgendaItem,
    Block,
    Blocks,
    BulletList,
    CaseLaw,
    Code,
    CodeBlock,
    Columns,
    Emphasis,
    Figure,
    Formatted,
    HardBreak,
    Heading,
    Image,
    Item,
    KeyNumber,
    Link,
    Note,
    Notes,
    NoteText,
    OrderedList,
    Paragraph,
    Plain,
    Quote,
    Rule,
    Slot,
    SoftBreak,
    Span,
    Spans,
    Strike,
    Strong,
    Table,
)

COLUMN = 528
"""CSS pixels: the sheet of 600 without its margins of 36, so 65 to 70 letters to a line of 16."""

INDENT = 70
"""CSS pixels that a card, a quote or a list takes of its column."""

_SCHEMES = ("https://", "mailto:", "tel:", "#")


def is_address(href: str) -> bool:
    """Whether a link may lead there. The parser and the edition have refused others before; this is the last fence."""
    return href.lower().startswith(_SCHEMES)


@dataclass(frozen=True)
class EditionHtml(ABC):
    """Writes for one edition; `formats` and `direction` are the edition's."""

    formats: str
    direction: str
    room: int = field(default=COLUMN, kw_only=True)
    """CSS pixels of the column that is written, on a wide screen."""

    # ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def text(self, value: str) -> Markup:
        """Characters, escaped, with what must stay on one line kept together; in a right-to-left edition with its
        left-to-right runs isolated.
        """
        value = without_marks(value)
        if self.direction != "rtl":
            return _on_one_line(value)
        return Markup().join(_isolated(run.text) if run.ltr else _on_one_line(run.text) for run in isolate(value))

    def inline(self, spans: Spans) -> Markup:
        return Markup().join(map(self.span, spans))

    def span(self, span: Span) -> Markup:
        match span:
            case Plain(value):
                return self.text(value)
            case Formatted():
                return _WHOLE.format(self.text(words(span, self.formats)))
            case Strong(children):
                return Markup("<strong>{}</strong>").format(self.inline(children))
            case Emphasis(children):
                return Markup("<em>{}</em>").format(self.inline(children))
            case Strike(children):
                return Markup("<s>{}</s>").format(self.inline(children))
            case Code(value):
                return Markup('<code dir="ltr">{}</code>').format(without_marks(value))
            case Link(href, _, children):
                return self.link(href, self.inline(children))
            case Image(_, alt, _):
                return self.text(alt)
            case Note(number=number, first=first):
                back = Markup(' id="bij-noot-{}"').format(number) if first else ""
                return Markup('<sup><a href="#noot-{0}"{1}>{0}</a></sup>').format(number, back)
            case SoftBreak():
                return Markup("\n")
            case HardBreak():
                return Markup("<br>")
            case Slot(name):
                return self.slot(name)

    def link(self, href: str, label: Markup) -> Markup:
        """A link with a scheme other than https, mailto and tel loses its address."""
        if not is_address(href):
            return label
        return Markup('<a href="{}">{}</a>').format(without_marks(href), label)

    def slot(self, name: str) -> Markup:
        """A reader's own value: nothing, unless a subclass has readers."""
        return Markup()

    # ── blocks ────────────────────────────────────────────────────────────────────────────────────────────────────

    def within(self) -> Self:
        """The writer for what stands in a card, a quote or a list."""
        return replace(self, room=max(self.room - INDENT, INDENT))

    def blocks(self, blocks: Blocks[Spans]) -> Markup:
        return Markup("\n").join(map(self.block, blocks))

    def block(self, block: Block[Spans]) -> Markup:
        match block:
            case Paragraph(spans):
                return self.paragraph(self.inline(spans))
            case Heading(level, spans):
                return Markup("<h{0}>{1}</h{0}>").format(level, self.inline(spans))
            case BulletList(items, tight):
                tasks = any(item.done is not None for item in items)
                kind = Markup(' class="tasks"') if tasks else ""
                return Markup("<ul{}>{}</ul>").format(kind, self.items(items, tight))
            case OrderedList(start, items, tight):
                first = Markup(' start="{}"').format(start) if start != 1 else ""
                return Markup("<ol{}>{}</ol>").format(first, self.items(items, tight))
            case Table():
                return self.table(block)
            case Quote(blocks, by):
                said_by = self.paragraph(Markup("— {}").format(self.inline(by)), "by") if by else ""
                return Markup("<blockquote>{}{}</blockquote>").format(self.within().blocks(blocks), said_by)
            case Figure():
                return self.figure(block)
            case NoteText(_, spans):
                return self.paragraph(self.inline(spans), "note")
            case Notes(notes):
                return Markup('<div class="notes">{}</div>').format(Markup().join(map(self._note, notes)))
            case Rule():
                return Markup("<hr>")
            case CodeBlock(value):
                return Markup('<pre dir="ltr"><code>{}</code></pre>').format(without_marks(value))
            case Action(label, href):
                return self.paragraph(self.link(href, self.inline(label)), "action")
            case Columns(columns):
                beside = Markup().join(Markup("<div>{}</div>").format(self.blocks(column)) for column in columns)
                return Markup('<div class="columns">{}</div>').format(beside)
            case CaseLaw() | AgendaItem() | KeyNumber():
                return self.card(block)

    def _note(self, note: tuple[int, Spans]) -> Markup:
        number, words = note
        back = Markup('<a href="#bij-noot-{0}">{0}</a>').format(number)
        return Markup('<p class="note" id="noot-{}">{}. {}</p>').format(number, back, self.inline(words))

    def paragraph(self, content: Markup, kind: str = "") -> Markup:
        attribute = Markup(' class="{}"').format(kind) if kind else ""
        return Markup("<p{}>{}</p>").format(attribute, content)

    def items(self, items: Iterable[Item[Spans]], tight: bool) -> Markup:
        return Markup().join(Markup("<li>{}</li>").format(self._item(item, tight)) for item in items)

    def _item(self, item: Item[Spans], tight: bool) -> Markup:
        box = escape("" if item.done is None else "☑ " if item.done else "☐ ")
        inside = self.within()
        parts = (
            self.inline(block.words) if tight and isinstance(block, Paragraph) else inside.block(block)
            for block in item.blocks
        )
        return box + Markup("\n").join(parts)

    def table(self, table: Table[Spans]) -> Markup:
        """A data table, whose columns have their heading in the first row (`scope="col"`); or lines where it is too
        wide for its column.
        """
        match shape(table, self.formats, self.room):
            case Shape.LINES:
                rows = table.rows or (((),) * len(table.head),)
                return Markup().join(self._lines(table, row) for row in rows)
            case Shape.STACKED:
                return self._table(table, "data stack", self._labels(table))
            case Shape.TABLE:
                return self._table(table, "data", [Markup()] * len(table.head))

    def _table(self, table: Table[Spans], kind: str, labels: list[Markup]) -> Markup:
        head = self._row("th", table.head, table.alignments, [Markup()] * len(table.head))
        rows = Markup().join(self._row("td", row, table.alignments, labels) for row in table.rows)
        return Markup('<table class="{}"><thead>{}</thead><tbody>{}</tbody></table>').format(kind, head, rows)

    def _row(self, tag: str, cells: tuple[Spans, ...], alignments: tuple[str, ...], labels: list[Markup]) -> Markup:
        scope = Markup(' scope="col"') if tag == "th" else ""
        cell = Markup('<{0}{1} align="{2}">{3}{4}</{0}>')
        return Markup("<tr>{}</tr>").format(
            Markup().join(
                cell.format(tag, scope, self.side(alignment), label, self.inline(words))
                for words, alignment, label in zip(cells, alignments, labels, strict=True)
            )
        )

    def _labels(self, table: Table[Spans]) -> list[Markup]:
        """The words of the head before each cell, for a telephone on which there is no head above them."""
        return [
            Markup('<b class="head">{}: </b>').format(self.inline(head)) if head else Markup() for head in table.head
        ]

    def _lines(self, table: Table[Spans], row: tuple[Spans, ...]) -> Markup:
        lines = (
            Markup("<b>{}</b>: {}").format(self.inline(head), self.inline(cell)) if head else self.inline(cell)
            for head, cell in zip(table.head, row, strict=True)
            if cell or not table.rows
        )
        return self.paragraph(Markup("<br>").join(lines), "line")

    def side(self, alignment: str) -> str:
        """ "start", "end" or "" as the physical side that mail programs understand."""
        start, end = ("right", "left") if self.direction == "rtl" else ("left", "right")
        return {"center": "center", "end": end}.get(alignment, start)

    # ── what each artefact does its own way ───────────────────────────────────────────────────────────────────────

    def figure(self, figure: Figure[Spans]) -> Markup:
        """Without images, what stands on the image."""
        return self.paragraph(self.inline(figure.alt))

    @abstractmethod
    def card(self, block: CaseLaw[Spans] | AgendaItem[Spans] | KeyNumber[Spans]) -> Markup:
        """A block with a look of its own."""


_LTR = Markup('<span dir="ltr">{}</span>')
_WHOLE = Markup('<span class="whole">{}</span>')
_WHOLE_LTR = Markup('<span dir="ltr" class="whole">{}</span>')


def _on_one_line(text: str) -> Markup:
    return Markup().join(_WHOLE.format(one.text) if one.is_whole else escape(one.text) for one in pieces(text))


def _isolated(text: str) -> Markup:
    cut = pieces(text)
    return _WHOLE_LTR.format(text) if len(cut) == 1 and cut[0].is_whole else _LTR.format(_on_one_line(text))
