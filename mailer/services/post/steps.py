"""What every step with a print run shares: find it, change its state, write down who did it, void it when stale.

Works in the caller's session.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.ledger import mailings, printing
from mailer.ledger.print_runs import PrintPiece, PrintRun, PrintStep
from mailer.ledger.print_states import WORDS, PieceEvent, RunEvent, RunState
from mailer.ledger.printing import NOT_ANY_MORE
from mailer.ledger.states import NotPossibleError
from mailer.services.held import require_free
from mailer.services.office import Office
from mailer.services.post.envelopes import UNPRINTABLE
from mailer.services.post.plans import stale
from staff.people import Person
from subscribers.repository import may_be_posted
from wording import Text, _
from wording.errors import ConflictError, NotFoundError


class RunVoidError(ConflictError):
    """Someone in a run may no longer be written to, or lives elsewhere; the desk orders a new run."""


def run_called(session: Session, run_id: int) -> PrintRun:
    """Raises NotFoundError when there is none."""
    run = printing.run_of(session, run_id)
    if run is None:
        raise NotFoundError(_("Er is geen printopdracht {run}.", run=run_id))
    return run


def to_open(session: Session, run_id: int) -> PrintRun:
    """A run whose files may be made and opened: nothing is held back, and its post is not in doubt after a restore.

    Raises NotFoundError, HeldError, ConflictError.
    """
    run = run_called(session, run_id)
    require_free(session)
    _require_certain(session, run)
    return run


def _require_certain(session: Session, run: PrintRun) -> None:
    mailing = mailings.mailing_of(session, run.mailing_id)
    if mailing.post_in_doubt:
        raise ConflictError(
            _(
                "Er is een back-up teruggezet. Kijk in de postkamer of de post van {slug} al weg is. Zo niet: "
                "`postduif print go-on {slug}`. Zo wel: doe dat ook, en leg vast dat zij gepost is zonder te printen.",
                slug=mailing.issue_slug,
            )
        )


def piece_called(session: Session, run_id: int, number: int) -> PrintPiece:
    """Raises NotFoundError when the run has no piece of that number."""
    for piece in printing.pieces(session, run_id):
        if piece.number == number:
            return piece
    raise NotFoundError(_("Printopdracht {run} heeft geen stuk {number}.", run=run_id, number=number))


def change(session: Session, run: PrintRun, event: RunEvent, **values: datetime | str) -> None:
    """Raises ConflictError when its state does not allow it."""
    try:
        printing.change(session, run, event, **values)
    except NotPossibleError as error:
        raise ConflictError(
            _("Dat kan nu niet: printopdracht {run} is ‘{state}’.", run=run.id, state=WORDS[error.state])
        ) from error


def change_piece(session: Session, run: PrintRun, piece: PrintPiece, event: PieceEvent, because: str = "") -> None:
    """Raises ConflictError when the state of the piece or of its run does not allow it."""
    try:
        printing.change_piece(session, run, piece, event, because)
    except NotPossibleError as error:
        raise ConflictError(
            _(
                "Dat kan nu niet: stuk {number} is ‘{state}’ en printopdracht {run} is ‘{run_state}’.",
                number=piece.number,
                state=WORDS[error.state],
                run=run.id,
                run_state=WORDS[RunState(run.state)],
            )
        ) from error


def returns_of(session: Session, office: Office) -> list[PrintStep]:
    """What was said today to have come back, the newest first: today it can be undone."""
    midnight = datetime.combine(office.today(), time(), ZoneInfo(office.house.time_zone))
    return printing.steps_since(session, "returned", midnight.astimezone(UTC))


def take_away(session: Session, run: PrintRun, number: int, person: Person, at: datetime) -> None:
    """A printed piece is out of the pile. An addressee who may still be written to waits for the next run.

    Raises NotFoundError, ConflictError.
    """
    piece = piece_called(session, run.id, number)
    change_piece(session, run, piece, PieceEvent.WITHDRAW)
    if piece.reader not in may_be_posted(session, [piece.reader]):
        printing.settle(session, [piece.delivery_id], NOT_ANY_MORE, at)
    write_down(session, run, "withdrawn", person, Event.PRINT, number=number)


def set_aside(session: Session, run: PrintRun, numbers: Collection[int]) -> None:
    """These pieces are in no file and wait for the next run. Raises NotPossibleError for a run that was made."""
    for piece in printing.pieces(session, run.id):
        if piece.number in numbers:
            printing.change_piece(session, run, piece, PieceEvent.SET_ASIDE, UNPRINTABLE)
    if numbers:
        record(session, Event.PRINT, "print", detail={"run": run.id, "set_aside": len(numbers)})


def write_down(
    session: Session,
    run: PrintRun,
    what: str,
    person: Person,
    event: Event,
    *,
    number: int | None = None,
    pieces: int = 0,
) -> None:
    """As a step of the run, and in the audit trail."""
    printing.step(session, run.id, what, person.uid, number)
    detail: dict[str, str | int | bool] = {"run": run.id, "step": what}
    detail |= {name: value for name, value in (("piece", number), ("pieces", pieces)) if value}
    record(session, event, person.uid, detail=detail)


def void_when_stale(session: Session, run: PrintRun) -> list[int]:
    """The numbers because of which the run became void now; none when it holds, or is on paper already."""
    if run.state not in (RunState.ORDERED, RunState.PREPARED):
        return []
    numbers = stale(session, run)
    if numbers:
        printing.change(session, run, RunEvent.VOID, reason=str(void(run.id, numbers)))
        printing.erase_files(session, run.id)
        record(session, Event.ERASE, "print", detail={"run": run.id, "stale": len(numbers)})
    return numbers


def void(run: int, numbers: Sequence[int]) -> RunVoidError:
    """What the desk is told of a run that became void because of these pieces."""
    return RunVoidError(
        _(
            "Printopdracht {run} is vervallen: wie op stuk {numbers} staat, zit daar niet meer of is verhuisd. "
            "Vernietig wat al geprint is en maak een nieuwe opdracht.",
            run=run,
            numbers=_listed(numbers),
        )
    )


def take_out(numbers: Sequence[int]) -> Text:
    """What the desk is told of pieces that are printed and must not be posted."""
    return _(
        "Haal eerst uit de stapel en vernietig: stuk {numbers}. Wie erop staat, zit daar niet meer of is verhuisd.",
        numbers=_listed(numbers),
    )


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)
