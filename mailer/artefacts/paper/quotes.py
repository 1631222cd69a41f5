"""What a print run will weigh and cost, shown before anything is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mailer.artefacts.paper.addresses import AddressError
from mailer.artefacts.paper.pieces import EditionKey, Piece, PrintedEdition, PrintOptions, grams_of, weight
from mailer.artefacts.paper.postage import Postage, Rate, rate_on
from wording import _


@dataclass(frozen=True)
class QuoteLine:
    """Envelopes with the same contents: `first` ones hold the explanation too."""

    edition: EditionKey
    first: bool
    copies: int
    pages: int
    sheets: int
    """A4 sheets of the booklet."""
    grams: int
    """Of one envelope."""
    each: Postage | None
    """None while no rate holds: what it costs is unknown, and it can be printed all the same."""


@dataclass(frozen=True)
class Quote:
    """Everything of one run."""

    lines: tuple[QuoteLine, ...]
    rate: Rate | None
    """None: no rate holds on the day."""

    @property
    def pieces(self) -> int:
        return sum(line.copies for line in self.lines)

    @property
    def sheets(self) -> int:
        """A4 sheets of the booklets together."""
        return sum(line.copies * line.sheets for line in self.lines)

    @property
    def grams(self) -> int:
        return sum(line.copies * line.grams for line in self.lines)

    @property
    def stamps(self) -> int | None:
        """None while no rate holds."""
        return None if self.rate is None else sum(line.copies * line.each.stamps for line in self.lines if line.each)

    @property
    def cost(self) -> Decimal | None:
        """Euros of postage; None while no rate holds."""
        if self.rate is None:
            return None
        return sum((line.copies * line.each.cost for line in self.lines if line.each), Decimal(0))


def quote_for(
    pieces: Sequence[Piece],
    editions: Mapping[EditionKey, PrintedEdition],
    options: PrintOptions,
    rates: Sequence[Rate],
    day: date,
) -> Quote:
    """What these pieces weigh and cost. Raises as `quote_of`."""
    return quote_of(Counter((piece.edition, piece.first) for piece in pieces), editions, options, rates, day)


def quote_of(
    pieces: Mapping[tuple[EditionKey, bool], int],
    editions: Mapping[EditionKey, PrintedEdition],
    options: PrintOptions,
    rates: Sequence[Rate],
    day: date,
) -> Quote:
    """`pieces` counts the envelopes by booklet and by whether the explanation goes with it.

    Without a rate for `day` stamps and euros are unknown.

    Raises AddressError for an edition that is missing, PostageError for a letter that is too heavy.
    """
    rate = rate_on(day, rates) if any(one.valid_from <= day for one in rates) else None
    counted = sorted(pieces.items())
    if missing := sorted({str(key) for (key, _first), _count in counted if key not in editions}):
        raise AddressError(_("Er is geen gedrukte editie voor: {editions}.", editions=", ".join(missing)))
    lines = []
    for (key, first), count in counted:
        edition, grams = editions[key], grams_of(editions[key], key, options, first=first)
        each = weight(edition, key, options, rate, first=first) if rate else None
        lines.append(QuoteLine(key, first, count, edition.pages, edition.sheets(large=key.large), grams, each))
    return Quote(tuple(lines), rate)
