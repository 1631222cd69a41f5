"""Step 5 for mailboxes: an edition and its images in, an e-mail out (HTML, plain text, pictures), the same for all.

What differs per reader is a slot (slots.py), filled by personal.py. Every picture travels with the message (`cid:`), so
opening it asks nobody for anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from mailer.artefacts.bidi import marked, starts_right_to_left
from mailer.artefacts.colours import DARK_GROUNDS, GROUNDS
from mailer.artefacts.email.html import Band, InlineImage, MailHtml, bands, under
from mailer.artefacts.email.images import Picture
from mailer.artefacts.email.mjml import Placed, html_from
from mailer.artefacts.email.plain_text import plain_text_from
from mailer.artefacts.environment import environment
from mailer.artefacts.html import COLUMN
from mailer.artefacts.letterhead import Letterhead, calendars_of, headline, letterhead
from mailer.artefacts.tree import figures, words_of
from mailer.document.nodes import Blocks, Columns, Figure, Section, Spans
from mailer.edition import Edition
from mailer.organisation import House
from wording import _
from wording.errors import ContentError, Place, Problem
from wording.interface import Interface

CONTENTS_FROM = 5
"""Sections: from this number on an issue is long enough for a table of contents."""

LOGO_WIDTH = 480
"""Pixels of the picture, for screens with up to three pixels to the point."""
LOGO_SHOWN = (160, 48)
"""CSS pixels: the most that a logo takes of a slim masthead, wide and high."""
PICTURE_WIDTH = 2 * COLUMN
"""Pixels of a picture in the text, for screens with two pixels to the point."""


@dataclass(frozen=True, slots=True)
class EmailArtefact:
    """One edition as an e-mail, with slots. `section_sizes` are the headings and the bytes of HTML below each."""

    subject: str
    preheader: str
    html: str
    text: str
    images: tuple[InlineImage, ...]
    section_sizes: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """Bytes of HTML: what Gmail counts before it clips a message."""
        return len(self.html.encode())


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section as the template wants it; its heading stands in the first of its bands too."""

    heading: Markup
    anchor: str
    bands: list[Band]

    @property
    def size(self) -> int:
        return sum(
            len(getattr(piece, "html", "").encode()) for band in self.bands for column in band for piece in column
        )


def email_from(
    edition: Edition,
    house: House,
    interface: Interface,
    images: Mapping[str, Picture],
    *,
    in_archive: bool = False,
    whole: Edition | None = None,
) -> EmailArtefact:
    """The e-mail of `edition`; `whole` is what it was before sections of it were shortened.

    `images` holds every figure by its `src`, and the logo by its path in the settings, decoded and encoded anew.
    `in_archive` adds links to the page of this issue on the web, and to a file for a calendar of each event. Raises
    ContentError for an image that is missing.
    """
    head = letterhead(edition, house)
    embedded = _embedded(edition, head, images)
    calendars = calendars_of(whole or edition, head.page) if in_archive else {}
    writer = MailHtml(edition.formats, edition.direction, environment(interface), embedded, calendars=calendars)
    with_contents = len(edition.sections) >= CONTENTS_FROM
    chapters = [
        _chapter(section, writer, ruled=at > 0 or not with_contents) for at, section in enumerate(edition.sections)
    ]
    opening, rest = _opening(edition.lead)
    logo = embedded.get(head.logo or "")
    placed = Placed()
    preheader = starts_right_to_left(marked(edition.preheader)) if edition.direction == "rtl" else edition.preheader
    source = (
        environment(interface)
        .get_template("email/newsletter.mjml.jinja")
        .render(
            edition=edition,
            preheader=preheader,
            head=head,
            headline=headline(edition, head.publication),
            grounds=GROUNDS,
            dark_grounds=DARK_GROUNDS,
            logo=logo,
            logo_size=_logo_size(logo.picture) if logo else None,
            opening=bands(opening, writer.in_lead(), COLUMN),
            lead=bands(rest, writer.in_lead(), COLUMN),
            chapters=chapters,
            with_contents=with_contents,
            in_archive=in_archive,
            place=placed.place,
            text=writer.text,
            slot=writer.slot,
        )
    )
    return EmailArtefact(
        subject=edition.subject,
        preheader=preheader,
        html=html_from(source, placed, edition.direction),
        text=plain_text_from(edition, house, interface, in_archive=in_archive, calendars=calendars),
        images=tuple(embedded.values()),
        section_sizes=tuple(
            (words_of(section.heading, edition.formats), chapter.size)
            for section, chapter in zip(edition.sections, chapters, strict=True)
        ),
    )


def _chapter(section: Section[Spans], writer: MailHtml, *, ruled: bool) -> Chapter:
    heading = writer.inline(section.heading)
    above = writer.part("chapter", ruled=ruled, anchor=section.anchor, heading=heading)
    return Chapter(heading, section.anchor, under(above, bands(section.blocks, writer, COLUMN)))


def _opening(lead: Blocks[Spans]) -> tuple[Blocks[Spans], Blocks[Spans]]:
    """What stands in larger letters, up to the first picture, and the rest of the lead."""
    pictured = (at for at, block in enumerate(lead) if isinstance(block, Figure | Columns))
    at = next(pictured, len(lead))
    return lead[:at], lead[at:]


def _logo_size(logo: Picture) -> tuple[int, int]:
    """CSS pixels: whole, at most `LOGO_SHOWN`, never larger than its own."""
    share = min(1.0, LOGO_SHOWN[0] / logo.width, LOGO_SHOWN[1] / logo.height)
    return max(1, round(logo.width * share)), max(1, round(logo.height * share))


def _embedded(edition: Edition, head: Letterhead, images: Mapping[str, Picture]) -> dict[str, InlineImage]:
    """Every picture once, by the name the edition gives it. The cid is a hash: equal editions are equal bytes."""
    problems: list[Problem] = []
    embedded: dict[str, InlineImage] = {}
    for src, place in _wanted(edition, head):
        if src in embedded:
            continue
        if (picture := images.get(src)) is None:
            problems.append(Problem(place, _("De afbeelding {file} is er niet.", file=src)))
        else:
            digest = hashlib.sha256(picture.data).hexdigest()[:24]
            embedded[src] = InlineImage(f"{digest}@{head.sender_address.partition('@')[2]}", picture)
    if problems:
        raise ContentError(problems)
    return embedded


def _wanted(edition: Edition, head: Letterhead) -> Iterator[tuple[str, Place]]:
    if head.logo:
        yield head.logo, Place("postduif.toml")
    for figure in figures(edition):
        yield figure.src, Place(f"issues/{edition.slug}/issue.md", figure.line)
