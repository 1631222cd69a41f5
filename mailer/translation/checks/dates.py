"""Names of months and weekdays in a text, after CLDR; Arabic has several sets of months, and readers use them all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from babel import Locale

_ARABIC = ("ar_MA", "ar_DZ", "ar_EG", "ar_LB")
"""Western months in the Moroccan, Algerian and Egyptian spelling, and the Syriac ones of the Levant."""

_MARKS = re.compile(r"[\u064b-\u0652\u0670\u0640]")
SHORT = 3
"""Letters; a month as short as that (آب) is one only in its own spelling: أب is a father."""
_HAMZA = str.maketrans("أإآٱ", "اااا")


def dates_in(text: str, language: str) -> Iterator[tuple[str, int]]:
    """(day as written, month 1–12) for each month with a number before or after it."""
    pattern, numbers = _months(language)
    for found in re.finditer(rf"(?<!\d)(\d{{1,2}})\.? (?:de |of )?{pattern}", _folded(text), re.IGNORECASE):
        yield found[1], numbers[found["month"]]


def dated_in(text: str, language: str) -> list[tuple[int, int, str]]:
    """(begin, end, date in ISO 8601) for each day with a month in words and a year."""
    pattern, numbers = _months(language)
    if not numbers:
        return []
    folded, places = _folded_with_places(text)
    day_first = rf"(?<!\d)(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)? (?:de |of |من )?{pattern},? (?P<year>\d{{4}})(?!\d)"
    month_first = rf"{pattern} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?[,،]? (?P<year>\d{{4}})(?!\d)"
    return [
        (places[one.start()], places[one.end()], f"{one['year']}-{numbers[one['month']]:02}-{int(one['day']):02}")
        for form in (day_first, month_first)
        for one in re.finditer(form, folded)
    ]


def months_in(text: str, language: str) -> set[int]:
    """The months named in a text; empty too for a language whose months are not known."""
    pattern, numbers = _months(language)
    return {numbers[found[1]] for found in re.finditer(pattern, _folded(text))} if numbers else set()


def unfamiliar_months(text: str, chosen: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(as written, as chosen) for months in Arabic of which none of the CLDR locales `chosen` has that name."""
    pattern, numbers = _months("ar")
    bare = _MARKS.sub("", text)
    known = {code: Locale.parse(code).months["format"]["wide"] for code in chosen}
    familiar = {_folded(name) for names in known.values() for name in names.values()}
    for found in re.finditer(pattern, _folded(text)) if known else ():
        written = bare[found.start(1) : found.end(1)]
        if found[1] not in familiar and (len(written) > SHORT or written in _spelt()):
            yield written, known[chosen[0]][numbers[found[1]]]


@cache
def _spelt() -> frozenset[str]:
    return frozenset(name for code in _ARABIC for name in Locale.parse(code).months["format"]["wide"].values())


def weekdays_in(text: str, language: str) -> set[int]:
    """The weekdays named in a text, 0 for Monday."""
    pattern, numbers = _weekdays(language)
    return {numbers[found[1]] for found in re.finditer(pattern, _folded(text))} if numbers else set()


@cache
def _months(language: str) -> tuple[str, dict[str, int]]:
    return _names(language, "months")


@cache
def _weekdays(language: str) -> tuple[str, dict[str, int]]:
    return _names(language, "days")


def _names(language: str, what: str) -> tuple[str, dict[str, int]]:
    names: dict[str, int] = {}
    for code in _ARABIC if language == "ar" else (language,):
        for form in ("format", "stand-alone"):
            for key, name in getattr(Locale.parse(code), what)[form]["wide"].items():
                names[_folded(name)] = int(key)
    longest = sorted(names, key=len, reverse=True)
    prefix = r"(?:[وبفل]?(?:ال)?)" if language == "ar" else ""
    return rf"(?<!\w){prefix}(?P<month>{'|'.join(map(re.escape, longest))})(?!\w)", names


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    """A folded text, and of each of its letters (and its end) the place in the text itself."""
    kept = [place for place, sign in enumerate(text) if not _MARKS.match(sign)]
    letters = [text[place].translate(_HAMZA).lower() for place in kept]
    places = [place for place, letter in zip(kept, letters, strict=True) for _each in letter]
    return "".join(letters), [*places, len(text)]


def _folded(text: str) -> str:
    """Small letters, and Arabic without vowel signs and with one kind of alif."""
    return _MARKS.sub("", text).translate(_HAMZA).lower()
