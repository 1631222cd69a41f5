"""Dates, times, numbers and amounts in running text, written the way each locale writes them (CLDR, through Babel)."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal, InvalidOperation

from babel.dates import format_time
from babel.numbers import format_currency, format_decimal

from mailer.document.months import cldr, day_in
from mailer.document.nodes import Formatted

MARK = re.compile(r"\{(date|time|number|amount):([^{}\n]{1,40})\}")


def is_valid(kind: str, value: str) -> bool:
    """Whether `{kind:value}` says something: an ISO 8601 date or time, a decimal, a decimal and an ISO 4217 code."""
    try:
        written(Formatted(kind, value), "nl")
    except (ValueError, InvalidOperation, KeyError):
        return False
    return True


def written(formatted: Formatted, formats: str) -> str:
    """The value as the CLDR locale `formats` ("nl", "ar_MA") writes it. Raises ValueError for what is not a value."""
    value = formatted.value.strip()
    match formatted.kind:
        case "date":
            return day_in(date.fromisoformat(value), "long", formats)
        case "time":
            return format_time(time.fromisoformat(value), "short", locale=cldr(formats))
        case "number":
            return format_decimal(_decimal(value), locale=cldr(formats))
        case "amount":
            number, _space, currency = value.partition(" ")
            return _amount(_decimal(number), currency, cldr(formats))
        case _:
            raise ValueError(formatted.kind)


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number) >= 10**15:
        raise ValueError(text)
    return number


def _amount(number: Decimal, currency: str, formats: str) -> str:
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise ValueError(currency)
    return format_currency(number, currency, locale=formats)


def filled(text: str, formats: str) -> str:
    """A plain text, such as a subject, with its `{date:…}` and the like written out; what is no value stays."""
    return MARK.sub(
        lambda mark: written(Formatted(mark[1], mark[2]), formats) if is_valid(mark[1], mark[2]) else mark[0], text
    )
