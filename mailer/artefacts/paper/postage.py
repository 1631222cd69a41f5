"""What a letter weighs and costs: sheets and envelope in, grams, stamps and euros out.

Rates change every year and stand in a table with the day from which they hold; a day before the first is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wording import _
from wording.errors import InvalidInputError

SHEET = Decimal("4.99")
"""Grams of an A4 sheet: 80 g/m² × 0.210 m × 0.297 m."""
ENVELOPE = Decimal("6.5")
"""Grams of a C5 envelope with a window."""
LABEL = Decimal("0.6")
"""Grams of one label of 99 × 38 mm."""


class PostageError(InvalidInputError):
    """The desk can mend it: no rate for that day, or a letter too heavy for a letter."""


@dataclass(frozen=True)
class Rate:
    """`bands` are pairs of the heaviest gram and the number of stamps, light to heavy; `stamp` is in euros."""

    valid_from: date
    stamp: Decimal
    bands: tuple[tuple[int, int], ...] = ((20, 1), (50, 2), (100, 3), (350, 4))


@dataclass(frozen=True)
class Postage:
    """One piece: `grams` rounded up, the heaviest gram of its weight band, stamps, and euros."""

    grams: int
    band: int
    stamps: int
    cost: Decimal


def rate_on(day: date, rates: Sequence[Rate]) -> Rate:
    """The rate that holds on `day`. Raises PostageError when none does yet."""
    valid = [rate for rate in rates if rate.valid_from <= day]
    if not valid:
        raise PostageError(
            _("Er is geen posttarief dat geldt op {day}; vul de tarieventabel aan.", day=day.isoformat())
        )
    return max(valid, key=lambda rate: rate.valid_from)


def grams(sheets: float, *, label: bool) -> int:
    """A C5 letter of `sheets` A4 sheets (an A5 leaf is half a sheet), rounded up to a gram."""
    weight = SHEET * Decimal(sheets) + ENVELOPE + (LABEL if label else 0)
    return int(weight.to_integral_value(rounding="ROUND_CEILING"))


def postage(weight: int, rate: Rate) -> Postage:
    """Raises PostageError above the heaviest band."""
    for heaviest, stamps in rate.bands:
        if weight <= heaviest:
            return Postage(weight, heaviest, stamps, stamps * rate.stamp)
    raise PostageError(_("Een brief van {grams} gram is te zwaar voor brievenpost.", grams=weight))
