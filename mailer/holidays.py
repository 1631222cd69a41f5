"""Days on which few people in the Netherlands read their mail. Pure.

Source: rijksoverheid.nl, official holidays; Easter after Meeus, Jones and Butcher.
"""

from __future__ import annotations

from datetime import date, timedelta

from wording import Text, _

DUTCH = "Europe/Amsterdam"
"""The time zone of an organisation to which these days belong."""
_SUNDAY = 6


def holiday(day: date) -> Text | None:
    """The name of the holiday on this day; None on any other."""
    return _fixed(day) or _after_easter(day)


def _fixed(day: date) -> Text | None:
    kings = date(day.year, 4, 27)
    if kings.weekday() == _SUNDAY:
        kings -= timedelta(days=1)
    days = {
        date(day.year, 1, 1): _("nieuwjaarsdag"),
        kings: _("koningsdag"),
        date(day.year, 5, 5): _("bevrijdingsdag"),
        date(day.year, 12, 25): _("eerste kerstdag"),
        date(day.year, 12, 26): _("tweede kerstdag"),
    }
    return days.get(day)


def _after_easter(day: date) -> Text | None:
    days = {
        -2: _("goede vrijdag"),
        0: _("eerste paasdag"),
        1: _("tweede paasdag"),
        39: _("hemelvaartsdag"),
        49: _("eerste pinksterdag"),
        50: _("tweede pinksterdag"),
    }
    return days.get((day - easter(day.year)).days)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
