"""One row of a file to what it says of a reader. What cannot be understood is a RowError with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from babel import Locale, UnknownLocaleError

from subscribers.importing.columns import SEVERAL, Form
from subscribers.importing.moments import moment_from
from subscribers.importing.source import Line
from subscribers.importing.statuses import RowError, Standing, folded_value, standing_in, worst
from wording import _

_FORMULA = re.compile(r"'(?=[=+\-@\t\r＝＋－＠])")
_AROUND = " \u00a0\u2007\u202f\ufeff"
"""Spaces that web pages and spreadsheets leave around a cell; a tab or a line end is no space but a mistake."""

LANGUAGES = ("nl", "en", "de", "fr")
"""In which the name of a language may be written, besides the language itself."""


@dataclass(frozen=True)
class Wanted:
    """What one row says, before it is checked."""

    line: int
    email: str
    standing: Standing
    language: str
    """One that is offered, or empty for a row that names none."""
    audiences: tuple[str, ...]
    since: datetime | None
    region: str | None
    role: str | None


def reader_of(form: Form, locales: frozenset[str], *, day_first: bool | None = None) -> Callable[[Line], Wanted]:
    """What turns a row into what it says, for readers of these locales. The function raises RowError."""
    columns = [(place, word) for place, word in form.columns if word not in SEVERAL]
    tongue = next((place for place, word in columns if word == "language"), None)
    spoken = form.values.get(tongue, {}) if tongue is not None else {}
    says_who_left, needs_asked = form.says_who_left, form.needs_asked
    said = {value: word for value, word in spoken.items() if value != "*"}
    languages = {} if tongue is None else {**_names_of(locales), **said}  # the names of languages weigh 7 MB

    def read(line: Line) -> Wanted:
        check(line, form)
        cells = {word: cell for place, word in columns if (cell := cell_of(line.row[place]))}
        return Wanted(
            line.number,
            cells.get("email", ""),
            standing_of(line, form) if says_who_left else Standing.READS,
            _language(cells["language"], languages, spoken.get("*", "")) if "language" in cells else "",
            _parts(cells["audiences"]) if "audiences" in cells else (),
            _since(cells["since"], day_first)
            if "since" in cells and not (needs_asked and "asked" not in cells)
            else None,
            cells.get("region"),
            cells.get("role"),
        )

    return read


def check(line: Line, form: Form) -> None:
    """Whether the cells of a row are under the names they belong to. Raises RowError."""
    if not line.fits:
        raise RowError(_("heeft een ander aantal cellen dan de kopregel"))
    if line.is_cut:
        raise RowError(_("is de laatste en niet af; misschien is het bestand afgekapt"))
    if line.spills(form.places):
        raise RowError(_("heeft een cel van meer regels; misschien ontbreekt er een aanhalingsteken"))
    if form.unnamed and any(cell_of(line.row[place]) for place in form.unnamed):
        raise RowError(_("heeft iets in een kolom zonder naam"))


def cell_of(raw: str) -> str:
    """What a cell says: without spaces around it, and without the apostrophe that keeps a formula from running."""
    text = raw.strip(_AROUND)
    return _FORMULA.sub("", text, count=1) if "'" in text else text


def standing_of(line: Line, form: Form) -> Standing:
    """The worst of what the columns say. Raises RowError for a value nobody knows, unless another says worse."""
    found, unclear, silent = [], None, None
    for place, word in form.columns:
        if word not in SEVERAL:
            continue
        cell, values = cell_of(line.row[place]), form.values.get(place, {})
        try:
            said = standing_in(word, cell, values, line.header[place])
            found += [said] if cell or values else []
        except RowError as error:
            unclear, silent = (error, silent) if cell else (unclear, error)
    standing = worst(found)
    if standing is Standing.READS and (unclear := unclear or (None if found else silent)):
        raise unclear
    return standing


def languages_known(locales: frozenset[str]) -> frozenset[str]:
    """What each of these languages may be called in a file, in small letters."""
    return frozenset(_names_of(locales))


def _parts(names: str) -> tuple[str, ...]:
    return tuple(sorted({name.strip() for name in names.split(",") if name.strip()}))


def _since(text: str, day_first: bool | None) -> datetime | None:
    try:
        return moment_from(text, day_first=day_first)
    except ValueError:
        raise RowError(
            _("heeft een datum die we niet kennen, die in de toekomst ligt of die er twee kan zijn")
        ) from None


def _language(said: str, known: Mapping[str, str], other: str) -> str:
    folded = folded_value(said).replace("-", "_")
    if not folded:
        return ""
    found = known.get(folded) or known.get(folded.partition("_")[0]) or other
    if not found:
        raise RowError(_("noemt een taal die we niet hebben"))
    return found


def _names_of(locales: frozenset[str]) -> dict[str, str]:
    """What each of our languages may be called: its code, and its name in a few languages and its own."""
    return {name: locale for locale in sorted(locales, reverse=True) for name in _called(locale)}


def _called(locale: str) -> Iterator[str]:
    yield locale.casefold()
    yield locale.partition("_")[0].casefold()
    try:
        own = Locale.parse(locale)
    except (ValueError, UnknownLocaleError):
        return
    for language in (*LANGUAGES, own.language):
        if name := Locale(own.language).get_display_name(language):
            yield name.casefold()
