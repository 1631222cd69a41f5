"""Dates and times as programs and spreadsheets write them: text in, an instant out. What may be two days is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale

from database.base import now

_NUMBERS = r"(?P<one>\d{1,4})(?P<sign>[-./])(?P<two>\d{1,2})[-./](?P<three>\d{4}|\d{1,2})"
_DAY_MONTH = r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th|er)?[ -](?:de |of )?(?P<month>[^\W\d_]{3,})\.?,?[ -](?P<year>\d{4})"
_MONTH_DAY = r"(?P<named>[^\W\d_]{3,})\.? (?P<nth>\d{1,2})(?:st|nd|rd|th)?,? (?P<in>\d{4})"
_TIME = (
    r"(?:(?:T|,? (?:at |om |um |à )?)(?P<hour>\d{1,2})[:h](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?)?"
)
_ZONE = (
    r"(?: ?(?P<zone>(?:GMT|UTC)?[+-]\d\d:?\d\d|[A-Za-z]{1,5}|[A-Z][A-Za-z]+/[A-Za-z_/]+)(?: \([^()]*\)| [A-Z]{3,4})?)?"
)
_WRITTEN = re.compile(
    rf"(?:[^\W\d_]{{2,10}}\.?,? )?(?:{_NUMBERS}|{_DAY_MONTH}|{_MONTH_DAY}){_TIME}{_ZONE}", re.IGNORECASE
)
_LONGEST = 80
"""Characters; a clock with its weekday and the full name of its zone stays below."""
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")

_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "MET": 1, "MEZ": 1, "BST": 1, "WEST": 1, "CEST": 2, "MEST": 2,
    "MESZ": 2, "EET": 2, "EEST": 3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8,
    "PDT": -7,
}  # fmt: skip
"""Names of zones, in hours from UTC; of those with two meanings (CST, BST) the one that vendors of mailings are in."""

NOTHING = frozenset({"", "null", "none", "nil", r"\n", "0000-00-00", "0000-00-00 00:00:00", "n/a"})
"""How a database says that there is no moment."""


def moment_from(text: str, *, day_first: bool | None = None) -> datetime | None:
    """A date or an instant, in UTC where no zone is said. `day_first` is of dates with slashes: 12/2/2018.

    Raises ValueError for a text that is no moment, one that may be two, and one in the future.
    """
    if text.casefold() in NOTHING:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _written(" ".join(text.split()), day_first)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > now():
        raise ValueError(text)
    return moment


def day_first_in(texts: Iterable[str]) -> bool | None:
    """How a whole file writes dates with slashes; None when none of them tells, or they contradict each other."""
    found = [pair for text in texts if (pair := _SLASHED.match(text))]
    day, month = (any(int(pair[n]) > 12 for pair in found) for n in (1, 2))
    return day if day != month else None


def _written(text: str, day_first: bool | None) -> datetime:
    found = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise ValueError(text)
    year, month, day = _date(found, day_first)
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if half := found["half"]:
        hour = hour % 12 + (12 if half in "pP" else 0)
    return datetime(year, month, day, hour, minute, second, tzinfo=_zone(found["zone"] or "UTC"))


def _date(found: re.Match[str], day_first: bool | None) -> tuple[int, int, int]:
    if found["month"]:
        return int(found["year"]), _month(found["month"]), int(found["day"])
    if found["named"]:
        return int(found["in"]), _month(found["named"]), int(found["nth"])
    one, two, three = (int(found[name]) for name in ("one", "two", "three"))
    if len(found["one"]) == 4:
        return one, two, three
    if len(found["three"]) != 4:
        raise ValueError(found[0])
    if found["sign"] != "/":
        return three, two, one  # 12-2-2018 and 12.2.2018: the Dutch and the Germans write the day first
    if day_first is None and max(one, two) <= 12 and one != two:
        raise ValueError(found[0])
    return (three, two, one) if day_first or one > 12 else (three, one, two)


def _month(name: str) -> int:
    """Raises ValueError for a word that is no month, or the beginning of two."""
    found = {number for whole, number in _months() if whole.startswith(name.casefold())}
    if len(found) != 1:
        raise ValueError(name)
    return found.pop()


@cache
def _months() -> frozenset[tuple[str, int]]:
    return frozenset(
        (name.casefold().rstrip("."), number)
        for code in ("nl", "en", "de", "fr")
        for width in ("wide", "abbreviated")
        for number, name in Locale.parse(code).months["format"][width].items()
    )


def _zone(name: str) -> tzinfo:
    """Raises ValueError for a zone that is not known."""
    if "/" in name:
        try:
            return ZoneInfo(name)
        except (KeyError, OSError):
            raise ValueError(name) from None
    signed = name.upper().removeprefix("GMT").removeprefix("UTC")
    if signed[:1] in {"+", "-"}:
        sign = -1 if signed[0] == "-" else 1
        return timezone(sign * timedelta(hours=int(signed[1:3]), minutes=int(signed[-2:])))
    if name.upper() not in _HOURS:
        raise ValueError(name)
    return timezone(timedelta(hours=_HOURS[name.upper()]))
