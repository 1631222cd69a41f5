"""One print run as the desk works at it: its pieces by number, its files, how far it is, and what it costs.

Names stay sealed unless they are asked for; that is written down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from database.audit import Event, record
from database.wall import on_the_wall
from mailer.artefacts.paper.addresses import AddressError
from mailer.artefacts.paper.pieces import EditionKey, PrintOptions
from mailer.artefacts.paper.postage import PostageError
from mailer.artefacts.paper.quotes import Quote, quote_of
from mailer.ledger import printing
from mailer.ledger.print_runs import PrintRun
from mailer.ledger.print_states import WORDS, PieceEvent, PieceState, RunState, piece_after
from mailer.ledger.printing import FileFacts
from mailer.ledger.states import NotPossibleError
from mailer.services.office import Office, deed, look
from mailer.services.post.plans import stale, stale_of, to_weigh
from mailer.services.post.steps import piece_called, returns_of, run_called, take_out
from staff.people import Person
from staff.permissions import Permission
from subscribers import listing
from subscribers.addressee import Centre
from subscribers.repository import centres
from wording import Text, _
from wording.errors import ConflictError

_CAN_BE_STALE = (RunState.ORDERED, RunState.PREPARED, RunState.PRINTED)
"""What is in the post or dropped is past mending."""


@dataclass(frozen=True)
class RunPiece:
    """One envelope. Without a name unless names were asked for; `code`, `centre` and `name` are "" once erased."""

    number: int
    code: str
    centre: str
    """The key of the centre."""
    locale: str
    audience: str
    issue: str
    large: bool
    first: bool
    """The explanation goes with it."""
    state: PieceState
    because: str | None
    is_filled: bool
    is_stale: bool
    """It must not go: its addressee is no longer there or moved."""
    name: str = field(default="", repr=False)


@dataclass(frozen=True)
class Board:
    """A run. `done` says when each step was first made; `steps` are words of `words.STEPS`."""

    run: int
    issue: str
    state: RunState
    words: Text
    reason: str
    ordered_on: date
    options: PrintOptions
    pieces: tuple[RunPiece, ...]
    centres: Mapping[str, Centre]
    """All there are, by key."""
    files: tuple[FileFacts, ...] = ()
    done: Mapping[str, datetime] = field(default_factory=dict)
    quote: Quote | None = None
    """What is in the run now, at the rate of today; None for one that was dropped, or that is not a letter's weight."""

    @property
    def live(self) -> tuple[RunPiece, ...]:
        """What is to go into the post, or went."""
        return tuple(one for one in self.pieces if one.state is PieceState.IN_RUN)

    @property
    def stale(self) -> tuple[RunPiece, ...]:
        """What must be taken out before the rest may go."""
        return tuple(one for one in self.pieces if one.is_stale)


def board(office: Office, person: Person, run_id: int) -> Board:
    """A run with its files and its costs, without names. Raises NotAllowedError, NotFoundError."""
    with look(office, person, Permission.PRINT_RUNS) as session:
        run = run_called(session, run_id)
        return _board(session, office, run, _pieces(session, run, names=False), is_whole=True)


def with_names(office: Office, person: Person, run_id: int) -> Board:
    """The same, with the names of everyone in it; that is written down. Raises NotAllowedError, NotFoundError."""
    with deed(office, person, Permission.PRINT_RUNS) as session:
        run = run_called(session, run_id)
        pieces = _pieces(session, run, names=True)
        record(session, Event.VIEW_LIST, person.uid, detail={"run": run_id, "addressees": len(pieces), "names": True})
        return _board(session, office, run, pieces, is_whole=True)


def pile(office: Office, person: Person, run_id: int) -> Board:
    """The pieces alone, to be ticked. Raises NotAllowedError, NotFoundError."""
    with look(office, person, Permission.PRINT_RUNS) as session:
        run = run_called(session, run_id)
        return _board(session, office, run, _pieces(session, run, names=False), is_whole=False)


