"""An edition that is too long for a mailbox in, a shorter one out: long sections end in a link to the archive."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from mailer.artefacts.email.artefact import EmailArtefact, email_from
from mailer.artefacts.email.images import Picture
from mailer.artefacts.email.size import WARN, longest
from mailer.artefacts.letterhead import page_url
from mailer.document.nodes import Blocks, Figure, Link, Notes, Paragraph, Plain, Section, Spans
from mailer.edition import Edition
from mailer.organisation import House
from wording import _
from wording.interface import Interface

_HEADING = re.compile(r'<h2\b[^>]*?\bid="([^"]+)"')


@dataclass(frozen=True)
class OnPage:
    """What of an issue its page in the archive has. `whole`: all that the readers of this mail read, so it has a link
    to the page; `anchors` are the sections that may end in one, None for every section.
    """

    whole: bool = True
    anchors: frozenset[str] | None = None


def email_with_links(
    edition: Edition, house: House, interface: Interface, images: Mapping[str, Picture], there: OnPage = OnPage()
) -> tuple[EmailArtefact, Edition]:
    """The e-mail of an archived issue, and the edition it shows: as it is, or with its longest sections shortened, the
    longest first, until it is under the size of a warning (or no section is left to shorten).
    """
    made, shown = chosen(edition, house, interface, images, there)
    return made or email_from(shown, house, interface, images, in_archive=there.whole, whole=edition), shown


def chosen(
    edition: Edition, house: House, interface: Interface, images: Mapping[str, Picture], there: OnPage = OnPage()
) -> tuple[EmailArtefact | None, Edition]:
    """The edition that the e-mail shows, and the e-mail; None where it need not be made to know that it is under the
    size of a warning.
    """
    whole = email_from(edition, house, interface, images, in_archive=there.whole)
    order = [edition.sections[at].anchor for at in longest(whole)]
    order = [anchor for anchor in order if there.anchors is None or anchor in there.anchors]
    if whole.size < WARN or not order:
        return whole, edition
    least = shortened(edition, house, interface, order)
    short = email_from(least, house, interface, images, in_archive=there.whole, whole=edition)
    count = _needed(whole, short, order)
    if count == len(order):
        return short, least
    return None, shortened(edition, house, interface, order[:count])


def _needed(whole: EmailArtefact, short: EmailArtefact, order: Sequence[str]) -> int:
    """How many sections must be shortened, the longest first: the mail is not made anew to find out."""
    sizes, beginnings = _sizes(whole.html), _sizes(short.html)
    size = whole.size
    for count, anchor in enumerate(order):
        if size < WARN:
            return count
        size -= sizes[anchor] - beginnings[anchor]
    return len(order)


def _sizes(html: str) -> dict[str, int]:
    """Bytes from each heading of a section to the next; behind the last stands the foot, the same in every mail."""
    places = [(found[1], found.start()) for found in _HEADING.finditer(html)]
    ends = (*(start for _anchor, start in places[1:]), len(html))
    return {anchor: len(html[start:end].encode()) for (anchor, start), end in zip(places, ends, strict=True)}


def shortened(edition: Edition, house: House, interface: Interface, anchors: Collection[str]) -> Edition:
    """The edition with the sections of `anchors` cut after their first paragraph; the rest is on the archive page."""
    page = page_url(house, edition.locale, edition.slug)
    label = interface.say(_("Lees verder op internet"))
    sections = (
        replace(section, blocks=_beginning(section, f"{page}#{section.anchor}", label))
        if section.anchor in anchors
        else section
        for section in edition.sections
    )
    return replace(edition, sections=tuple(sections))


def _beginning(section: Section[Spans], href: str, label: str) -> Blocks[Spans]:
    """All up to and with the first paragraph, and the link. A section that is short already stays whole."""
    for at, block in enumerate(section.blocks):
        if isinstance(block, Paragraph):
            kept = section.blocks[: at + 1]
            break
    else:
        kept = tuple(block for block in section.blocks[:1] if isinstance(block, Figure))
    if len(kept) == sum(not isinstance(block, Notes) for block in section.blocks):
        return section.blocks
    notes = (block for block in section.blocks if isinstance(block, Notes))
    return (*kept, Paragraph((Link(href, "", (Plain(label),)),)), *notes)
