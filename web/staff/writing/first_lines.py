"""What a text that was brought has in it, and its first lines as a reader would see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from mailer.document.inline import spans_of, walk
from mailer.document.nodes import (
    Action,
    Blocks,
    BulletList,
    Emphasis,
    Figure,
    HardBreak,
    Heading,
    Link,
    NoteText,
    OrderedList,
    Paragraph,
    Quote,
    Source,
    Spans,
    Strike,
    Strong,
    Table,
)
from mailer.document.parse import document_from
from mailer.document.walking import all_blocks, texts

_MOST_BLOCKS, _MOST_ITEMS = 7, 6
_AROUND: dict[type, Markup] = {
    Strong: Markup("<b>{}</b>"),
    Emphasis: Markup("<i>{}</i>"),
    Strike: Markup("<s>{}</s>"),
}


@dataclass(frozen=True)
class Contents:
    """How many of each there are, and what it begins with: kind and words, or the items of a list."""

    sections: int = 0
    lists: int = 0
    tables: int = 0
    links: int = 0
    notes: int = 0
    figures: int = 0
    first: list[tuple[str, Any]] = field(default_factory=list)


def contents(markdown: str) -> Contents:
    """Of the Markdown of a text without front matter."""
    body = document_from(markdown)[0].body
    all_of = (body.lead, *(section.blocks for section in body.sections))
    blocks = [block for part in all_of for block in all_blocks(part)]
    spans = [span for found in texts(body) for span in walk(spans_of(found.source.markdown))]
    counted = {
        "lists": (BulletList, OrderedList),
        "tables": (Table,),
        "notes": (NoteText,),
        "figures": (Figure,),
    }
    first = _lines(body.lead)
    for section in body.sections:
        if len(first) >= _MOST_BLOCKS:
            break
        first += [("h2", _inline(section.heading)), *_lines(section.blocks)]
    return Contents(
        sections=len(body.sections),
        links=sum(isinstance(span, Link) for span in spans),
        first=first[:_MOST_BLOCKS],
        **{name: sum(isinstance(block, kinds) for block in blocks) for name, kinds in counted.items()},
    )


def _lines(blocks: Blocks[Source]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for block in blocks[:_MOST_BLOCKS]:
        match block:
            case Paragraph(words):
                found.append(("p", _inline(words)))
            case Heading(_level, words):
                found.append(("h3", _inline(words)))
            case BulletList(items) | OrderedList(_, items):
                kind = "ul" if isinstance(block, BulletList) else "ol"
                found.append((kind, [_first(item.blocks) for item in items[:_MOST_ITEMS]]))
            case Quote(inside):
                found.append(("quote", _first(inside)))
            case Table(_, head):
                found.append(("p", Markup(" · ").join(_inline(cell) for cell in head)))
            case Figure(_, alt):
                found.append(("figure", _inline(alt)))
            case Action(label):
                found.append(("p", _inline(label)))
    return found


def _first(blocks: Blocks[Source]) -> Markup:
    return next((_inline(block.words) for block in blocks if isinstance(block, Paragraph)), Markup(""))


def _inline(source: Source) -> Markup:
    return _marked(spans_of(source.markdown))


def _marked(spans: Spans) -> Markup:
    made = Markup("")
    for span in spans:
        match span:
            case Strong(children) | Emphasis(children) | Strike(children):
                made += _AROUND[type(span)].format(_marked(children))
            case Link(_, _, children):
                made += Markup('<span class="u">{}</span>').format(_marked(children))
            case HardBreak():
                made += Markup("<br>")
            case _:
                made += getattr(span, "value", " ")
    return made
