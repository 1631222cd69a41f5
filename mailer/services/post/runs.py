"""What the postal desk does: see what it costs, order a run, print, post, take out, report what came back.

Every step is one short transaction by one person, and is written down twice: as a step of the run, and in the audit
trail. A run of which somebody was released or moved is void before anything of it leaves the house.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from database.audit import Event, record
from database.base import now
from database.session import Store
from mailer.artefacts.paper.job import Typeset
from mailer.artefacts.paper.pieces import PrintFile, PrintOptions
from mailer.artefacts.paper.postage import Rate
from mailer.artefacts.paper.quotes import Quote, quote_for
from mailer.artefacts.paper.run_files import run_files
from mailer.ledger import mailings, printing
from mailer.ledger.print_runs import PrintPiece, PrintRun
from mailer.ledger.print_states import WORDS, PieceEvent, PieceState, RunEvent, RunState
from mailer.ledger.printing import NOT_ANY_MORE, ON_PAPER
from mailer.ledger.states import NotPossibleError
from mailer.ledger.tables import Mailing
from mailer.organisation import House
from mailer.services.post.plans import editions_of, plan_of, row_of, stale, to_print
from staff.people import Person
from staff.roles import Role
from subscribers.addressee import SuspendedBecause
from subscribers.postal import suspend_addressee
from subscribers.repository import may_be_posted
from wording import Text, _
from wording.errors import ConflictError, NotAllowedError, PostduifError


@dataclass(frozen=True)
class PrintDesk:
    """What the use cases work with."""

    house: House
    store: Store
    typeset: Typeset
    rates: Sequence[Rate]


class RunVoidError(ConflictError):
    """Somebody in a run may no longer be written to, or lives elsewhere; the desk orders a new run."""


def quote(desk: PrintDesk, slug: str, options: PrintOptions, person: Person, day: date) -> Quote:
    """Grams, stamps and euros of what waits to be printed; nothing is made. Raises NotAllowedError, PostageError."""
    _require_postal(person)
    with desk.store.transaction() as session:
        mailing = _mailing(session, slug)
        found = to_print(session, mailing)
        record(session, Event.VIEW_LIST, person.uid, detail={"issue": slug, "addressees": len(found.pieces)})
        return quote_for(found.pieces, editions_of(session, desk.house, mailing.id), options, desk.rates, day)


def order(desk: PrintDesk, slug: str, options: PrintOptions, person: Person) -> int:
    """Number the pieces of a new run and hold their deliveries; returns the run. `make` makes its files.

    An addressee who may no longer be written to is passed over for good. Raises NotAllowedError, AddressError.
    """
    _require_postal(person)
    with desk.store.transaction() as session:
        mailing = _mailing(session, slug)
        found = to_print(session, mailing)
        printing.settle(session, found.gone, NOT_ANY_MORE, now())
        rows = [row_of(session, piece, found.deliveries[piece.addressee.uid]) for piece in found.pieces]
        run = printing.open_run(session, mailing.id, options.plain(), rows) if rows else None
        if run:
            _write_down(session, run, "ordered", person, Event.PRINT, pieces=len(rows))
    if run is None:
        raise _nothing_waits(slug)
    return run.id


def make(desk: PrintDesk, run_id: int) -> None:
    """Make and seal the files of an ordered run. Killed half-way, it is made again byte for byte.

    Raises TypesettingError or AddressError for what cannot be printed, and RunVoidError when somebody left meanwhile;
    the run is void then, and its pieces wait for the next one.
    """
    with desk.store.transaction() as session:
        run = run_called(session, run_id)
        if run.state != RunState.ORDERED:
            return
        numbers = _void_when_stale(session, run)
        plan = None if numbers else plan_of(session, desk.house, run)
    if plan is None:
        raise _void(run_id, numbers)
    try:
        made = run_files(plan, desk.house, desk.typeset)
    except PostduifError as error:
        _give_up(desk, run_id, error)
        raise
    with desk.store.transaction() as session:
        run = run_called(session, run_id)
        if run.state == RunState.ORDERED:
            for file in made:
                printing.keep_file(session, run_id, file.name, file.data, copies=file.copies, personal=file.personal)
            printing.change(session, run, RunEvent.MAKE)


def files(desk: PrintDesk, run_id: int, person: Person) -> list[PrintFile]:
    """The files to print, opened. Raises NotAllowedError once they are erased, RunVoidError."""
    _require_postal(person)
    with desk.store.transaction() as session:
        run = run_called(session, run_id)
        numbers = _void_when_stale(session, run)
        found = [(file, printing.opened(session, file)) for file in printing.files(session, run_id)]
        if not numbers:
            _write_down(session, run, "opened", person, Event.EXPORT)
    if numbers:
        raise _void(run_id, numbers)
    opened = [PrintFile(file.name, data, file.copies, file.personal) for file, data in found if data is not None]
    if not opened:
        raise NotAllowedError(_("Van printopdracht {run} zijn er geen bestanden (meer).", run=run_id))
    return opened


def printed(desk: PrintDesk, run_id: int, person: Person) -> None:
    """The run is on paper. Raises NotAllowedError, RunVoidError."""
    _require_postal(person)
    with desk.store.transaction() as session:
        run = run_called(session, run_id)
        numbers = _void_when_stale(session, run)
        if not numbers:
            _change(session, run, RunEvent.PRINT)
            _write_down(session, run, "printed", person, Event.PRINT)
    if numbers:
        raise _void(run_id, numbers)


def posted(desk: PrintDesk, run_id: int, person: Person, at: datetime | None = None) -> int:
    """The envelopes are in the letter box; returns how many. Raises NotAllowedError.

    Whoever was released since the printing must be taken out of the pile first (`withdraw`).
    """
    _require_postal(person)
    at = at or now()
    with desk.store.transaction() as session:
        run = run_called(session, run_id)
        if run.state == RunState.PRINTED and (numbers := stale(session, run)):
            raise NotAllowedError(_take_out(numbers))
        _change(session, run, RunEvent.POST, posted_at=at)
        sent = [piece.delivery_id for piece in printing.pieces(session, run_id) if piece.state == PieceState.IN_RUN]
        count = printing.settle(session, sent, ON_PAPER, at)
        mailings.finish_if_done(session, run.mailing_id, at)
        _write_down(session, run, "posted", person, Event.PRINT, pieces=count)
        return count


def withdraw(desk: PrintDesk, run_id: int, number: int, person: Person) -> None:
    """A printed piece was taken out and destroyed. Who may still be written to, waits for the next run."""
    _require_postal(person)
    with desk.store.transaction() as session:
        run, piece = run_called(session, run_id), _piece(session, run_id, number)
        _change_piece(session, run, piece, PieceEvent.WITHDRAW)
        if piece.reader not in may_be_posted(session, [piece.reader]):
            printing.settle(session, [piece.delivery_id], NOT_ANY_MORE, now())
        _write_down(session, run, "withdrawn", person, Event.PRINT, number=number)


def returned(
    desk: PrintDesk, run_id: int, number: int, because: SuspendedBecause, *, person: Person, today: date
) -> None:
    """An envelope came back: nothing more is printed for this addressee from now on."""
    _require_postal(person)
    with desk.store.transaction() as session:
        run, piece = run_called(session, run_id), _piece(session, run_id, number)
        _change_piece(session, run, piece, PieceEvent.RETURN, because)
        if piece.reader in may_be_posted(session, [piece.reader]):
            suspend_addressee(session, piece.reader, because, today)
        _write_down(session, run, "returned", person, Event.EDIT, number=number)


def reprint(desk: PrintDesk, run_id: int, number: int, person: Person, *, skip: int = 0) -> list[PrintFile]:
    """One piece of a run once more, with its own number: the sheet was creased, the label stuck askew.

    `skip` labels of the sheet that is laid into the printer now are used already.
    """
    _require_postal(person)
    with desk.store.transaction() as session:
        run, piece = run_called(session, run_id), _piece(session, run_id, number)
        if run.state not in (RunState.PREPARED, RunState.PRINTED) or piece.state != PieceState.IN_RUN:
            raise NotAllowedError(_("Stuk {number} hoort niet (meer) bij wat nog op de post gaat.", number=number))
        if number in stale(session, run):
            raise NotAllowedError(_take_out([number]))
        plan = plan_of(session, desk.house, run, only=number)
        _write_down(session, run, "reprinted", person, Event.PRINT, number=number)
    options = replace(plan.options, skip=skip, merged=False, shop=False)
    return list(run_files(replace(plan, options=options), desk.house, desk.typeset))


def erase_old_files(store: Store, at: datetime | None = None) -> int:
    """Empty the files of runs that were posted seven days ago or ordered fourteen; returns how many files."""
    erased = 0
    with store.transaction() as session:
        for run in printing.runs_to_erase(session, at or now()):
            erased += printing.erase_files(session, run)
            record(session, Event.ERASE, "retention", detail={"run": run})
    return erased


def ordered(store: Store) -> list[int]:
    """Runs whose files are still to be made."""
    with store.reading() as session:
        return [run.id for run in printing.runs(session) if run.state == RunState.ORDERED]


def _give_up(desk: PrintDesk, run_id: int, error: PostduifError) -> None:
    """What cannot be printed now cannot be printed by trying again: somebody must mend it."""
    with desk.store.transaction() as session:
        run = run_called(session, run_id)
        if run.state == RunState.ORDERED:
            printing.change(session, run, RunEvent.VOID, reason=str(error.text))


def _void_when_stale(session: Session, run: PrintRun) -> list[int]:
    """The numbers because of which the run became void now; none when it holds, or is on paper already."""
    if run.state not in (RunState.ORDERED, RunState.PREPARED):
        return []
    numbers = stale(session, run)
    if numbers:
        printing.change(session, run, RunEvent.VOID, reason=str(_void(run.id, numbers)))
        printing.erase_files(session, run.id)
        record(session, Event.ERASE, "print", detail={"run": run.id, "stale": len(numbers)})
    return numbers


def _void(run: int, numbers: Sequence[int]) -> RunVoidError:
    return RunVoidError(
        _(
            "Printopdracht {run} is vervallen: wie op stuk {numbers} staat, is er niet meer of is verhuisd. "
            "Vernietig wat al geprint is en maak een nieuwe opdracht.",
            run=run,
            numbers=_listed(numbers),
        )
    )


def _take_out(numbers: Sequence[int]) -> Text:
    return _(
        "Haal eerst uit de stapel en vernietig: stuk {numbers}. Wie erop staat, is er niet meer of is verhuisd.",
        numbers=_listed(numbers),
    )


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _nothing_waits(slug: str) -> NotAllowedError:
    return NotAllowedError(
        _("Van {slug} wacht er geen post. Is het nummer gepubliceerd, en is het niet al geprint?", slug=slug)
    )


def _mailing(session: Session, slug: str) -> Mailing:
    mailing = printing.mailing_to_print(session, slug)
    if mailing is None:
        raise _nothing_waits(slug)
    return mailing


def run_called(session: Session, run_id: int) -> PrintRun:
    """Raises NotAllowedError when there is none."""
    try:
        return printing.run_of(session, run_id)
    except LookupError:
        raise NotAllowedError(_("Er is geen printopdracht {run}.", run=run_id)) from None


def _piece(session: Session, run_id: int, number: int) -> PrintPiece:
    for piece in printing.pieces(session, run_id):
        if piece.number == number:
            return piece
    raise NotAllowedError(_("Printopdracht {run} heeft geen stuk {number}.", run=run_id, number=number))


def _change(session: Session, run: PrintRun, event: RunEvent, **values: datetime) -> None:
    try:
        printing.change(session, run, event, **values)
    except NotPossibleError as error:
        raise NotAllowedError(
            _("Dat kan nu niet: printopdracht {run} is ‘{state}’.", run=run.id, state=WORDS[error.state])
        ) from error


def _change_piece(session: Session, run: PrintRun, piece: PrintPiece, event: PieceEvent, because: str = "") -> None:
    try:
        printing.change_piece(session, run, piece, event, because)
    except NotPossibleError as error:
        raise NotAllowedError(
            _(
                "Dat kan nu niet: stuk {number} is ‘{state}’ en printopdracht {run} is ‘{run_state}’.",
                number=piece.number,
                state=WORDS[error.state],
                run=run.id,
                run_state=WORDS[RunState(run.state)],
            )
        ) from error


def _require_postal(person: Person) -> None:
    if Role.POSTAL not in person.roles:
        raise NotAllowedError(_("Hiervoor is de rol ‘{role}’ nodig.", role=Role.POSTAL.value))


def _write_down(
    session: Session,
    run: PrintRun,
    what: str,
    person: Person,
    event: Event,
    *,
    number: int | None = None,
    pieces: int = 0,
) -> None:
    printing.step(session, run.id, what, person.uid, number)
    detail: dict[str, str | int | bool] = {"run": run.id, "step": what}
    detail |= {name: value for name, value in (("piece", number), ("pieces", pieces)) if value}
    record(session, event, person.uid, detail=detail)
