"""What a person calls things: an issue by its newsletter and number, an audience and a language by their titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel.core import Locale
from babel.lists import format_list

from mailer.issue import publication_of
from web.staff.here import Here
from wording import _
from wording.interface import LRI, PDI, direction


def issue_title(here: Here, slug: str) -> str:
    """ "Recht en opvang, nummer 2026-24"; the slug itself for one of no known newsletter."""
    house = here.office.house
    publication = publication_of(slug, house)
    if publication is None:
        return slug
    number = slug.removeprefix(f"{publication.key}-")
    if direction(here.lang) == "rtl":
        number = f"{LRI}{number}{PDI}"  # 2026-24 would be read as 24-2026
    return here.say(
        _("{publication}, nummer {number}", publication=in_language(here, publication.title), number=number)
    )


def audience_title(here: Here, key: str) -> str:
    """The title of an audience in this person's language; its key when it is no longer there."""
    audience = here.office.house.audiences.get(key)
    return key if audience is None else in_language(here, audience.title)


def locale_name(here: Here, code: str) -> str:
    """A language by its own name."""
    known = here.office.house.locales.get(code)
    return code if known is None else known.name


def publication_title(here: Here, key: str) -> str:
    """The title of a newsletter in this person's language; its key when it is no longer there."""
    series = here.office.house.publications.get(key)
    return key if series is None else in_language(here, series.title)


def language_said(here: Here, code: str) -> str:
    """A language in this person's own: "Arabisch"; by its own name where CLDR has none."""
    return Locale.parse(here.lang).languages.get(code) or locale_name(here, code)


def languages_said(here: Here, codes: Sequence[str]) -> str:
    """Several languages in a row: "Engels en Arabisch"."""
    return format_list([language_said(here, code) for code in codes], locale=here.lang)


def in_language(here: Here, titles: Mapping[str, str]) -> str:
    """A title in this person's language, in the source language where there is none, or in any."""
    return titles.get(here.lang) or titles.get(here.office.house.source_locale) or next(iter(titles.values()), "")
