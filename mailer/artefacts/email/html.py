"""Blocks of an edition in, the pieces an e-mail is laid out with out: rows of columns of text, pictures and buttons.

Mail programs need a table cell for each of these, so the template must see them apart; all other blocks that follow
one another become one piece of text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from jinja2 import Environment
from markupsafe import Markup, escape

from mailer.artefacts.email.images import Picture
from mailer.artefacts.formats import day_tile, day_words, time_words, weekday_words
from mailer.artefacts.html import EditionHtml, is_address
from mailer.artefacts.slots import slot
from mailer.artefacts.tree import words_of
from mailer.document.nodes import (
    Action,
    AgendaItem,
    Block,
    Blocks,
    CaseLaw,
    Columns,
    Figure,
    Heading,
    KeyNumber,
    Spans,
)


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A picture inside the message, which its HTML names as `cid:<cid>` (RFC 2392)."""

    cid: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class TextPiece:
    html: Markup
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class PicturePiece:
    """`width` is in CSS pixels: half of the picture's where that has enough of them."""

    cid: str
    alt: Markup
    caption: Markup | None
    width: int
    kind: str = "picture"


@dataclass(frozen=True, slots=True)
class ButtonPiece:
    label: Markup
    href: Markup
    kind: str = "button"


Piece = TextPiece | PicturePiece | ButtonPiece
Band = tuple[tuple[Piece, ...], ...]
"""One or two columns side by side, each of pieces one under the other."""


@dataclass(frozen=True)
class MailHtml(EditionHtml):
    """HTML for mail programs; `images` by the `src` of their figure, `level` is that of a card's heading."""

    templates: Environment
    images: Mapping[str, InlineImage] = field(default_factory=dict)
    level: int = 3
    calendars: Mapping[int, str] = field(default_factory=dict)
    """The address of a file for a calendar, by the `id` of its agenda item; only where the archive has them."""

    def in_lead(self) -> MailHtml:
        """The writer for what stands before the first section, where headings are a level higher."""
        return replace(self, level=2)

    def block(self, block: Block[Spans]) -> Markup:
        if isinstance(block, Heading):
            return super().block(replace(block, level=block.level + self.level - 3))
        return super().block(block)

    def slot(self, name: str) -> Markup:
        return escape(slot(name))

    def figure(self, figure: Figure[Spans]) -> Markup:
        """A picture that stands within something else, such as a list."""
        piece = self.picture(figure, 480)
        image = Markup('<img src="cid:{}" alt="{}" width="{}">').format(piece.cid, piece.alt, piece.width)
        return self.paragraph(image, "picture")

    def picture(self, figure: Figure[Spans], column: int) -> PicturePiece:
        image = self.images[figure.src]
        return PicturePiece(
            image.cid,
            escape(words_of(figure.alt, self.formats)),
            self.inline(figure.caption) if figure.caption else None,
            min(column, image.picture.width),
        )

    def card(self, block: CaseLaw[Spans] | AgendaItem[Spans] | KeyNumber[Spans]) -> Markup:
        values: dict[str, object] = {"body": self.within().blocks(block.blocks), "block": block, "level": self.level}
        match block:
            case CaseLaw(title, court, decided, href=href):
                name = "case_law"
                values |= {"href": href if href and is_address(href) else None}
                values |= {"court": self.inline(court), "day": self.text(day_words(decided, self.formats))}
                values |= {"title": self.inline(title), "ecli": self.text(block.ecli)}
            case AgendaItem(title, day, starts, place):
                name = "agenda_item"
                values |= {"title": self.inline(title), "day": self.text(weekday_words(day, self.formats))}
                values |= {"tile": day_tile(day, self.formats)}
                values |= {"time": self.text(time_words(starts, self.formats)) if starts else None}
                values |= {"place": self.inline(place) if place else None}
                values |= {"calendar": self.calendars.get(id(block))}
            case KeyNumber():
                name = "key_number"
        return self._rendered(f"email/cards/{name}.html.jinja", values)

    def part(self, name: str, **values: object) -> Markup:
        """A piece of the frame around the blocks."""
        return self._rendered(f"email/parts/{name}.html.jinja", values)

    def _rendered(self, template: str, values: Mapping[str, object]) -> Markup:
        rendered = self.templates.get_template(template).render(values)
        return Markup(rendered.strip())  # noqa: S704 - a template of ours, with autoescape


def bands(blocks: Blocks[Spans], writer: MailHtml, column: int) -> list[Band]:
    """`blocks` as rows; `column` is the width in CSS pixels of a row with one column."""
    rows: list[Band] = []
    for apart, group in groupby(blocks, key=lambda block: isinstance(block, Columns)):
        if apart:
            rows += [
                tuple(_pieces(inner, writer, column // 2) for inner in block.columns)
                for block in group
                if isinstance(block, Columns)
            ]
        else:
            rows.append((_pieces(tuple(group), writer, column),))
    return rows


def under(heading: Markup, rows: list[Band]) -> list[Band]:
    """`rows` with a heading above them: in the first piece of text where that comes first, which saves a cell."""
    match rows:
        case [((TextPiece() as first, *others),), *rest]:
            return [((replace(first, html=heading + "\n" + first.html), *others),), *rest]
        case [(column,), *rest]:
            return [((TextPiece(heading), *column),), *rest]
    return [((TextPiece(heading),),), *rows]


GUTTER = 2
"""CSS pixels that rounding may take of a column."""


def _pieces(blocks: Blocks[Spans], writer: MailHtml, column: int) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for text, group in groupby(blocks, key=lambda block: not _stands_alone(block)):
        if text:
            pieces.append(TextPiece(replace(writer, room=column - GUTTER).blocks(tuple(group))))
        else:
            pieces += [_piece(block, writer, column) for block in group]
    return tuple(pieces)


def _stands_alone(block: Block[Spans]) -> bool:
    """A picture, or a button that leads somewhere (one that does not is written as text)."""
    return isinstance(block, Figure) or (isinstance(block, Action) and is_address(block.href))


def _piece(block: Block[Spans], writer: MailHtml, column: int) -> Piece:
    if isinstance(block, Figure):
        return writer.picture(block, column)
    if isinstance(block, Action):
        return ButtonPiece(writer.inline(block.label), escape(block.href))
    raise TypeError(f"{type(block).__name__} has no place of its own")
