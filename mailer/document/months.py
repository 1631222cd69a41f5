"""Days in words, with the names of months that an audience chose: in Arabic they differ from country to country.

The choice travels inside the name of the format locale, as a modifier does in POSIX ("ar_MA@months=numbered"), so that
it reaches every place that writes a date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from babel import Locale
from babel.dates import format_date

from mailer.organisation import Months

NAMES: Mapping[Months, str] = {
    Months.MOROCCAN: "ar_MA",
    Months.ALGERIAN: "ar_DZ",
    Months.LEVANTINE: "ar_LB",
    Months.EGYPTIAN: "ar_EG",
    Months.NUMBERED: "ar_EG",
}
"""The CLDR locale that has the names of a choice."""

_MODIFIER = "@months="


def with_months(formats: str, months: Months | None) -> str:
    """`formats` with the choice of an audience; other languages have one set of names, and nothing to choose."""
    return f"{formats}{_MODIFIER}{months}" if months and formats.partition("_")[0] == "ar" else formats


def cldr(formats: str) -> str:
    """The CLDR locale, for all that is no month."""
    return formats.partition(_MODIFIER)[0]


def names_of(all_formats: Iterable[str]) -> tuple[str, ...]:
    """The CLDR locales whose names of months these formats write."""
    return tuple(dict.fromkeys(_chosen(formats)[0] for formats in all_formats))


def day_in(day: date, style: str, formats: str) -> str:
    """`day` as CLDR's `style` ("long", "full") or as a pattern of it ("MMM")."""
    names, months = _chosen(formats)
    if style == "MMM" and names.partition("_")[0] == "ar":
        # CLDR abbreviates the months of the Levant with those of Egypt, and Babel those of one country with what it
        # answered for another before
        return format_date(day, "MMMM", locale=names)
    if months is None:
        return format_date(day, style, locale=names)
    if months is Months.NUMBERED and style in {"long", "full"}:
        style = Locale.parse(names).date_formats[style].pattern.replace("MMMM", "MMMM (M)")
    return format_date(day, style, locale=names)


def _chosen(formats: str) -> tuple[str, Months | None]:
    locale, _separator, chosen = formats.partition(_MODIFIER)
    return (NAMES[Months(chosen)], Months(chosen)) if chosen else (locale, None)
