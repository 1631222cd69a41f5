"""The files of a print run: what the desk prints, in the order in which it fills the envelopes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from mailer.artefacts.paper.addresses import AddressError, address_lines, clean_name
from mailer.artefacts.paper.booklet import booklet, two_up
from mailer.artefacts.paper.explanation import explanation
from mailer.artefacts.paper.gray import to_device_gray
from mailer.artefacts.paper.job import PrintJob, Typeset
from mailer.artefacts.paper.labels import AddressBlock, labels, letters
from mailer.artefacts.paper.merged import joined, merged
from mailer.artefacts.paper.pick_list import Row, pick_list
from mailer.artefacts.paper.pieces import LETTERS, EditionKey, Piece, PrintedEdition, PrintFile, PrintOptions, copies
from mailer.artefacts.paper.trim import with_crop_marks
from mailer.organisation import House
from wording import _
from wording.interface import interface

PART = 500
"""Address letters typeset as one document: more takes more memory than a process needs to have."""


@dataclass(frozen=True)
class RunPlan:
    """What a run is made from. The same plan makes the same bytes; `day` is the day of the issue."""

    title: str
    day: date
    pieces: Sequence[Piece]
    editions: Mapping[EditionKey, PrintedEdition]
    options: PrintOptions


def run_files(plan: RunPlan, house: House, typeset: Typeset) -> tuple[PrintFile, ...]:
    """Every file: a booklet per language with its number of copies, addresses, pick list, explanations.

    Raises AddressError for an address that cannot be printed or an edition that is missing, TypesettingError for a
    name that no font has or that does not fit.
    """
    if missing := sorted(str(key) for key in copies(plan.pieces) if key not in plan.editions):
        raise AddressError(_("Er is geen gedrukte editie voor: {editions}.", editions=", ".join(missing)))
    newcomers = Counter((piece.edition.locale, piece.edition.large) for piece in plan.pieces if piece.first)
    leaves = [_explained(house, code, plan.day, large=large) for code, large in newcomers]
    blocks = [
        AddressBlock(piece.number, address_lines(piece.addressee), piece.edition.at_the_edge) for piece in plan.pieces
    ]
    addresses = addressing(blocks, plan.options, plan.day)
    with ThreadPoolExecutor(1) as aside:  # the typesetter works in other processes
        typesetting = aside.submit(typeset, [_listed(plan, house), *addresses, *leaves])
        booklets = {key: sheets(plan.editions[key], key, plan.options) for key in copies(plan.pieces)}
        listed, *made = typesetting.result()
    addressed = to_device_gray(joined(made[: len(addresses)]))
    return (
        *_booklets(plan, booklets),
        PrintFile(_name_of_addresses(plan.options), addressed, 1, personal=True),
        PrintFile("paklijst.pdf", to_device_gray(listed), 1, personal=True),
        *(
            _leaf(code, count, data, large=large)
            for ((code, large), count), data in zip(newcomers.items(), made[len(addresses) :], strict=True)
        ),
        *_everything(plan, booklets, addressed),
        *_for_the_shop(plan),
    )


def sheets(edition: PrintedEdition, key: EditionKey, options: PrintOptions) -> bytes:
    """The pages of an edition as the printer takes them: imposed, or A4 as they are for large print."""
    gray = to_device_gray(edition.pdf)
    if key.large:
        return gray
    return booklet(gray, right_bound=edition.right_bound, flip=options.flip, creep=options.creep)


def _booklets(plan: RunPlan, booklets: Mapping[EditionKey, bytes]) -> list[PrintFile]:
    counted = copies(plan.pieces)
    return [
        PrintFile(f"boekje-{key}-{counted[key]}x.pdf", data, counted[key], personal=False)
        for key, data in booklets.items()
    ]


def _everything(plan: RunPlan, booklets: Mapping[EditionKey, bytes], addresses: bytes) -> list[PrintFile]:
    if not plan.options.merged:
        return []
    lettered = addresses if plan.options.addressing == LETTERS else None
    data = merged(booklets, [piece.edition for piece in plan.pieces], lettered)
    return [PrintFile("alles-dubbelzijdig.pdf", data, 1, personal=True)]


def _for_the_shop(plan: RunPlan) -> list[PrintFile]:
    if not plan.options.shop:
        return []
    pages = {key: with_crop_marks(to_device_gray(plan.editions[key].pdf)) for key in copies(plan.pieces)}
    return [
        PrintFile(f"drukkerij-{key}-{count}x.pdf", pages[key], count, personal=False)
        for key, count in copies(plan.pieces).items()
    ]


def _explained(house: House, code: str, day: date, *, large: bool) -> PrintJob:
    return explanation(house.organisation, house.locales[code], day, interface(code), large=large)


def _leaf(code: str, count: int, data: bytes, *, large: bool) -> PrintFile:
    """Two leaves on an A4 sheet, to be cut; in large letters one."""
    if large:
        return PrintFile(f"uitleg-{code}-groot-{count}x.pdf", to_device_gray(data), count, personal=False)
    sheets_needed = -(-count // 2)
    return PrintFile(f"uitleg-{code}-{sheets_needed}x.pdf", two_up(to_device_gray(data)), sheets_needed, personal=False)


def _name_of_addresses(options: PrintOptions) -> str:
    return "adresbrieven.pdf" if options.addressing == LETTERS else f"etiketten-{options.addressing}.pdf"


def addressing(blocks: Sequence[AddressBlock], options: PrintOptions, day: date) -> list[PrintJob]:
    """Sheets of labels or address letters, as the desk wants them."""
    if options.addressing != LETTERS:
        return [labels(blocks, day, sheet=options.addressing, offset=options.offset, skip=options.skip)]
    line, window = options.return_line, options.window
    return [
        letters(blocks[at : at + PART], day, return_line=line, window=window, offset=options.offset)
        for at in range(0, len(blocks), PART)
    ]


def _listed(plan: RunPlan, house: House) -> PrintJob:
    """In the language of the office."""
    office = interface(house.source_locale)
    leaf = office.say(_("uitleg"))
    rows = [
        Row(
            piece.number,
            piece.addressee.centre,
            clean_name(piece.addressee.name),
            f"{piece.edition} + {leaf}" if piece.first else str(piece.edition),
            piece.addressee.registration or "",
        )
        for piece in plan.pieces
    ]
    return pick_list(rows, plan.title, plan.day, office)
