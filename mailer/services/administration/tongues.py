"""The languages of the organisation: what each has, and what it still needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from babel.core import Locale
from babel.dates import get_day_names, get_month_names

from mailer.letterforms import without_form
from mailer.organisation import House
from mailer.services.office import Office, look
from mailer.translation.extract import STANDING, extract_standing
from staff.people import Person, everyone
from staff.permissions import Permission, require
from wording.interface import translated


@dataclass(frozen=True)
class Progress:
    """How many of how many."""

    done: int
    total: int

    @property
    def is_whole(self) -> bool:
        return self.done >= self.total


@dataclass(frozen=True)
class Tongue:
    """One language. `missing`: letters of its own words that no font on this machine has."""

    code: str
    name: str
    direction: str
    is_source: bool
    ended: bool
    ours: Progress
    """The words of the product around a text."""
    standing: Progress
    """The organisation's own texts that return in every issue."""
    glossary: Progress
    missing: tuple[str, ...]
    audiences: tuple[str, ...]
    """That get it."""
    translators: tuple[str, ...] = field(repr=False)


def tongues(office: Office, person: Person) -> tuple[Tongue, ...]:
    """Each language, in the order of the settings. Raises ContentError for a file that cannot be read."""
    require(person, Permission.CHANGE_SETTINGS)
    with look(office, person, Permission.CHANGE_SETTINGS) as session:
        people = [one for one in everyone(session) if one.active]
    return tuple(_tongue(office, code, people) for code in office.house.locales)


def _tongue(office: Office, code: str, people: list[Person]) -> Tongue:
    house, content = office.house, office.content
    own, is_source = house.locales[code], code == house.source_locale
    messages = extract_standing(content.standing())
    catalog = content.catalog(STANDING, code)[0]
    terms = content.glossary()
    return Tongue(
        code,
        own.name,
        own.direction,
        is_source,
        own.ended,
        Progress(*translated(code)),
        Progress(sum(1 for one in messages if is_source or catalog.translation(one.msgid)), len(messages)),
        Progress(sum(1 for one in terms if is_source or one.words.get(code)), len(terms)),
        tuple(without_form(sample(own.formats, own.name))),
        _audiences(house, code),
        tuple(one.name for one in people if code in one.languages),
    )


def sample(formats: str, name: str) -> str:
    """Letters of a language: its name, and its months and days as CLDR writes them."""
    locale = Locale.parse(formats)
    months, days = get_month_names(locale=locale), get_day_names(locale=locale)
    return " ".join([name, *months.values(), *days.values()])


def _audiences(house: House, code: str) -> tuple[str, ...]:
    return tuple(key for key, one in house.audiences.items() if code in one.locales and not one.ended)
