"""Read an issue once, and make its editions and what a reader gets of each. No database, no keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.artefacts.email.artefact import EmailArtefact, email_from
from mailer.artefacts.email.images import Picture
from mailer.artefacts.email.read_on import OnPage, email_with_links
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.tree import print_job_from
from mailer.document.parse import Document
from mailer.edition import Edition, edition_from
from mailer.issue import Issue
from mailer.organisation import Audience, Channel, House, Showing
from mailer.services.office import Press
from mailer.services.translating.release import EVERYTHING, Release
from mailer.translation.apply import TranslatedDocument, in_source_language, translate
from mailer.translation.extract import STANDING
from wording import _
from wording.errors import ContentError, NotFoundError, Problem
from wording.interface import interface


@dataclass(frozen=True)
class Loaded:
    """An issue as it was read once: no file is looked at again while its editions are made."""

    issue: Issue
    document: Document
    images: Mapping[str, bytes]
    """For the typesetter, which decodes them in a child process of its own."""
    pictures: Mapping[str, Picture]
    """For mail and archive: decoded and encoded anew by the darkroom."""


def load(press: Press, slug: str, *, text: str | None = None) -> Loaded:
    """Read an issue with its images; `text` stands for what was saved of it.

    Raises ContentError with every mistake in it.
    """
    issue, document = press.content.issue(slug, text=text)
    pictures, images = press.content.pictures(slug, document), press.content.images(slug, document)
    if logo := press.house.organisation.look.logo:
        pictures[logo], images[logo] = press.content.logo(logo), press.content.asset(logo)
    return Loaded(issue, document, images, pictures)


def translations(press: Press, loaded: Loaded) -> dict[str, TranslatedDocument]:
    """The document in every locale that an audience of the issue reads. Raises ContentError for a broken catalog."""
    wanted = (locale for key in loaded.issue.audiences for locale in press.house.audiences[key].locales)
    return {locale: translation(press, loaded, locale) for locale in dict.fromkeys(wanted)}


def translation(press: Press, loaded: Loaded, locale: str) -> TranslatedDocument:
    """The document in one locale. Raises ContentError for a broken catalog."""
    issue, document = loaded.issue, loaded.document
    if locale == press.house.source_locale:
        return in_source_language(issue, document, locale)
    own, standing = (press.content.catalog(domain, locale)[0] for domain in (issue.slug, STANDING))
    return translate(issue, document, own, standing)[0]


def other_locales(house: House, issue: Issue) -> list[str]:
    """The locales of the issue's audiences that need a translation."""
    wanted = dict.fromkeys(locale for key in issue.audiences for locale in house.audiences[key].locales)
    return [locale for locale in wanted if locale != house.source_locale]


def editions(press: Press, loaded: Loaded, released: Mapping[str, Release] | None = None) -> list[Edition]:
    """Every edition of an issue, in the order of its audiences. Raises ContentError with all that is wrong.

    `released` says what of each language may go out; without it, everything that is translated.
    """
    translated = translations(press, loaded)
    made: list[Edition] = []
    problems: dict[Problem, None] = {}
    for audience in (press.house.audiences[key] for key in loaded.issue.audiences):
        for locale in audience.locales:
            release = (released or {}).get(locale, EVERYTHING)
            if release.held:
                continue
            try:
                made.append(
                    edition_from(
                        translated[locale],
                        audience,
                        press.house,
                        without=release.without,
                        unfinished=release.overridden,
                    )
                )
            except ContentError as error:
                problems.update(dict.fromkeys(error.problems))
    if problems:
        raise ContentError(list(problems))
    return made


def edition(press: Press, loaded: Loaded, audience: str, locale: str) -> Edition:
    """One edition for a preview; where a translation is missing the source stands.

    Raises NotFoundError for an audience or locale the issue is not for, ContentError for a broken catalog.
    """
    chosen = audience_of(press.house, audience)
    if locale not in chosen.locales:
        known = ", ".join(chosen.locales)
        raise NotFoundError(
            _(
                "‘{audience}’ krijgt geen editie in ‘{locale}’; wel in: {known}.",
                audience=audience,
                locale=locale,
                known=known,
            )
        )
    return edition_from(translation(press, loaded, locale), chosen, press.house, unfinished=True)


def shown_as(house: House, issue: Issue) -> str | None:
    """The audience as whose edition an issue is on show from its first mail on; None where it is not, or not yet then.

    That is the one its front matter names, or the first that is mailed.
    """
    if house.publications[issue.publication].on_show is not Showing.ON_SEND:
        return None
    mailed = (key for key in issue.audiences if house.audiences[key].channel is Channel.EMAIL)
    return issue.archive or next(mailed, None)


def is_on_the_web(house: House, issue: Issue, cut: Edition) -> bool:
    """Whether the reader of this mail finds the same text on the web: only then it has a link to it."""
    return cut.audience == shown_as(house, issue)


def email_of(press: Press, loaded: Loaded, cut: Edition) -> EmailArtefact:
    """The e-mail of an edition; of a publication with `read_on`, its longest sections shortened where it is long."""
    words, pictures = interface(cut.locale), loaded.pictures
    if (there := read_on_at(press.house, loaded, cut)) is not None:
        return email_with_links(cut, press.house, words, pictures, there)[0]
    return email_from(cut, press.house, words, pictures, in_archive=is_on_the_web(press.house, loaded.issue, cut))


def read_on_at(house: House, loaded: Loaded, cut: Edition) -> OnPage | None:
    """Where a long mail may let its reader read on: in the sections that the page of the issue has in this language."""
    audience = shown_as(house, loaded.issue)
    if audience is None or cut.locale not in house.audiences[audience].locales:
        return None
    if not house.publications[cut.publication].read_on:
        return None
    sections = loaded.document.body.sections
    there = (one.anchor for one in sections if one.audiences is None or audience in one.audiences)
    return OnPage(cut.audience == audience, frozenset(there))


def print_job_of(press: Press, loaded: Loaded, cut: Edition, *, large: bool = False) -> PrintJob:
    """What the typesetter is to make of an edition; `large` is A4 in large print."""
    words, qr = interface(cut.locale), loaded.issue.qr
    return print_job_from(cut, press.house, words, loaded.images, large=large, qr=qr)


def audience_of(house: House, key: str) -> Audience:
    """Raises NotFoundError for an audience that the house does not have."""
    try:
        return house.audiences[key]
    except KeyError:
        known = ", ".join(house.audiences)
        raise NotFoundError(_("De doelgroep ‘{key}’ is onbekend. Bekend: {known}.", key=key, known=known)) from None
