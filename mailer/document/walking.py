"""Walk over every text of a tree, and make the same tree with other words in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, cast

from mailer.document.nodes import (
    Action,
    AgendaItem,
    Block,
    Blocks,
    Body,
    BulletList,
    CaseLaw,
    Columns,
    Figure,
    Heading,
    Item,
    KeyNumber,
    NoteText,
    OrderedList,
    Paragraph,
    Quote,
    Section,
    Source,
    Spans,
    Table,
)


class Kind(StrEnum):
    """What a text is, in the words a translator sees beside it (Dutch: the language translators read from)."""

    TITLE = "titel van het nummer"
    SUBJECT = "onderwerp van de e-mail"
    PREHEADER = "regel onder het onderwerp"
    CORRECTION = "wat er fout was, boven een verbetering"
    SECTION = "kop van een rubriek"
    HEADING = "tussenkop"
    PARAGRAPH = "alinea"
    ITEM = "punt in een lijst"
    HEAD = "kop van een kolom"
    CELL = "cel in een tabel"
    QUOTE = "citaat"
    SAID_BY = "wie het zei"
    ALT = "beschrijving van een afbeelding"
    CAPTION = "bijschrift van een afbeelding"
    RULING = "titel van een uitspraak"
    COURT = "naam van een rechtbank"
    AGENDA = "titel van een agendapunt"
    PLACE = "plaats van een agendapunt"
    COUNTED = "wat een getal telt"
    BUTTON = "tekst op een knop"
    NOTE = "voetnoot"
    LINK_TITLE = "titel van een link"


@dataclass(frozen=True, slots=True)
class Found:
    """A text of the document: what it is, and in which section (None: before the first)."""

    kind: Kind
    source: Source
    section: Section[Source] | None


def texts(body: Body[Source]) -> Iterator[Found]:
    """Every text in reading order."""
    for kind, source in _in_blocks(body.lead, Kind.PARAGRAPH):
        yield Found(kind, source, None)
    for section in body.sections:
        yield Found(Kind.SECTION, section.heading, section)
        for kind, source in _in_blocks(section.blocks, Kind.PARAGRAPH):
            yield Found(kind, source, section)


def image_names(body: Body[Source]) -> list[str]:
    """The images of a document by the names that its text uses, each once, in reading order."""
    blocks = (*body.lead, *(block for section in body.sections for block in section.blocks))
    return list(dict.fromkeys(block.src for block in all_blocks(blocks) if isinstance(block, Figure)))


def all_blocks(blocks: Blocks[Any]) -> Iterator[Block[Any]]:
    """Every block, outermost first."""
    for block in blocks:
        yield block
        for inner in _inside(block):
            yield from all_blocks(inner)


def with_words(body: Body[Source], words: Callable[[Source], Spans]) -> Body[Spans]:
    """The same structure with `words(source)` in the place of each source."""
    return cast("Body[Spans]", mapped(body, lambda node: words(node) if isinstance(node, Source) else None))


def mapped(node: Any, change: Callable[[Any], Any | None]) -> Any:
    """A copy of a tree in which each node for which `change` returns something is replaced by that."""
    changed = change(node)
    if changed is not None:
        return changed
    if isinstance(node, tuple):
        return tuple(mapped(one, change) for one in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    return replace(node, **{part.name: mapped(getattr(node, part.name), change) for part in fields(node)})


_Texts = Iterator[tuple[Kind, Source]]


def _in_blocks(blocks: Blocks[Source], plain: Kind) -> _Texts:
    """Texts of these blocks; `plain` is what a paragraph is here."""
    for block in blocks:
        yield from _own(block, plain)
        inside = _KIND_INSIDE.get(type(block), plain)
        for inner in _inside(block):
            yield from _in_blocks(inner, inside)
        if isinstance(block, Quote) and block.by is not None:
            yield Kind.SAID_BY, block.by


_KIND_INSIDE: dict[type, Kind] = {
    BulletList: Kind.ITEM,
    OrderedList: Kind.ITEM,
    Quote: Kind.QUOTE,
    KeyNumber: Kind.COUNTED,
}


def _own(block: Block[Source], plain: Kind) -> _Texts:
    """The texts a block has of its own, before the blocks inside it."""
    match block:
        case Heading():
            yield Kind.HEADING, block.words
        case Paragraph():
            yield plain, block.words
        case Table():
            yield from ((Kind.HEAD, cell) for cell in block.head)
            yield from ((Kind.CELL, cell) for row in block.rows for cell in row)
        case Figure():
            yield Kind.ALT, block.alt
            if block.caption is not None:
                yield Kind.CAPTION, block.caption
        case CaseLaw():
            yield Kind.RULING, block.title
            yield Kind.COURT, block.court
        case AgendaItem():
            yield Kind.AGENDA, block.title
            if block.place is not None:
                yield Kind.PLACE, block.place
        case NoteText():
            yield Kind.NOTE, block.words
        case Action():
            yield Kind.BUTTON, block.label
        case _:
            pass


def _inside(block: Block[Any]) -> tuple[Blocks[Any], ...]:
    """The groups of blocks inside a block."""
    match block:
        case BulletList() | OrderedList():
            items: tuple[Item[Any], ...] = block.items
            return tuple(item.blocks for item in items)
        case Quote() | CaseLaw() | AgendaItem() | KeyNumber():
            return (block.blocks,)
        case Columns():
            return block.columns
        case _:
            return ()
