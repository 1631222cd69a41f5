"""A `{date:…}`, `{time:…}`, `{number:…}` or `{amount:…}` in, the words of one locale out (CLDR, by Babel)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from decimal import InvalidOperation

from babel.dates import format_time

from mailer.artefacts.bidi import CONTROLS
from mailer.document.formats import written
from mailer.document.months import cldr, day_in
from mailer.document.nodes import Formatted


def words(value: Formatted, formats: str) -> str:
    """`value` as the CLDR locale `formats` ("nl", "en_GB", "ar_MA") writes it, in Latin digits where that locale does.

    Raises ValueError for a kind or a value that is not one: the parser has told the editor already.
    """
    try:
        # Babel writes an amount in Arabic with a mark before it; which runs are isolated is for bidi.py to say
        return CONTROLS.sub("", written(value, formats))
    except (InvalidOperation, KeyError) as error:
        raise ValueError(value.value) from error


def day_words(day: date, formats: str) -> str:
    """A day with its month in full and no weekday: "1 december 2026"."""
    return day_in(day, "long", formats)


def weekday_words(day: date, formats: str) -> str:
    """A day with its weekday, for an agenda: "dinsdag 1 december 2026"."""
    return day_in(day, "full", formats)


@dataclass(frozen=True, slots=True)
class DayTile:
    """The leaf of a calendar, for the eye: "do", "3", "dec"."""

    weekday: str
    number: str
    month: str


def day_tile(day: date, formats: str) -> DayTile:
    return DayTile(*(day_in(day, part, formats) for part in ("EEE", "d", "MMM")))


def time_words(moment: time, formats: str) -> str:
    """Hours and minutes: "14:30", "2:30 PM"."""
    return CONTROLS.sub("", format_time(moment, "short", locale=cldr(formats)))


_OF_YEAR = re.compile(r"(\d{4})-0*([1-9]\d*)")


def number_words(number: str, day: date) -> str:
    """The number of an issue as a reader reads it, beside its date: "2026-3" of 2026 is "3"; a number of another year
    keeps that, and one that is a word ("kerst") stays as it is.
    """
    found = _OF_YEAR.fullmatch(number)
    return found[2] if found and int(found[1]) == day.year else number
