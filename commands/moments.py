"""Moments as a person reads them: by the clock of the organisation."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.numbers import format_currency

from commands.words import here, say
from mailer.organisation import House
from wording import _


def moment_of(house: House, at: datetime, *, seconds: bool = False) -> str:
    """The day and the time, `2026-11-26 09:30`."""
    there = at.astimezone(ZoneInfo(house.time_zone))
    return f"{there:%Y-%m-%d %H:%M:%S}" if seconds else f"{there:%Y-%m-%d %H:%M}"


def day_of(house: House, at: datetime) -> str:
    """The day it was there, `2026-11-26`."""
    return f"{at.astimezone(ZoneInfo(house.time_zone)):%Y-%m-%d}"


def euros(amount: object) -> str:
    """An amount in euros as the language of the shell writes it, in Latin digits like all of the command line.

    None is an amount that is not known while no rate holds.
    """
    if amount is None:
        return say(_("onbekend (er is geen posttarief voor vandaag)"))
    return format_currency(str(amount), "EUR", locale=here().locale, numbering_system="latn")
