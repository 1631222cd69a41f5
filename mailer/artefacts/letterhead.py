"""What stands above and below every artefact of an edition: who sends it, to whom, from where, and how it looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.artefacts.colours import ink_on
from mailer.artefacts.formats import day_words
from mailer.edition import Edition
from mailer.organisation import House


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Names in the language of the edition; `page` and `archive` are addresses of the archive on the web, `privacy` is
    that of the page that says what is kept of a reader."""

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
    postal_address: tuple[str, ...]
    logo: str | None
    accent: str
    accent_ink: str
    accent_dark: str
    accent_dark_ink: str


def letterhead(edition: Edition, house: House) -> Letterhead:
    """The letterhead of `edition`. Raises KeyError when the house knows no such publication or audience."""
    publication, organisation = house.publications[edition.publication], house.organisation
    look = organisation.look

    def named(names: Mapping[str, str]) -> str:
        """In the edition's language; else in that of the source, else in any."""
        return names.get(edition.locale) or names.get(house.source_locale) or next(iter(names.values()), "")

    return Letterhead(
        organisation=organisation.name,
        publication=named(publication.title),
        audience=named(house.audiences[edition.audience].title),
        sender=named(publication.sender.name),
        sender_address=publication.sender.address,
        reply_to=publication.sender.reply_to,
        number=edition.number,
        day=day_words(edition.day, edition.formats),
        page=page_url(house, edition.locale, edition.slug),
        archive=archive_url(house, edition.locale),
        privacy=f"{house.base_url.rstrip('/')}/{edition.locale}/privacy",
        website=organisation.website,
        helpline=organisation.helpline,
        postal_address=organisation.postal_address,
        logo=look.logo,
        accent=look.accent,
        accent_ink=ink_on(look.accent),
        accent_dark=look.accent_dark,
        accent_dark_ink=ink_on(look.accent_dark),
    )


def archive_url(house: House, locale: str) -> str:
    """The list of public issues in one language."""
    return f"{house.base_url.rstrip('/')}/{locale}/archief/"


def page_url(house: House, locale: str, slug: str) -> str:
    """The permanent page of an issue in one language."""
    return f"{archive_url(house, locale)}{slug}"
