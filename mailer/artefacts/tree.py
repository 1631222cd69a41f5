"""Questions to the tree of an edition that more than one artefact asks: its figures, the plain words of some spans."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.artefacts.formats import words
from mailer.artefacts.slots import slot, without_marks
from mailer.document.nodes import (
    Code,
    Emphasis,
    Figure,
    Formatted,
    HardBreak,
    Image,
    Link,
    Note,
    Plain,
    Slot,
    SoftBreak,
    Span,
    Spans,
    Strike,
    Strong,
)
from mailer.document.walking import all_blocks
from mailer.edition import Edition


def figures(edition: Edition) -> Iterator[Figure[Spans]]:
    """Every image of the edition, in reading order, however deep it stands."""
    for blocks in (edition.lead, *(section.blocks for section in edition.sections)):
        yield from (block for block in all_blocks(blocks) if isinstance(block, Figure))


def words_of(spans: Spans, formats: str) -> str:
    """What a reader reads of `spans`, without their looks and addresses."""
    return "".join(_words(span, formats) for span in spans)


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
        case Note():
            return ""
        case SoftBreak() | HardBreak():
            return " "
        case Slot(name):
            return slot(name)
