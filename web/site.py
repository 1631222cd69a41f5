"""What every page is made from: the office, the language, and the template."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, make_response, render_template

from database.session import Store
from mailer.artefacts.formats import day_words
from mailer.organisation import Audience, Channel, House
from mailer.services.office import Office
from mailer.services.publishing import shelving
from mailer.services.publishing.shelving import Newest
from mailer.services.readers import offers
from mailer.services.readers.offers import Offer
from wording import Text, _
from wording.interface import LRI, PDI, direction, interface


@dataclass(frozen=True)
class Latest:
    """The last public issue of a newsletter."""

    url: str
    words: str


@dataclass(frozen=True)
class Newsletter:
    """What a reader chooses from, as plain text: title, description, rhythm, and the languages it is written in.

    `lang` and `said_in` are the languages that title and description are in.
    """

    title: str
    lang: str
    description: str
    said_in: str
    rhythm: str
    languages: list[tuple[str, str]]
    latest: Latest | None
    two_weekly: bool
    is_public: bool


@dataclass(frozen=True)
class Site:
    """The office whose doors the pages open."""

    office: Office

    @property
    def house(self) -> House:
        return self.office.house

    @property
    def store(self) -> Store:
        return self.office.store

    def page(self, template: str, lang: str, status: int = 200, **values: Any) -> Response:
        """A template in a language. Values are written out with autoescape; none of them is ever a template."""
        say = interface(lang).say
        words = {
            "_": lambda msgid, **slots: say(Text(msgid, slots)),
            "say": say,
            "lang": lang,
            "dir": direction(lang),
            "organisation": self.house.organisation.name,
            "languages": {code: one.name for code, one in self.house.locales.items()},
            "here": "",
        }
        return make_response(render_template(template, **{**words, **values}), status)

    def newsletters(self, lang: str, *, also: Collection[str] = ()) -> Mapping[str, Newsletter]:
        """The newsletters that a reader may choose, in a language where they have words in it; `also` those that are
        not public, for whoever has them."""
        newest = shelving.newest(self.office, lang)
        found = offers.offers(self.store, self.house)
        return {key: self._newsletter(one, lang, newest) for key, one in found.items() if one.is_public or key in also}

    def _newsletter(self, one: Offer, lang: str, newest: Mapping[str, Newest]) -> Newsletter:
        house, texts = self.house, one.texts
        written, said = _language_of(texts.titles, lang, house), _language_of(texts.descriptions, lang, house)
        last = newest.get(one.publication or "")
        return Newsletter(
            title_in(texts.titles, lang, house.source_locale) or one.audience,
            written,
            texts.descriptions.get(said, ""),
            said,
            offers.rhythm_in(house, one, lang),
            [(code, house.locales[code].name) for code in one.locales],
            self._latest(last, lang) if last else None,
            one.two_weekly,
            one.is_public,
        )

    def _latest(self, one: Newest, lang: str) -> Latest:
        say, day = interface(lang).say, date.fromisoformat(one.day)
        said = day_words(day, self.house.locales[lang].formats)
        number = isolated(lang, one.number)
        return Latest(f"/{lang}/archief/{one.slug}", say(_("nummer {number}, {day}", number=number, day=said)))

    def by_email(self) -> list[Audience]:
        """The audiences that are mailed."""
        return [one for one in self.house.audiences.values() if one.channel is Channel.EMAIL]

    def reading_languages(self) -> Mapping[str, str]:
        """The languages in which some newsletter appears, each by its own name."""
        offered = {locale for one in self.by_email() for locale in one.locales}
        return {code: one.name for code, one in self.house.locales.items() if code in offered}


def _language_of(texts: Mapping[str, str], lang: str, house: House) -> str:
    """The language in which a reader of `lang` reads one of these texts."""
    return next((code for code in (lang, house.source_locale, *texts) if texts.get(code)), lang)


def isolated(lang: str, number: str) -> str:
    """A number such as 2026-24 in a sentence: from right to left it would be read as 24-2026."""
    return f"{LRI}{number}{PDI}" if direction(lang) == "rtl" else number


def title_in(title: Mapping[str, str], lang: str, source: str) -> str:
    """A title in a language, in the source language where there is none, or in any."""
    return title.get(lang) or title.get(source) or next(iter(title.values()), "")
