"""Questions to the tree of an edition that more than one artefact asks: its figures, the plain words of some spans."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.artefacts.formats import words
from mailer.artefacts.slots import slot, without_marks
from mailer.document.nodes import (
    AgendaItem,
    Blocks,
    BulletList,
    CaseLaw,
    Code,
    Columns,
    Emphasis,
    Figure,
    Formatted,
    HardBreak,
    Image,
    KeyNumber,
    Link,
    OrderedList,
    Plain,
    Quote,
    Slot,
    SoftBreak,
    Span,
    Spans,
    Strike,
    Strong,
)
from mailer.edition import Edition


def figures(edition: Edition) -> Iterator[Figure[Spans]]:
    """Every image of the edition, in reading order, however deep it stands."""
    yield from _figures(edition.lead)
    for section in edition.sections:
        yield from _figures(section.blocks)


def words_of(spans: Spans, formats: str) -> str:
    """What a reader reads of `spans`, without their looks and addresses."""
    return "".join(_words(span, formats) for span in spans)


def _figures(blocks: Blocks[Spans]) -> Iterator[Figure[Spans]]:
    for block in blocks:
        match block:
            case Figure():
                yield block
            case BulletList(items=items) | OrderedList(items=items):
                for item in items:
                    yield from _figures(item.blocks)
            case Columns(columns):
                for column in columns:
                    yield from _figures(column)
            case Quote(inner) | CaseLaw(blocks=inner) | AgendaItem(blocks=inner) | KeyNumber(blocks=inner):
                yield from _figures(inner)
            case _:
                pass


def _words(span: Span, formats: str) -> str:
    match span:
        case Plain(value) | Code(value):
            return without_marks(value)
        case Strong(children) | Emphasis(children) | Strike(children) | Link(children=children):
            return words_of(children, formats)
        case Formatted():
            return words(span, formats)
        case Image(alt=alt):
            return without_marks(alt)
        case SoftBreak() | HardBreak():
            return " "
        case Slot(name):
            return slot(name)
