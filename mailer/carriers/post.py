"""The postal carrier: editions and addressees in, a print run out, for the desk to print, fold and post.

What is made grows with the languages, not with the addressees: an edition is typeset and imposed once, and a piece adds
one label or one address sheet.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import pikepdf

from mailer.artefacts.addresses import AddressError, address_lines, clean_name
from mailer.artefacts.booklet import Flip, booklet
from mailer.artefacts.gray import to_device_gray
from mailer.artefacts.labels import AddressBlock, Window, labels, letters
from mailer.artefacts.pick_list import Row, pick_list
from mailer.artefacts.postage import Postage, Rate, grams, postage
from mailer.artefacts.print_job import PrintJob, Typeset
from subscribers.addressee import Addressee
from wording import _
from wording.interface import Interface

LETTERS = "letters"
"""Address sheets for a window envelope, instead of a sheet of labels such as L7163."""


@dataclass(frozen=True, order=True)
class EditionKey:
    """Which booklet goes into an envelope."""

    locale: str
    large: bool = False

    def __str__(self) -> str:
        return f"{self.locale}-groot" if self.large else self.locale


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


@dataclass(frozen=True)
class PrintFile:
    """A file of a run. `copies` is how often to print it; `personal` files name people and are short-lived."""

    name: str
    data: bytes
    copies: int
    personal: bool


def pieces_of(addressees: Iterable[Addressee], locale_for: Callable[[str], str]) -> tuple[Piece, ...]:
    """Pieces in the order of the run: centre, language, name; numbered from 1.

    `locale_for` gives the language of the edition for the language somebody reads (`Audience.locale_for`).
    """
    found = [(addressee, EditionKey(locale_for(addressee.locale), addressee.large_print)) for addressee in addressees]
    found.sort(key=lambda pair: _order(*pair))
    return tuple(Piece(number, addressee, edition) for number, (addressee, edition) in enumerate(found, start=1))


def copies(pieces: Iterable[Piece]) -> dict[EditionKey, int]:
    """How many of each booklet."""
    return dict(sorted(Counter(piece.edition for piece in pieces).items()))


def weights(
    editions: Mapping[EditionKey, PrintedEdition], rate: Rate, options: PrintOptions
) -> dict[EditionKey, Postage]:
    """What one envelope with each booklet weighs and costs. Raises PostageError for a letter that is too heavy."""
    with_letter = options.addressing == LETTERS
    return {
        key: postage(grams(edition.sheets(large=key.large) + with_letter, label=not with_letter), rate)
        for key, edition in editions.items()
    }


def run_files(
    title: str,
    day: date,
    pieces: Sequence[Piece],
    editions: Mapping[EditionKey, PrintedEdition],
    options: PrintOptions,
    *,
    interface: Interface,
    typeset: Typeset,
) -> tuple[PrintFile, ...]:
    """Every file of a run: a booklet per language with its number of copies, the addresses and the pick list.

    Raises AddressError for an address that cannot be printed or an edition that is missing, TypesettingError for a
    name that no font has or that does not fit.
    """
    counted = copies(pieces)
    if missing := sorted(str(key) for key in counted if key not in editions):
        raise AddressError(_("Er is geen gedrukte editie voor: {editions}.", editions=", ".join(missing)))
    booklets = [
        PrintFile(f"boekje-{key}-{count}x.pdf", _sheets(editions[key], key, options), count, personal=False)
        for key, count in counted.items()
    ]
    rows = [Row(p.number, p.addressee.centre, clean_name(p.addressee.name), str(p.edition)) for p in pieces]
    addresses, listed = typeset([_addresses(pieces, day, options), pick_list(rows, title, day, interface)])
    kind = "adresbrieven" if options.addressing == LETTERS else f"etiketten-{options.addressing}"
    return (
        *booklets,
        PrintFile(f"{kind}.pdf", to_device_gray(addresses), 1, personal=True),
        PrintFile("paklijst.pdf", to_device_gray(listed), 1, personal=True),
    )


def _sheets(edition: PrintedEdition, key: EditionKey, options: PrintOptions) -> bytes:
    gray = to_device_gray(edition.pdf)
    if key.large:
        return gray
    return booklet(gray, right_bound=edition.right_bound, flip=options.flip, creep=options.creep)


def _addresses(pieces: Sequence[Piece], day: date, options: PrintOptions) -> PrintJob:
    blocks = [AddressBlock(piece.number, address_lines(piece.addressee)) for piece in pieces]
    if options.addressing == LETTERS:
        return letters(blocks, day, return_line=options.return_line, window=options.window, offset=options.offset)
    return labels(blocks, day, sheet=options.addressing, offset=options.offset, skip=options.skip)


def _order(addressee: Addressee, edition: EditionKey) -> tuple[str, EditionKey, str, str]:
    """Accents do not change a name's place; the uid settles two people of one name, so that the order never varies."""
    letters_only = unicodedata.normalize("NFKD", clean_name(addressee.name)).casefold()
    name = "".join(letter for letter in letters_only if not unicodedata.combining(letter))
    return addressee.centre.name.casefold(), edition, name, str(addressee.uid)
