"""What stands above and below every artefact of an edition: who sends it, to whom, from where, and how it looks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailer.artefacts.colours import Shades, palette
from mailer.artefacts.formats import day_words, number_words
from mailer.document.nodes import AgendaItem
from mailer.document.walking import all_blocks
from mailer.edition import Edition
from mailer.organisation import House

TRUNK = re.compile(r"\(0\)|[^\d+]")
"""What is read but not dialled."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Names in the language of the edition; `page` and `archive` are addresses of the archive on the web, `privacy` is
    that of the page that says what is kept of a reader.

    `number` is as readers read it (`number_words`); `light` and `dark` are the organisation's colour, readable on each.
    """

    organisation: str
    publication: str
    audience: str
    sender: str
    sender_address: str
    reply_to: str
    number: str
    day: str
    page: str
    archive: str
    privacy: str
    website: str
    helpline: str | None
    helpline_url: str
    """To dial it (RFC 3966); empty without a helpline."""
    postal_address: tuple[str, ...]
    logo: str | None
    mark: str
    """What stands where there is no logo: the first letter of the publication."""
    light: Shades
    dark: Shades


def letterhead(edition: Edition, house: House) -> Letterhead:
    """The letterhead of `edition`. Raises KeyError when the house knows no such publication or audience."""
    publication, organisation = house.publications[edition.publication], house.organisation
    look = organisation.look
    colours = palette(look.accent, look.accent_dark)

    def named(names: Mapping[str, str]) -> str:
        """In the edition's language; else in that of the source, else in any."""
        return names.get(edition.locale) or names.get(house.source_locale) or next(iter(names.values()), "")

    return Letterhead(
        organisation=organisation.name,
        publication=(title := named(publication.title)),
        audience=named(house.audiences[edition.audience].title),
        sender=named(publication.sender.name),
        sender_address=publication.sender.address,
        reply_to=publication.sender.reply_to,
        number=number_words(edition.number, edition.day),
        day=day_words(edition.day, edition.formats),
        page=page_url(house, edition.locale, edition.slug),
        archive=archive_url(house, edition.locale),
        privacy=f"{house.base_url.rstrip('/')}/{edition.locale}/privacy",
        website=organisation.website,
        helpline=organisation.helpline,
        helpline_url=f"tel:{re.sub(TRUNK, '', organisation.helpline)}" if organisation.helpline else "",
        postal_address=organisation.postal_address,
        logo=look.logo,
        mark=next((letter for letter in title if letter.isalnum()), "").upper(),
        light=colours.light,
        dark=colours.dark,
    )


_BETWEEN = " \u00a0,.:;|·–—-،"
"""What stands between the name of a publication and the rest of a title."""


def rest_of_title(title: str, publication: str) -> str | None:
    """What a title says beside the publication it begins with ("Onder dak, november": "november"); None for a title
    that does not begin so.
    """
    if not title.casefold().startswith(publication.casefold()):
        return None
    rest = title[len(publication) :]
    return None if rest[:1].isalnum() else rest.strip(_BETWEEN)


def headline(edition: Edition, publication: str) -> str:
    """What stands largest above an edition: its title, or its subject where the title only repeats what the masthead
    says already.
    """
    chosen = edition.title if rest_of_title(edition.title, publication) is None else edition.subject
    # a number or a short word that stands alone on the last line of a title looks like a mistake
    return re.sub(r" (\S{1,3})$", "\u00a0\\1", chosen)


def archive_url(house: House, locale: str) -> str:
    """The list of public issues in one language."""
    return f"{house.base_url.rstrip('/')}/{locale}/archief/"


def calendars_of(edition: Edition, page: str) -> dict[int, str]:
    """The address of a file for a calendar (RFC 5545) by the `id` of each agenda item: `page`/1.ics is the first in the
    order of the text, as the archive numbers them.
    """
    parts = (edition.lead, *(section.blocks for section in edition.sections))
    events = [block for blocks in parts for block in all_blocks(blocks) if isinstance(block, AgendaItem)]
    return {id(event): f"{page}/{number}.ics" for number, event in enumerate(events, start=1)}


def page_url(house: House, locale: str, slug: str) -> str:
    """The permanent page of an issue in one language."""
    return f"{archive_url(house, locale)}{slug}"
