"""A plain, CommonMark-compatible HTML rendering of a translated body: one method per node.

It knows no look and no reader; whoever needs more subclasses it. Everything that is text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from mailer.document.formats import written
from mailer.document.inline import plain_text
from mailer.document.nodes import (
    Action,
    AgendaItem,
    Block,
    Blocks,
    Body,
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
    Section,
    Slot,
    SoftBreak,
    Span,
    Spans,
    Strike,
    Strong,
    Table,
)

_ALIGN = {"start": "left", "center": "center", "end": "right"}


class HtmlWriter:
    """`formats` is the CLDR locale that writes dates and numbers."""

    def __init__(self, formats: str = "nl") -> None:
        self.formats = formats

    def body(self, body: Body[Spans]) -> str:
        return self.blocks(body.lead) + "".join(self.section(section) for section in body.sections)

    def section(self, section: Section[Spans]) -> str:
        return self.heading(Heading(2, section.heading)) + self.blocks(section.blocks)

    def blocks(self, blocks: Blocks[Spans]) -> str:
        return "".join(self.block(block) for block in blocks)

    # ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────

    def block(self, block: Block[Spans]) -> str:
        match block:
            case Heading():
                return self.heading(block)
            case Paragraph():
                return f"<p>{self.spans(block.words)}</p>\n"
            case BulletList():
                return f"<ul>\n{self.items(block.items, block.tight)}</ul>\n"
            case OrderedList():
                start = "" if block.start == 1 else f' start="{block.start}"'
                return f"<ol{start}>\n{self.items(block.items, block.tight)}</ol>\n"
            case Table():
                return self.table(block)
            case Quote():
                by = "" if block.by is None else f"<p>— {self.spans(block.by)}</p>\n"
                return f"<blockquote>\n{self.blocks(block.blocks)}{by}</blockquote>\n"
            case Figure():
                caption = "" if block.caption is None else plain_text(block.caption)
                return f"<p>{self.image(Image(block.src, plain_text(block.alt), caption))}</p>\n"
            case Rule():
                return "<hr />\n"
            case NoteText(label, words):
                return f"<p>{escape(label)}: {self.spans(words)}</p>\n"
            case Notes(notes):
                return "".join(f"<p>{number}: {self.spans(words)}</p>\n" for number, words in notes)
            case CodeBlock():
                language = f' class="language-{escape(block.info.split()[0])}"' if block.info.split() else ""
                return f"<pre><code{language}>{escape(block.value)}</code></pre>\n"
            case _:
                return self.container(block)

    def heading(self, heading: Heading[Spans]) -> str:
        return f"<h{heading.level}>{self.spans(heading.words)}</h{heading.level}>\n"

    def items(self, items: Iterable[Item[Spans]], tight: bool) -> str:
        return "".join(self.item(item, tight) for item in items)

    def item(self, item: Item[Spans], tight: bool) -> str:
        blocks = [self.in_item(block, tight) for block in item.blocks]
        if item.done is not None and blocks:
            task = self.task(item.done)
            blocks[0] = blocks[0].replace("<p>", f"<p>{task}", 1) if blocks[0].startswith("<p>") else task + blocks[0]
        return f"<li>{''.join(blocks)}</li>\n"

    def in_item(self, block: Block[Spans], tight: bool) -> str:
        """A tight list shows its paragraphs without paragraph spacing (CommonMark 5.3)."""
        return f"{self.spans(block.words)}\n" if tight and isinstance(block, Paragraph) else self.block(block)

    def task(self, done: bool) -> str:
        checked = ' checked="checked"' if done else ""
        return f'<input type="checkbox" disabled="disabled"{checked} /> '

    def table(self, table: Table[Spans]) -> str:
        head = self.row("th", table.head, table.alignments)
        rows = "".join(self.row("td", row, table.alignments) for row in table.rows)
        return f"<table>\n<thead>\n{head}</thead>\n" + (f"<tbody>\n{rows}</tbody>\n" if rows else "") + "</table>\n"

    def row(self, tag: str, cells: Iterable[Spans], alignments: tuple[str, ...]) -> str:
        written_cells = (self.cell(tag, cell, align) for cell, align in zip(cells, alignments, strict=True))
        return f"<tr>\n{''.join(written_cells)}</tr>\n"

    def cell(self, tag: str, cell: Spans, align: str) -> str:
        style = f' style="text-align:{_ALIGN[align]}"' if align else ""
        return f"<{tag}{style}>{self.spans(cell)}</{tag}>\n"

    def container(
        self, block: CaseLaw[Spans] | AgendaItem[Spans] | KeyNumber[Spans] | Action[Spans] | Columns[Spans]
    ) -> str:
        match block:
            case CaseLaw():
                facts = f"<p>{self.spans(block.court)}, {escape(block.ecli)}</p>\n"
                return f"<section>\n<h3>{self.spans(block.title)}</h3>\n{facts}{self.blocks(block.blocks)}</section>\n"
            case AgendaItem():
                place = "" if block.place is None else f"<p>{self.spans(block.place)}</p>\n"
                return f"<section>\n<h3>{self.spans(block.title)}</h3>\n{place}{self.blocks(block.blocks)}</section>\n"
            case KeyNumber():
                return f"<section>\n<p>{escape(block.value)}</p>\n{self.blocks(block.blocks)}</section>\n"
            case Action():
                return f'<p><a href="{escape(block.href)}">{self.spans(block.label)}</a></p>\n'
            case Columns():
                return "".join(f"<div>\n{self.blocks(column)}</div>\n" for column in block.columns)

    # ── inline ──────────────────────────────────────────────────────────────────────────────────────────────────

    def spans(self, spans: Spans) -> str:
        return "".join(self.span(span) for span in spans)

    def span(self, span: Span) -> str:
        match span:
            case Plain(value):
                return escape(value)
            case Strong(children):
                return f"<strong>{self.spans(children)}</strong>"
            case Emphasis(children):
                return f"<em>{self.spans(children)}</em>"
            case Strike(children):
                return f"<s>{self.spans(children)}</s>"
            case Code(value):
                return f"<code>{escape(value)}</code>"
            case Link():
                return self.link(span)
            case Image():
                return self.image(span)
            case Note(label, number):
                return f"<sup>{number or escape(label)}</sup>"
            case SoftBreak():
                return "\n"
            case HardBreak():
                return "<br />\n"
            case Slot(name):
                return "{{" + name + "}}"
            case Formatted():
                return escape(written(span, self.formats))

    def link(self, link: Link) -> str:
        return f'<a href="{escape(link.href)}"{self.title(link.title)}>{self.spans(link.children)}</a>'

    def image(self, image: Image) -> str:
        return f'<img src="{escape(image.src)}" alt="{escape(image.alt)}"{self.title(image.title)} />'

    def title(self, title: str) -> str:
        return f' title="{escape(title)}"' if title else ""
