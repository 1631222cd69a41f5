"""An edition that may be public in, what the archive keeps of it out: its text as HTML, its pictures, no reader.

A leaf holds everything that does not change with other issues or with the templates around it, so that a page can be
shown for ever, whatever becomes of the files that the issue was written in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from mailer.artefacts.email.html import InlineImage, MailHtml
from mailer.artefacts.email.images import Picture
from mailer.artefacts.environment import environment
from mailer.artefacts.greeting import greeting
from mailer.artefacts.letterhead import letterhead
from mailer.artefacts.tree import figures, words_of
from mailer.document.nodes import AgendaItem, Figure, Spans
from mailer.document.walking import all_blocks
from mailer.edition import Edition
from mailer.organisation import House
from wording.interface import Interface

PICTURES = "archief/beeld"


@dataclass(frozen=True)
class PublicIssue:
    """An edition on its way to the archive. `images` as for an e-mail."""

    edition: Edition
    images: Mapping[str, Picture]


@dataclass(frozen=True)
class LeafSection:
    anchor: str
    heading: str
    body: str


@dataclass(frozen=True)
class LeafEvent:
    """Something on a day, for a calendar: plain text. `day` is ISO 8601, `starts` "16:00" or "" for the whole day."""

    title: str
    day: str
    starts: str = ""
    place: str = ""


@dataclass(frozen=True)
class Leaf:
    """One issue in one language. `lead`, `heading` and `body` are HTML that we wrote; all else is text."""

    slug: str
    locale: str
    title: str
    summary: str
    publication: str
    number: str
    day: date
    lead: str
    sections: tuple[LeafSection, ...]
    events: tuple[LeafEvent, ...] = ()
    correction: str = ""
    """What was wrong with the text before this one; shown only where that one is kept."""

    def as_json(self) -> dict[str, Any]:
        """Values that JSON can hold."""
        return {**asdict(self), "day": self.day.isoformat()}


def leaf_of(kept: Mapping[str, Any]) -> Leaf:
    """What `Leaf.as_json` made, again."""
    sections = tuple(LeafSection(**section) for section in kept["sections"])
    events = tuple(LeafEvent(**event) for event in kept.get("events", ()))
    return Leaf(**{**kept, "day": date.fromisoformat(kept["day"]), "sections": sections, "events": events})


def leaf_from(issue: PublicIssue, house: House, interface: Interface) -> tuple[Leaf, dict[str, bytes]]:
    """The leaf, and its pictures by their path below the base URL."""
    edition, writer = issue.edition, _writer(issue, house, interface)
    head = letterhead(edition, house)
    leaf = Leaf(
        slug=edition.slug,
        locale=edition.locale,
        title=edition.title,
        summary=edition.preheader,
        publication=head.publication,
        number=edition.number,
        day=edition.day,
        lead=str(writer.in_lead().blocks(edition.lead)),
        sections=tuple(
            LeafSection(section.anchor, str(writer.inline(section.heading)), str(writer.blocks(section.blocks)))
            for section in edition.sections
        ),
        events=tuple(_events(edition)),
        correction=edition.correction,
    )
    return leaf, {image.cid: image.picture.data for image in writer.images.values()}


def _events(edition: Edition) -> Iterator[LeafEvent]:
    """The items of the diary of an edition, in the order of the text."""
    for blocks in (edition.lead, *(section.blocks for section in edition.sections)):
        for one in all_blocks(blocks):
            if isinstance(one, AgendaItem):
                starts = one.starts.strftime("%H:%M") if one.starts else ""
                place = words_of(one.place, edition.formats) if one.place else ""
                yield LeafEvent(words_of(one.title, edition.formats), one.day.isoformat(), starts, place)


@dataclass(frozen=True)
class PageHtml(MailHtml):
    """HTML for a page: pictures by address, no reader. The cid of an image is its path below the base URL."""

    base: str = ""
    reader: str = ""

    def slot(self, name: str) -> Markup:
        return self.text(self.reader) if name == "greeting" else Markup()

    def figure(self, figure: Figure[Spans]) -> Markup:
        image = self.images[figure.src]
        caption = Markup("<figcaption>{}</figcaption>").format(self.inline(figure.caption)) if figure.caption else ""
        return Markup('<figure><img src="{}/{}" alt="{}" width="{}" height="{}">{}</figure>').format(
            self.base,
            image.cid,
            words_of(figure.alt, self.formats),
            image.picture.width,
            image.picture.height,
            caption,
        )


def _writer(issue: PublicIssue, house: House, interface: Interface) -> PageHtml:
    images: dict[str, InlineImage] = {}
    for figure in figures(issue.edition):
        picture = issue.images[figure.src]
        digest = hashlib.sha256(picture.data).hexdigest()[:24]
        images[figure.src] = InlineImage(f"{PICTURES}/{digest}.{picture.subtype}", picture)
    return PageHtml(
        issue.edition.formats,
        issue.edition.direction,
        environment(interface),
        images,
        base=house.base_url.rstrip("/"),
        reader=greeting(None, interface),
    )
