"""The postal carrier: editions and addressees in, a print run out, for the desk to print, fold and post.

What is made grows with the languages, not with the addressees: an edition is typeset and imposed once, and a piece adds
one label or one address sheet.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import pikepdf

from mailer.artefacts.paper.addresses import visible
from mailer.artefacts.paper.booklet import Flip
from mailer.artefacts.paper.labels import Window
from mailer.artefacts.paper.postage import Postage, Rate, grams, postage
from subscribers.addressee import Addressee

LEAF, LARGE_LEAF = 0.5, 1
"""A4 sheets: the explanation is one A5 page, printed on one side; in large letters it is A4."""
LETTERS = "letters"
"""Address sheets for a window envelope, instead of a sheet of labels such as L7163."""


@dataclass(frozen=True, order=True)
class EditionKey:
    """Which booklet goes into an envelope."""

    locale: str
    large: bool = False
    audience: str = ""

    @property
    def at_the_edge(self) -> str:
        """What fits at the edge of a label: whoever fills the envelope sees there which booklet goes in."""
        return " ".join(filter(None, (self.locale, "groot" if self.large else "")))

    def __str__(self) -> str:
        return "-".join(filter(None, (self.audience, self.locale, "groot" if self.large else "")))


@dataclass(frozen=True)
class PrintedEdition:
    """The frozen PDF of an edition; `right_bound` where its language runs from right to left."""

    pdf: bytes
    right_bound: bool

    @property
    def pages(self) -> int:
        with pikepdf.open(BytesIO(self.pdf)) as opened:
            return len(opened.pages)

    def sheets(self, *, large: bool) -> int:
        """A4 sheets, printed on both sides: four A5 pages or two A4 pages each."""
        return -(-self.pages // (2 if large else 4))


@dataclass(frozen=True)
class Piece:
    """One envelope. The number is the same on label, pick list and sheet."""

    number: int
    addressee: Addressee
    edition: EditionKey
    first: bool = False
    """The explanation of what is kept goes with it."""


@dataclass(frozen=True)
class PrintOptions:
    """How the desk wants it. Lengths are in millimetres; `addressing` is a sheet of labels or `LETTERS`."""

    addressing: str = "L7163"
    offset: tuple[float, float] = (0.0, 0.0)
    skip: int = 0
    window: Window = Window.RIGHT
    return_line: str = ""
    flip: Flip = Flip.SHORT
    creep: float = 0.0
    merged: bool = False
    """Also one duplex file with everything in the order of the pieces."""
    shop: bool = False
    """Also the pages of each edition for a print shop: not imposed, with bleed and crop marks."""

    def plain(self) -> dict[str, Any]:
        """For a JSON column."""
        return asdict(self)

    @classmethod
    def from_plain(cls, values: dict[str, Any]) -> PrintOptions:
        """What `plain` wrote."""
        x, y = values["offset"]
        return cls(**{**values, "offset": (x, y), "window": Window(values["window"]), "flip": Flip(values["flip"])})


@dataclass(frozen=True)
class PrintFile:
    """A file of a run. `copies` is how often to print it; `personal` files name people and are short-lived."""

    name: str
    data: bytes
    copies: int
    personal: bool


@dataclass(frozen=True)
class Copy:
    """What one addressee gets: a booklet, and with the first issue the leaf that explains what is kept."""

    addressee: Addressee
    locale: str
    first: bool = False
    audience: str = ""
    """Set only where one run serves more audiences than one."""


def pieces_of(wanted: Iterable[Copy]) -> tuple[Piece, ...]:
    """Pieces in the order of the run: centre, language, name; numbered from 1."""
    found = sorted(
        ((copy, EditionKey(copy.locale, copy.addressee.large_print, copy.audience)) for copy in wanted),
        key=lambda pair: _order(pair[0].addressee, pair[1]),
    )
    return tuple(
        Piece(number, copy.addressee, edition, copy.first) for number, (copy, edition) in enumerate(found, start=1)
    )


def copies(pieces: Iterable[Piece]) -> dict[EditionKey, int]:
    """How many of each booklet."""
    return dict(sorted(Counter(piece.edition for piece in pieces).items()))


def weight(edition: PrintedEdition, key: EditionKey, options: PrintOptions, rate: Rate, *, first: bool) -> Postage:
    """What one envelope weighs and costs. Raises PostageError for a letter that is too heavy."""
    return postage(grams_of(edition, key, options, first=first), rate)


def grams_of(edition: PrintedEdition, key: EditionKey, options: PrintOptions, *, first: bool = False) -> int:
    """What one envelope weighs."""
    with_letter = options.addressing == LETTERS
    leaf = LARGE_LEAF if key.large else LEAF
    sheets = edition.sheets(large=key.large) + (1 if with_letter else 0) + (leaf if first else 0)
    return grams(sheets, label=not with_letter)


def _order(addressee: Addressee, edition: EditionKey) -> tuple[str, str, EditionKey, str, str]:
    """Accents do not change a name's place; the uid settles two people of one name, so that the order never varies."""
    letters_only = unicodedata.normalize("NFKD", visible(addressee.name)).casefold()
    name = "".join(letter for letter in letters_only if not unicodedata.combining(letter))
    centre = addressee.centre
    return centre.name.casefold(), centre.key, edition, name, str(addressee.uid)
