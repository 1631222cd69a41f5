"""What every page is made from: the office, the language, and the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template

from database.session import Store
from mailer.organisation import Audience, Channel, House
from mailer.services.office import Office
from wording import Text
from wording.interface import direction, interface


@dataclass(frozen=True)
class Newsletter:
    """What a reader chooses from: its title, the language that title is in, and those it is written in."""

    title: str
    lang: str
    languages: list[tuple[str, str]]


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

    def newsletters(self, lang: str) -> Mapping[str, Newsletter]:
        """The audiences a reader can choose by e-mail, with their titles in a language where there is one."""
        return {audience.key: self._newsletter(audience, lang) for audience in self.by_email()}

    def _newsletter(self, audience: Audience, lang: str) -> Newsletter:
        title = title_in(audience.title, lang, self.house.source_locale)
        written = next((code for code, one in audience.title.items() if one == title), lang)
        return Newsletter(title, written, [(code, self.house.locales[code].name) for code in audience.locales])

    def by_email(self) -> list[Audience]:
        """The audiences that are mailed."""
        return [one for one in self.house.audiences.values() if one.channel is Channel.EMAIL]

    def reading_languages(self) -> Mapping[str, str]:
        """The languages in which some newsletter appears, each by its own name."""
        offered = {locale for one in self.by_email() for locale in one.locales}
        return {code: one.name for code, one in self.house.locales.items() if code in offered}


def title_in(title: Mapping[str, str], lang: str, source: str) -> str:
    """A title in a language, in the source language where there is none, or in any."""
    return title.get(lang) or title.get(source) or next(iter(title.values()), "")
