"""What waits to be printed, before anything is made: who, what it weighs and costs, what changed since last time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.artefacts.paper.labels import SHEETS
from mailer.artefacts.paper.pieces import PrintOptions
from mailer.artefacts.paper.quotes import Quote, quote_for
from mailer.ledger import printing
from mailer.ledger.tables import Mailing
from mailer.services.office import Office, deed
from mailer.services.post.plans import ToPrint, row_of, to_print, to_weigh
from mailer.services.post.runs import mailing_called
from staff.people import Person
from staff.permissions import Permission
from subscribers.addressee import Centre
from subscribers.retention import to_confirm


@dataclass(frozen=True)
class Since:
    """What changed since the issue before of this newsletter, in people."""

    pieces: int
    """Of that issue."""
    gone: int
    moved: int
    """In another centre, or to another address."""


@dataclass(frozen=True)
class Prospect:
    """A run that could be ordered now."""

    slug: str
    quote: Quote
    newcomers: int
    """Get the explanation with it."""
    unheard: int
    """Not heard from for 30 days, of those who wait."""
    since: Since | None
    """None: no issue of it was printed before."""
    centres: tuple[Centre, ...]
    """Where it goes."""
    old: tuple[Centre, ...]
    """Of these, whose address was not asked for half a year."""
    used: int
    """Labels of the sheet on which the last run ended: 0 for a whole one, or for letters."""


def prospect(office: Office, person: Person, slug: str, options: PrintOptions, *, unheard: bool = True) -> Prospect:
    """What would be in a run of these options. Without `unheard` those not heard from for 30 days wait on.

    Raises NotAllowedError, NotFoundError, ConflictError when nothing waits, PostageError for too heavy a letter.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        mailing = mailing_called(session, office, slug)
        silent = set(to_confirm(session, office.clock()))
        found = to_print(session, mailing)
        record(session, Event.VIEW_LIST, person.uid, detail={"issue": slug, "addressees": len(found.pieces)})
        quiet = sum(piece.addressee.uid in silent for piece in found.pieces)
        chosen = [piece for piece in found.pieces if unheard or piece.addressee.uid not in silent]
        since, used = _since(session, mailing, found), _used(session, options.addressing)
        editions = to_weigh(office.house, found.frozen.values())
    places = {piece.addressee.centre.key: piece.addressee.centre for piece in chosen}
    return Prospect(
        slug,
        quote_for(chosen, editions, options, office.policy.rates, office.today()),
        sum(piece.first for piece in chosen),
        quiet,
        since,
        tuple(places.values()),
        tuple(one for one in places.values() if one.is_old(office.today())),
        used,
    )


def _used(session: Session, addressing: str) -> int:
    sheet, run = SHEETS.get(addressing), printing.last_of(session, addressing)
    if sheet is None or run is None:
        return 0
    made = printing.piece_counts(session, run.id).get(run.id, 0)
    return (int(run.options.get("skip", 0)) + made) % (sheet.columns * sheet.rows)


def _since(session: Session, mailing: Mailing, found: ToPrint) -> Since | None:
    before = printing.issue_before(session, mailing)
    if before is None:
        return None
    then = printing.printed_of(session, before)
    rows = [row_of(session, piece, found.deliveries[piece.addressee.uid]) for piece in found.pieces]
    waits = {piece.addressee.uid: row["address_index"] for piece, row in zip(found.pieces, rows, strict=True)}
    now = {**printing.printed_of(session, mailing.issue_slug), **waits}
    moved = sum(address != then[uid] for uid, address in now.items() if uid in then)
    return Since(len(then), len(then.keys() - now.keys()), moved)
