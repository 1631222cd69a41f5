"""Step 5 for paper: an edition becomes a closed tree of plain JSON values, which the Typst template walks.

A node that is not in this module is an error, never something that is silently left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailer.artefacts import formats
from mailer.artefacts.paper.breaking import IN_CODE, IN_HEADING, breakable, broken, has_long_word
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.table import table
from mailer.artefacts.paper.text import Inline, href, plain, shown
from mailer.artefacts.paper.unbroken import Json
from mailer.artefacts.paper.words import furniture
from mailer.artefacts.tree import words_of
from mailer.document import nodes
from mailer.document.nodes import Block, Blocks, Spans
from mailer.edition import Edition
from mailer.organisation import House
from wording.interface import Interface

DEEPEST = 3
"""Levels of headings that look different on paper."""


def print_job_from(
    edition: Edition,
    house: House,
    interface: Interface,
    images: Mapping[str, bytes],
    *,
    large: bool = False,
    qr: bool = False,
) -> PrintJob:
    """The edition and those of `images` (by their names in the issue) that stand in it, ready for the typesetter.

    Raises ValueError as `print_tree_from` does, KeyError for an image that is not among `images`.
    """
    tree = print_tree_from(edition, house, interface, large=large, qr=qr)
    names = dict.fromkeys(figures(edition))
    return PrintJob("newsletter", tree, edition.day, {name: images[name] for name in names})


def figures(edition: Edition) -> list[str]:
    """The names of the images of an edition, in order."""
    found = []
    waiting: list[Block[Spans]] = [*edition.lead, *(block for section in edition.sections for block in section.blocks)]
    while waiting:
        block = waiting.pop(0)
        if isinstance(block, nodes.Figure):
            found.append(block.src)
        waiting[:0] = _inside(block)
    return found


def _inside(block: Block[Spans]) -> list[Block[Spans]]:
    match block:
        case nodes.BulletList() | nodes.OrderedList():
            return [inner for item in block.items for inner in item.blocks]
        case nodes.Columns():
            return [inner for column in block.columns for inner in column]
    return list(getattr(block, "blocks", ()))


def print_tree_from(
    edition: Edition, house: House, interface: Interface, *, large: bool = False, qr: bool = False
) -> Json:
    """The tree of one edition: `large` for A4 with letters of 16 points instead of an A5 booklet; `qr` for a code on
    the last page that leads to it on the web.

    Raises ValueError for a node, a link or a slot that has no place on paper.
    """
    writer = _Writer(Inline(edition.formats, interface, rtl=edition.direction == "rtl"))
    return {
        "meta": furniture(edition, house, interface, large=large, qr=qr),
        "lead": writer.part(edition.lead, under=0),
        "sections": [
            {**writer.heading(section.heading), "blocks": writer.part(section.blocks, under=1)}
            for section in edition.sections
        ],
    }


class _Writer:
    """Writes the blocks of one edition.

    PDF/UA-1 refuses a heading that skips a level (ISO 14289-1, 7.4.2), and an editor may write `####` under `##`: so a
    heading on paper is at most one level deeper than the one before it.
    """

    def __init__(self, inline: Inline) -> None:
        self.inline = inline
        self._level = 0

    def part(self, blocks: Blocks[Spans], *, under: int) -> list[Json]:
        """The blocks under a heading of level `under`; 0 for the lead, which has none."""
        self._level = under
        return self.blocks(blocks)

    def blocks(self, blocks: Blocks[Spans]) -> list[Json]:
        # the typesetter puts a footnote under the page on which its number stands
        return [self._block(block) for block in blocks if not isinstance(block, nodes.Notes | nodes.NoteText)]

    def heading(self, words: Spans) -> Json:
        """`divided`: a word of it is so long that the language must divide it."""
        return {
            "heading": broken(self.inline.spans(words), IN_HEADING),
            "divided": has_long_word(words_of(words, self.inline.formats)),
        }

    def _block(self, block: Block[Spans]) -> Json:
        match block:
            case nodes.Heading(level, words):
                self._level = min(max(level - 1, 1), self._level + 1, DEEPEST)
                made: Json = {"t": "heading", "level": self._level, **self.heading(words)}
            case nodes.Paragraph(words):
                made = {"t": "p", "c": self.inline.spans(words)}
            case nodes.BulletList(items, tight):
                made = {"t": "ul", "tight": tight, "items": self._items(items)}
            case nodes.OrderedList(start, items, tight):
                made = {"t": "ol", "tight": tight, "start": start, "items": self._items(items)}
            case nodes.Table():
                made = table(block, self.inline)
            case nodes.Quote(blocks, by):
                made = {"t": "quote", "c": self.blocks(blocks), "by": self.inline.spans(by or ())}
            case nodes.Figure(src, alt, caption):
                made = {"t": "figure", "src": src, "alt": plain(alt), "caption": self.inline.spans(caption or ())}
            case nodes.Rule():
                made = {"t": "rule"}
            case nodes.CodeBlock(value):
                made = {"t": "pre", "v": breakable(value, IN_CODE)}
            case nodes.Columns(columns):
                made = {"t": "columns", "columns": [self.blocks(column) for column in columns]}
            case _:
                made = self._component(block)
        return made

    def _component(self, block: Block[Spans]) -> Json:
        match block:
            case nodes.CaseLaw():
                return self._case_law(block)
            case nodes.AgendaItem():
                return self._agenda(block)
            case nodes.KeyNumber(value, blocks):
                return {"t": "number", "value": self.inline.text(value), "c": self.blocks(blocks)}
            case nodes.Action(label, target):
                address = shown(href(target))
                return {"t": "action", "label": self.inline.spans(label), "href": target, "shown": address}
        raise ValueError(f"{type(block).__name__} has no place on paper")

    def _items(self, items: Sequence[nodes.Item[Spans]]) -> list[Json]:
        return [{"done": item.done, "c": self.blocks(item.blocks)} for item in items]

    def _case_law(self, ruling: nodes.CaseLaw[Spans]) -> Json:
        return {
            "t": "case-law",
            "title": self.inline.spans(ruling.title),
            "court": self.inline.spans(ruling.court),
            "day": self.inline.text(formats.day_words(ruling.decided, self.inline.formats)),
            "ecli": ruling.ecli,
            "href": href(ruling.href) if ruling.href else None,
            "c": self.blocks(ruling.blocks),
        }

    def _agenda(self, item: nodes.AgendaItem[Spans]) -> Json:
        starts = formats.time_words(item.starts, self.inline.formats) if item.starts else ""
        return {
            "t": "agenda",
            "title": self.inline.spans(item.title),
            "day": self.inline.text(formats.weekday_words(item.day, self.inline.formats)),
            "time": self.inline.text(starts),
            "place": self.inline.spans(item.place or ()),
            "c": self.blocks(item.blocks),
        }
