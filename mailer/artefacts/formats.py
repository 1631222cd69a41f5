"""A `{date:…}`, `{time:…}`, `{number:…}` or `{amount:…}` in, the words of one locale out (CLDR, by Babel)."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal, InvalidOperation

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from mailer.artefacts.bidi import CONTROLS
from mailer.document.nodes import Formatted


def words(value: Formatted, formats: str) -> str:
    """`value` as the CLDR locale `formats` ("nl", "en_GB", "ar_MA") writes it, in Latin digits where that locale does.

    Raises ValueError for a kind or a value that is not one: the parser has told the editor already.
    """
    try:
        return CONTROLS.sub("", _words(value.kind, value.value, formats))
    except (InvalidOperation, KeyError) as error:
        raise ValueError(f"{{{value.kind}:{value.value}}}") from error


def day_words(day: date, formats: str) -> str:
    """A day with its month in full and no weekday: "1 december 2026"."""
    return format_date(day, "long", locale=formats)


def weekday_words(day: date, formats: str) -> str:
    """A day with its weekday, for an agenda: "dinsdag 1 december 2026"."""
    return format_date(day, "full", locale=formats)


def time_words(moment: time, formats: str) -> str:
    """Hours and minutes: "14:30", "2:30 PM"."""
    return CONTROLS.sub("", format_time(moment, "short", locale=formats))


def _words(kind: str, value: str, formats: str) -> str:
    if kind == "date":
        return day_words(date.fromisoformat(value), formats)
    if kind == "time":
        return time_words(time.fromisoformat(value), formats)
    if kind == "number":
        return format_decimal(Decimal(value), locale=formats)
    if kind == "amount":
        number, _, currency = value.partition(" ")
        return format_currency(Decimal(number), currency, locale=formats)
    raise ValueError(f"{{{kind}:{value}}}")
