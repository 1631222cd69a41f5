"""What a print run will weigh and cost, shown before anything is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mailer.artefacts.paper.addresses import AddressError
from mailer.artefacts.paper.pieces import EditionKey, Piece, PrintedEdition, PrintOptions, weight
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
    each: Postage


@dataclass(frozen=True)
class Quote:
    """Everything of one run."""

    lines: tuple[QuoteLine, ...]
    rate: Rate

    @property
    def pieces(self) -> int:
        return sum(line.copies for line in self.lines)

    @property
    def sheets(self) -> int:
        """A4 sheets of the booklets together."""
        return sum(line.copies * line.sheets for line in self.lines)

    @property
    def grams(self) -> int:
        return sum(line.copies * line.each.grams for line in self.lines)

    @property
    def stamps(self) -> int:
        return sum(line.copies * line.each.stamps for line in self.lines)

    @property
    def cost(self) -> Decimal:
        """Euros of postage."""
        return sum((line.copies * line.each.cost for line in self.lines), Decimal(0))


def quote_for(
    pieces: Sequence[Piece],
    editions: Mapping[EditionKey, PrintedEdition],
    options: PrintOptions,
    rates: Sequence[Rate],
    day: date,
) -> Quote:
    """Raises AddressError for an edition that is missing, PostageError without a rate or for too heavy a letter."""
    rate = rate_on(day, rates)
    counted = sorted(Counter((piece.edition, piece.first) for piece in pieces).items())
    if missing := sorted({str(key) for (key, _first), _count in counted if key not in editions}):
        raise AddressError(_("Er is geen gedrukte editie voor: {editions}.", editions=", ".join(missing)))
    lines = []
    for (key, first), count in counted:
        edition, each = editions[key], weight(editions[key], key, options, rate, first=first)
        lines.append(QuoteLine(key, first, count, edition.pages, edition.sheets(large=key.large), each))
    return Quote(tuple(lines), rate)
