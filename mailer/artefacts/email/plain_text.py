"""An edition in, plain text out: the same words as the HTML, made to be read aloud.

No line is decoration. Lists end in full stops, a row of a table is a sentence, links are numbers with their addresses
at the end. A paragraph is one line, however long: mail programs do not reflow lines that were broken for them. In a
right-to-left edition every paragraph starts with U+200F, every address with U+200E (UAX #9).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from mailer.artefacts.bidi import LRM, RLM, marked
from mailer.artefacts.formats import day_words, time_words, weekday_words, words
from mailer.artefacts.html import is_address
from mailer.artefacts.letterhead import Letterhead, headline, letterhead
from mailer.artefacts.pieces import kept
from mailer.artefacts.slots import SLOT, slot, without_marks
from mailer.document.links import is_same_number
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
from mailer.edition import Edition
from mailer.organisation import House
from wording import Text, _
from wording.interface import Interface

_ENDS = (".", "!", "?", ":", ";", ",", "…", "؟", "؛", "،", "۔", "。")
_AFTER_END = "\"'”’»)]\u200e\u200f"


def plain_text_from(
    edition: Edition,
    house: House,
    interface: Interface,
    *,
    in_archive: bool = False,
    calendars: Mapping[int, str] | None = None,
) -> str:
    """The text part of the e-mail of `edition`: lines end in "\\n", slots are marked (slots.py); `calendars` as
    `letterhead.calendars_of` gives them.
    """
    writer = TextWriter(edition.formats, edition.direction == "rtl", interface, calendars=calendars or {})
    head = letterhead(edition, house)
    paragraphs = [
        writer.line(head.publication),
        writer.line(writer.say(_("Nummer {number}, {day}", number=head.number, day=head.day))),
        "",
        writer.line(headline(edition, head.publication)),
        *writer.contents(edition),
        *writer.blocks(edition.lead),
        *([writer.addressed(_("Vragen of hulp nodig? Bel de hulplijn."), head.helpline)] if head.helpline else ()),
    ]
    for section in edition.sections:
        paragraphs += ["", writer.line(writer.inline(section.heading)), *writer.blocks(section.blocks)]
    paragraphs += ["", *writer.footnotes(), "", *_footer(writer, head, in_archive=in_archive)]
    return "\n\n".join(paragraphs).replace("\n\n\n\n", "\n\n\n").strip("\n") + "\n"


def _footer(writer: TextWriter, head: Letterhead, *, in_archive: bool) -> Iterator[str]:
    yield writer.addressed(_("Afmelden, met één klik:"), slot("unsubscribe_url"))
    yield writer.addressed(_("Uw voorkeuren wijzigen:"), slot("preferences_url"))
    yield writer.addressed(_("Wat wij bewaren:"), head.privacy)
    if in_archive:
        yield writer.addressed(_("Dit nummer op internet:"), head.page)
    yield writer.line(
        writer.say(
            _(
                "U krijgt deze e-mail van {sender}, omdat u zich hebt aangemeld voor ‘{audience}’.",
                sender=head.sender,
                audience=head.audience,
            )
        )
    )
    yield writer.addressed(_("Antwoord of vraag:"), head.reply_to)
    yield "\n".join(map(writer.line, head.postal_address))


@dataclass
class TextWriter:
    """Writes for one edition, and remembers the links it met."""

    formats: str
    rtl: bool
    interface: Interface
    links: list[str] = field(default_factory=list)
    calendars: Mapping[int, str] = field(default_factory=dict)

    def say(self, sentence: Text) -> str:
        return self.interface.say(sentence)

    def contents(self, edition: Edition) -> Iterator[str]:
        """What is in it, as one sentence, when there is more than one section."""
        if len(edition.sections) > 1:
            headings = self.semicolon.join(self.inline(section.heading) for section in edition.sections)
            yield self.line(_sentence(self.say(_("In deze nieuwsbrief: {headings}", headings=headings))))

    @property
    def comma(self) -> str:
        return "، " if self.rtl else ", "

    @property
    def semicolon(self) -> str:
        return "؛ " if self.rtl else "; "

    # ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def line(self, text: str, indent: str = "") -> str:
        """One paragraph, its numbers kept on one line; in Arabic with the marks that keep it, and the runs in it, in
        their direction.
        """
        text = kept(text)
        if not self.rtl:
            return indent + text
        return "\n".join(RLM + indent + _marked(part) for part in text.split("\n"))

    def addressed(self, label: Text, address: str) -> str:
        """A label and, on a line of its own so that it can be clicked, an address."""
        return f"{self.line(self.say(label))}\n{LRM if self.rtl else ''}{address}"

    def footnotes(self) -> Iterator[str]:
        if self.links:
            yield self.line(self.say(_("Adressen van de links")))
            mark = LRM if self.rtl else ""
            for number, href in enumerate(self.links, 1):
                label = self.line(self.say(_("Link {number}:", number=number)))
                yield f"{label}\n{mark}{href}" if self.rtl else f"{label} {href}"

    # ── inline ────────────────────────────────────────────────────────────────────────────────────────────────────

    def inline(self, spans: Spans) -> str:
        return "".join(map(self.span, spans))

    def span(self, span: Span) -> str:
        match span:
            case Plain(value) | Code(value):
                return without_marks(value)
            case Strong(children) | Emphasis(children):
                return self.inline(children)
            case Strike(children):
                return self.say(_("(vervallen: {words})", words=self.inline(children)))
            case Link(href, _title, children):
                return self.linked(self.inline(children), without_marks(href))
            case Image(_src, alt, _title):
                return without_marks(alt)
            case Formatted():
                return words(span, self.formats)
            case Note(number=number):
                return f" ({self.say(_('noot {number}', number=number))})"
            case SoftBreak():
                return " "
            case HardBreak():
                return "\n"
            case Slot(name):
                return slot(name)

    def linked(self, label: str, href: str) -> str:
        """The label, with the number of its address unless the label is the address (or must not lead there)."""
        if not is_address(href):
            return label
        address = href.removeprefix("mailto:").removeprefix("tel:")
        if _same(address, label) or (href.startswith("tel:") and is_same_number(address, label)):
            return label
        if address not in self.links:
            self.links.append(address)
        return f"{label} ({self.say(_('link {number}', number=self.links.index(address) + 1))})"

    # ── blocks ────────────────────────────────────────────────────────────────────────────────────────────────────

    def blocks(self, blocks: Blocks[Spans], indent: str = "") -> Iterator[str]:
        for block in blocks:
            yield from self.block(block, indent)

    def block(self, block: Block[Spans], indent: str) -> Iterator[str]:
        match block:
            case Paragraph(spans) | Heading(words=spans):
                yield self.line(self.inline(spans), indent)
            case BulletList(items=items):
                yield "\n".join(self._items(items, ["- "] * len(items), indent))
            case OrderedList(start, items):
                numbers = [f"{number}. " for number in range(start, start + len(items))]
                yield "\n".join(self._items(items, numbers, indent))
            case Table():
                yield "\n".join(self.line(row, indent) for row in self._rows(block))
            case Quote(inner, by):
                yield from self.blocks(inner, indent)
                if by:
                    yield self.line(self.say(_("Dit zei {who}", who=_sentence(self.inline(by)))), indent)
            case Columns(columns):
                for column in columns:
                    yield from self.blocks(column, indent)
            case Notes(notes):
                for number, spans in notes:
                    note = _("Noot {number}: {words}", number=number, words=_sentence(self.inline(spans)))
                    yield self.line(self.say(note), indent)
            case NoteText(words=spans):
                yield self.line(self.inline(spans), indent)
            case Rule():
                yield ""
            case CodeBlock(value):
                yield without_marks(value).rstrip("\n")
            case _:
                yield from self.item(block, indent)

    def item(self, block: Block[Spans], indent: str) -> Iterator[str]:
        """The blocks that are a thing by themselves: a picture, a ruling, an event, a number, a button."""
        match block:
            case Figure(alt=alt, caption=caption):
                yield self.line(self.say(_("Afbeelding: {alt}", alt=_sentence(self.inline(alt)))), indent)
                if caption:
                    yield self.line(self.inline(caption), indent)
            case CaseLaw(title, court, decided, ecli, href, inner):
                yield self.line(self.linked(self.inline(title), href) if href else self.inline(title), indent)
                yield self.line(
                    _sentence(self.comma.join((self.inline(court), day_words(decided, self.formats), ecli))), indent
                )
                yield from self.blocks(inner, indent)
            case AgendaItem(title, day, starts, place, inner):
                parts = [weekday_words(day, self.formats)]
                parts += [time_words(starts, self.formats)] if starts else []
                parts += [self.inline(place)] if place else []
                yield self.line(self.inline(title), indent)
                yield self.line(_sentence(self.comma.join(parts)), indent)
                yield from self.blocks(inner, indent)
                if calendar := self.calendars.get(id(block)):
                    yield self.line(self.linked(self.say(_("Zet in uw agenda")), calendar), indent)
            case KeyNumber(value, inner):
                first, *rest = [*self.blocks(inner, indent)] or [""]
                yield f"{self.line(value, indent)} {first.removeprefix(RLM).strip()}".rstrip()
                yield from rest
            case Action(label, href):
                yield self.line(self.linked(self.inline(label), href), indent)

    def _items(self, items: tuple[Item[Spans], ...], marks: list[str], indent: str) -> Iterator[str]:
        for item, mark in zip(items, marks, strict=True):
            first, *rest = [*self.blocks(item.blocks, indent + "  ")] or [""]
            state = "" if item.done is None else self.say(_("gedaan:") if item.done else _("nog te doen:")) + " "
            lead = RLM if self.rtl else ""
            yield f"{lead}{indent}{mark}{state}{_sentence(first.removeprefix(RLM).strip())}"
            yield from rest

    def _rows(self, table: Table[Spans]) -> Iterator[str]:
        heads = [self.inline(cell) for cell in table.head]
        for row in table.rows:
            cells = zip(heads, map(self.inline, row), strict=False)
            yield _sentence(self.semicolon.join(f"{head}: {cell}" if head else cell for head, cell in cells))


def _sentence(text: str) -> str:
    """With a full stop, unless it ends like a sentence: a voice pauses there."""
    return text if text.rstrip(_AFTER_END).endswith(_ENDS) or not text else f"{text}."


def _same(address: str, label: str) -> bool:
    """Whether a label such as "0800-123 456" or "los.example" already is its address."""
    return _bare(address) == _bare(label)


def _bare(address: str) -> str:
    return address.removeprefix("https://").rstrip("/").translate(str.maketrans("", "", " -()\u00a0.")).lower()


def _marked(text: str) -> str:
    """With left-to-right marks around each run that needs them; a slot stays as it is."""
    pieces = SLOT.split(text)  # text, name of a slot, text, …
    around = map(marked, pieces[::2])
    return "".join(piece + (slot(name) if name else "") for piece, name in zip_longest(around, pieces[1::2]))