def tick(office: Office, person: Person, run_id: int, number: int, *, filled: bool) -> None:
    """The envelope of a piece is filled, or is not; a second tick by someone else changes nothing.

    Raises NotAllowedError, NotFoundError, ConflictError for a piece that must not go, or a run that is not on paper.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        run, piece = run_called(session, run_id), piece_called(session, run_id, number)
        if filled and run.state in _CAN_BE_STALE and number in stale(session, run):
            raise ConflictError(take_out([number]))
        try:  # what may be taken out of the pile is in it
            piece_after(PieceState(piece.state), PieceEvent.WITHDRAW, RunState(run.state))
        except NotPossibleError:
            raise ConflictError(
                _("Stuk {number} hoort niet (meer) bij wat nog op de post gaat.", number=number)
            ) from None
        printing.tick(session, piece, office.clock() if filled else None)


@dataclass(frozen=True)
class CameBack:
    """A piece that was said today to have come back."""

    run: int
    number: int
    because: str
    centre: str
    at: datetime


def came_back_today(office: Office, person: Person) -> tuple[CameBack, ...]:
    """The newest first; what was undone is not in it. Raises NotAllowedError."""
    with look(office, person, Permission.PRINT_RUNS) as session:
        told = {(one.run_id, one.number): one.at for one in reversed(returns_of(session, office)) if one.number}
        back = [
            piece
            for run in sorted({run for run, _number in told})
            for piece in printing.pieces(session, run)
            if (run, piece.number) in told and piece.state == PieceState.RETURNED
        ]
        people = listing.listed_of(session, {piece.reader for piece in back})
    made = [
        CameBack(
            piece.run_id,
            piece.number,
            piece.because or "",
            people[piece.reader].centre if piece.reader in people else "",
            told[piece.run_id, piece.number],
        )
        for piece in back
    ]
    return tuple(sorted(made, key=lambda one: one.at, reverse=True))


def _pieces(session: Session, run: PrintRun, *, names: bool) -> tuple[RunPiece, ...]:
    rows = printing.pieces(session, run.id)
    people = listing.listed_of(session, [row.reader for row in rows])
    contents = printing.contents(session, run.id)
    left = set(stale_of(session, rows)) if run.state in _CAN_BE_STALE else set()
    found = []
    for row in rows:
        one = people.get(row.reader)
        found.append(
            RunPiece(
                row.number,
                one.code if one else "",
                one.centre if one else "",
                contents[row.number].locale,
                contents[row.number].audience,
                contents[row.number].issue,
                bool(one and one.large_print),
                row.first,
                PieceState(row.state),
                row.because,
                row.filled_at is not None,
                row.number in left,
                one.name if one and names else "",
            )
        )
    return tuple(found)


def _board(session: Session, office: Office, run: PrintRun, pieces: tuple[RunPiece, ...], *, is_whole: bool) -> Board:
    state = RunState(run.state)
    shared = Board(
        run.id,
        pieces[0].issue,  # a run has at least one piece
        state,
        WORDS[state],
        run.reason,
        on_the_wall(session, run.ordered_at).date(),
        PrintOptions.from_plain(run.options),
        pieces,
        centres(session),
    )
    if not is_whole:
        return shared
    done: dict[str, datetime] = {}
    for step in printing.steps(session, run.id):
        done.setdefault(step.step, step.at)
    files = tuple(printing.file_facts(session, run.id))
    return replace(shared, files=files, done=done, quote=_quote(session, office, run, pieces))


def _quote(session: Session, office: Office, run: PrintRun, pieces: tuple[RunPiece, ...]) -> Quote | None:
    """What the run weighs and costs now."""
    if run.state == RunState.VOID:
        return None
    editions = to_weigh(office.house, printing.editions(session, run.mailing_id).values())
    several = any(key.audience for key in editions)
    counted = Counter(
        (EditionKey(one.locale, one.large, one.audience if several else ""), one.first)
        for one in pieces
        if one.state in (PieceState.IN_RUN, PieceState.RETURNED)
    )
    try:
        return quote_of(counted, editions, PrintOptions.from_plain(run.options), office.policy.rates, office.today())
    except (AddressError, PostageError):
        return None
