"""From rows of the ledger to what a print run is made of, and whether it still holds. Works in the caller's session."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from database.keys import keys_of
from database.sealed import blind_index
from database.wall import on_the_wall
from mailer.artefacts.formats import number_words
from mailer.artefacts.paper.addresses import AddressError, address_lines
from mailer.artefacts.paper.pieces import Copy, EditionKey, Piece, PrintedEdition, PrintOptions, pieces_of
from mailer.artefacts.paper.run_files import RunPlan
from mailer.ledger import printing
from mailer.ledger.frozen import require_as_approved
from mailer.ledger.print_runs import PrintPiece, PrintRun
from mailer.ledger.print_states import PieceState
from mailer.ledger.printing import Waiting
from mailer.ledger.tables import FrozenEdition, Mailing
from mailer.organisation import House
from subscribers.addressee import Addressee
from subscribers.reading import tell_unreadable
from subscribers.repository import may_be_posted
from wording import _
from wording.interface import interface


@dataclass(frozen=True)
class ToPrint:
    """What waits of a mailing: pieces for those who may be written to, and the deliveries of those who may not.

    Whose row does not open is in neither, and waits on.
    """

    pieces: tuple[Piece, ...]
    deliveries: dict[UUID, Waiting]
    """By addressee."""
    gone: list[int]
    frozen: Mapping[int, FrozenEdition]
    """The editions that they get, by id."""


def to_print(session: Session, mailing: Mailing, without: Collection[UUID] = ()) -> ToPrint:
    """Opens the names and addresses of everyone in it: audit it. Those in `without` wait on."""
    waits = [one for one in printing.waiting(session, mailing.id) if one.reader not in without]
    aside: set[UUID] = set()
    people = may_be_posted(session, [one.reader for one in waits], lambda row: aside.add(row.uid))
    tell_unreadable(session, "addressee", len(aside))
    frozen = printing.editions(session, mailing.id)
    several = _several(frozen.values())
    there = {one.reader: one for one in waits if one.reader in people}
    copies = [_copy(people[uid], frozen[one.edition], several, one.first) for uid, one in there.items()]
    gone = [one.delivery for one in waits if one.reader not in people and one.reader not in aside]
    return ToPrint(pieces_of(copies), there, gone, frozen)


def editions_of(session: Session, house: House, mailing: int) -> dict[EditionKey, PrintedEdition]:
    """The frozen PDFs of a mailing, in both sizes. Raises AlteredError for one that is not what was approved."""
    frozen = printing.editions(session, mailing).values()
    for edition in frozen:
        require_as_approved(session, edition)
    return to_weigh(house, frozen)


def to_weigh(house: House, frozen: Collection[FrozenEdition]) -> dict[EditionKey, PrintedEdition]:
    """The PDFs as they stand in the database: for their pages and their weight, not to be printed from."""
    several = _several(frozen)
    return {
        EditionKey(edition.locale, large, edition.audience if several else ""): PrintedEdition(
            pdf, house.locales[edition.locale].direction == "rtl"
        )
        for edition in frozen
        for large, pdf in ((False, edition.pdf), (True, edition.large_pdf))
        if pdf is not None
    }


def plan_of(session: Session, house: House, run: PrintRun, only: int | None = None) -> RunPlan:
    """What the files of a run, or of piece `only`, are made from. The caller has checked that it is not stale."""
    mailing = session.get_one(Mailing, run.mailing_id)
    frozen = printing.editions(session, mailing.id)
    several = _several(frozen.values())
    rows = [row for row in _in_run(session, run) if only in (None, row.number)]
    people = may_be_posted(session, [row.reader for row in rows])
    edition_ids = printing.edition_ids(session, run.id)
    pieces = [
        _piece(row, _copy(people[row.reader], frozen[edition_ids[row.delivery_id]], several, row.first)) for row in rows
    ]
    options = PrintOptions.from_plain(run.options)
    day = on_the_wall(session, mailing.opened_at).date()
    return RunPlan(_title(house, mailing, run, day), day, pieces, editions_of(session, house, mailing.id), options)


def _title(house: House, mailing: Mailing, run: PrintRun, day: date) -> str:
    """Of which newsletter and which run, in the language of the office; of one that ended, its name in the settings."""
    publication = house.publications.get(mailing.publication)
    name = publication.title.get(house.source_locale, publication.key) if publication else mailing.publication
    number = number_words(mailing.issue_slug.removeprefix(f"{mailing.publication}-"), day)
    return interface(house.source_locale).say(
        _("{publication}, nummer {number} · printopdracht {run}", publication=name, number=number, run=run.id)
    )


def row_of(session: Session, piece: Piece, waits: Waiting) -> dict[str, object]:
    """A piece as the ledger keeps it: without a name."""
    return {
        "number": piece.number,
        "delivery_id": waits.delivery,
        "reader": piece.addressee.uid,
        "address_index": envelope_index(session, piece.addressee),
        "first": piece.first,
    }


def stale(session: Session, run: PrintRun) -> list[int]:
    """The pieces whose addressee may no longer be written to, or whose envelope would now read otherwise."""
    return stale_of(session, printing.pieces(session, run.id))


def stale_of(session: Session, pieces: Collection[PrintPiece]) -> list[int]:
    """As `stale`, of the pieces of a run that are read already."""
    rows = [row for row in pieces if row.state == PieceState.IN_RUN]
    people = may_be_posted(session, [row.reader for row in rows])
    return [row.number for row in rows if not is_still(session, row, people.get(row.reader))]


def _in_run(session: Session, run: PrintRun) -> list[PrintPiece]:
    return [row for row in printing.pieces(session, run.id) if row.state == PieceState.IN_RUN]


def is_still(session: Session, row: PrintPiece, addressee: Addressee | None) -> bool:
    """Whether the envelope would read as it did, by the key of then: another key for indexes makes no other one."""
    if addressee is None:
        return False
    kid = int(row.address_index.partition(".")[0])
    return envelope_index(session, addressee, kid) == row.address_index


def envelope_index(session: Session, addressee: Addressee, kid: int | None = None) -> str:
    """The keyed hash of what stands on an envelope, under the newest key or `kid`.

    Of one that cannot be written too: that is found when the files are made."""
    try:
        lines = address_lines(addressee)
    except AddressError:
        lines = (addressee.name, addressee.registration or "", *addressee.centre.postal_lines)
    return blind_index(keys_of(session), "envelope", "\n".join(lines), kid)


def _several(frozen: Collection[FrozenEdition]) -> bool:
    """More than one audience by post: then their booklets must have different names."""
    return len({edition.audience for edition in frozen}) > 1


def _copy(addressee: Addressee, edition: FrozenEdition, several: bool, first: bool) -> Copy:
    return Copy(addressee, edition.locale, first, edition.audience if several else "")


def _piece(row: PrintPiece, copy: Copy) -> Piece:
    key = EditionKey(copy.locale, copy.addressee.large_print, copy.audience)
    return Piece(row.number, copy.addressee, key, row.first)
