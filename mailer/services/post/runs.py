"""A print run as a whole: see what it costs, order it, make its files, open them, and say that it is printed or posted.

Every step is one short transaction by one person, and is written down twice: as a step of the run, and in the audit
trail. A run of which someone was released or moved is void before anything of it leaves the house.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.artefacts.paper.addresses import AddressError
from mailer.artefacts.paper.labels import proof_sheet as sheet_of_marks
from mailer.artefacts.paper.pieces import PrintFile, PrintOptions
from mailer.artefacts.paper.quotes import Quote, quote_for
from mailer.ledger import installation, mailings, printing, put_back
from mailer.ledger.print_states import WORDS, PieceState, RunEvent, RunState
from mailer.ledger.printing import NOT_ANY_MORE, ON_PAPER
from mailer.ledger.states import NotPossibleError
from mailer.ledger.tables import Mailing
from mailer.services.held import require_free
from mailer.services.office import Office, deed
from mailer.services.post.envelopes import files_of
from mailer.services.post.plans import editions_of, plan_of, row_of, stale, to_print
from mailer.services.post.steps import (
    change,
    run_called,
    set_aside,
    take_away,
    take_out,
    to_open,
    void,
    void_when_stale,
    write_down,
)
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.retention import to_confirm
from wording import _
from wording.errors import ConflictError, NotFoundError, PostduifError


def quote(office: Office, person: Person, slug: str, options: PrintOptions, day: date | None = None) -> Quote:
    """Grams, stamps and euros of what waits to be printed, at the rates of `day` or of today; nothing is made.

    Where no rate holds, what it costs is unknown.

    Raises NotAllowedError, NotFoundError, ConflictError when nothing waits, PostageError.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        mailing = mailing_called(session, office, slug)
        found = to_print(session, mailing)
        record(session, Event.VIEW_LIST, person.uid, detail={"issue": slug, "addressees": len(found.pieces)})
        editions = editions_of(session, office.house, mailing.id)
    return quote_for(found.pieces, editions, options, office.policy.rates, day or office.today())


def order(office: Office, person: Person, slug: str, options: PrintOptions, *, unheard: bool = True) -> int:
    """Number the pieces of a new run and hold their deliveries; returns the run. A worker or `prepare` makes its files.

    An addressee who may no longer be written to is passed over for good; without `unheard` those not heard from for 30
    days wait for a next run. Raises NotAllowedError, NotFoundError,
    ConflictError when nothing waits, AddressError.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        require_free(session)
        mailing = mailing_called(session, office, slug)
        mailings.hold(session, mailing.id)  # of two who order at once, the second finds nothing that waits
        found = to_print(session, mailing, () if unheard else to_confirm(session, office.clock()))
        printing.settle(session, found.gone, NOT_ANY_MORE, office.clock())
        rows = [row_of(session, piece, found.deliveries[piece.addressee.uid]) for piece in found.pieces]
        run = printing.open_run(session, mailing.id, options.plain(), rows) if rows else None
        if run:
            write_down(session, run, "ordered", person, Event.PRINT, pieces=len(rows))
    if run is None:
        raise nothing_waits(slug)
    office.bell.ring_for_print(run.id)
    return run.id


def files(office: Office, person: Person, run_id: int) -> list[PrintFile]:
    """The files to print, opened; made now when no worker did so yet.

    Raises NotAllowedError, NotFoundError, HeldError, ConflictError once they are erased or while the post is in doubt,
    RunVoidError, and what `make` raises.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        to_open(session, run_id)
    make(office, run_id)
    with deed(office, person, Permission.PRINT_RUNS) as session:
        run = to_open(session, run_id)
        numbers = void_when_stale(session, run)
        found = [(file, printing.opened(session, file)) for file in printing.files(session, run_id)]
        if not numbers:
            write_down(session, run, "opened", person, Event.EXPORT)
    if numbers:
        raise void(run_id, numbers)
    opened = [PrintFile(file.name, data, file.copies, file.personal) for file, data in found if data is not None]
    if not opened:
        raise _no_files(run_id)
    return opened


def go_on(office: Office, person: Person, slug: str) -> None:
    """A copy of the database was put back; the desk says that what waits of this issue has not left yet.

    What did leave is recorded as printed and posted, and is not printed. Raises ConflictError when there is no doubt.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        require_free(session)
        if not put_back.believe_post(session, slug):
            raise ConflictError(_("Over de post van {slug} is geen twijfel.", slug=slug))
        record(session, Event.PRINT, person.uid, detail={"issue": slug, "step": "not_left"})


def prepare(office: Office, person: Person, run_id: int) -> None:
    """Make the files now, when no worker did so yet.

    Raises NotAllowedError, NotFoundError, HeldError, ConflictError while the post is in doubt, and what `make` raises.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        to_open(session, run_id)
    make(office, run_id)


def file(office: Office, person: Person, run_id: int, name: str) -> PrintFile:
    """One file to print, opened.

    Raises NotAllowedError, NotFoundError, HeldError, ConflictError once it is erased or while the post is in doubt,
    RunVoidError.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        run = to_open(session, run_id)
        numbers = void_when_stale(session, run)
        found = next((one for one in printing.files(session, run_id) if one.name == name), None)
        if found is None and not numbers:
            raise NotFoundError(_("Printopdracht {run} heeft geen bestand ‘{name}’.", run=run_id, name=name))
        data = None if found is None or numbers else printing.opened(session, found)
        if data is not None:
            write_down(session, run, "opened", person, Event.EXPORT)
    if numbers:
        raise void(run_id, numbers)
    if found is None or data is None:
        raise _no_files(run_id)
    return PrintFile(found.name, data, found.copies, found.personal)


def printed(office: Office, person: Person, run_id: int) -> None:
    """The run is on paper. Raises NotAllowedError, NotFoundError, ConflictError, RunVoidError."""
    with deed(office, person, Permission.PRINT_RUNS) as session:
        run = run_called(session, run_id)
        numbers = void_when_stale(session, run)
        if not numbers:
            change(session, run, RunEvent.PRINT)
            write_down(session, run, "printed", person, Event.PRINT)
    if numbers:
        raise void(run_id, numbers)


def posted(office: Office, person: Person, run_id: int, *, but: Collection[int] = ()) -> int:
    """The envelopes are in the letter box, but for the pieces `but`, which wait for a next run; returns how many.

    Anyone released since the printing must be taken out of the pile first (`pieces.withdraw`). Raises NotAllowedError,
    NotFoundError, ConflictError.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        at = office.clock()
        run = run_called(session, run_id)
        for number in sorted(but):
            take_away(session, run, number, person, at)
        if run.state == RunState.PRINTED and (numbers := stale(session, run)):
            raise ConflictError(take_out(numbers))
        change(session, run, RunEvent.POST, posted_at=at)
        sent = [piece.delivery_id for piece in printing.pieces(session, run_id) if piece.state == PieceState.IN_RUN]
        count = printing.settle(session, sent, ON_PAPER, at)
        mailings.finish_if_done(session, run.mailing_id, at)
        write_down(session, run, "posted", person, Event.PRINT, pieces=count)
    return count


def drop(office: Office, person: Person, run_id: int) -> None:
    """The desk wants nothing of this run: its files are erased, and its pieces wait for a next one.

    Raises NotAllowedError, NotFoundError, ConflictError once it is in the post.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        run = run_called(session, run_id)
        change(session, run, RunEvent.VOID, reason=str(_("De postkamer liet de opdracht vervallen.")))
        printing.erase_files(session, run.id)
        write_down(session, run, "dropped", person, Event.ERASE)


def note(office: Office, person: Person, run_id: int, step: Literal["folded", "filled"]) -> None:
    """The booklets are folded, or the envelopes filled. Raises NotAllowedError, NotFoundError, ConflictError."""
    with deed(office, person, Permission.PRINT_RUNS) as session:
        run = run_called(session, run_id)
        if run.state != RunState.PRINTED:
            raise ConflictError(
                _("Dat kan nu niet: printopdracht {run} is ‘{state}’.", run=run_id, state=WORDS[RunState(run.state)])
            )
        if step not in {one.step for one in printing.steps(session, run_id)}:
            write_down(session, run, step, person, Event.PRINT)


def proof_sheet(office: Office, person: Person, options: PrintOptions) -> bytes:
    """A PDF that shows where labels land on the sheet; it names no one. Raises NotAllowedError, TypesettingError."""
    require(person, Permission.PRINT_RUNS)
    job = sheet_of_marks(office.today(), sheet=options.addressing, offset=options.offset)
    return office.typeset([job])[0]


# ── by the system, for no one in particular ───────────────────────────────────────────────────────────────────────


def make(office: Office, run_id: int) -> None:
    """Make and seal the files of an ordered run. Killed half-way, it is made again byte for byte. Nothing is made while
    everything is held back.

    A piece whose envelope cannot be written is set aside and waits for the next run; the others go on. Raises
    TypesettingError or AddressError for what cannot be printed at all, and RunVoidError when someone left meanwhile;
    the run is void then, and its pieces wait for the next one.
    """
    with office.store.transaction() as session:
        run = run_called(session, run_id)
        if run.state != RunState.ORDERED or installation.held(session) is not None:
            return
        numbers = void_when_stale(session, run)
        plan = None if numbers else plan_of(session, office.house, run)
    if plan is None:
        raise void(run_id, numbers)
    try:
        made, aside = files_of(plan, office.house, office.typeset)
        if not made:
            raise AddressError(_("Van printopdracht {run} is geen enkel adres te printen.", run=run_id))
    except PostduifError as error:
        _give_up(office, run_id, error)
        raise
    with office.store.transaction() as session:
        if installation.held(session) is not None:
            return
        try:  # first: of two who made it at once, one keeps its files
            run = run_called(session, run_id)
            set_aside(session, run, aside)
            printing.change(session, run, RunEvent.MAKE)
        except NotPossibleError:
            return
        for file in made:
            printing.keep_file(session, run_id, file.name, file.data, copies=file.copies, personal=file.personal)


def erase_old_files(office: Office) -> int:
    """Empty the files of runs that were posted seven days ago or ordered fourteen; returns how many files."""
    erased = 0
    with office.store.transaction() as session:
        for run in printing.runs_to_erase(session, office.clock()):
            erased += printing.erase_files(session, run)
            record(session, Event.ERASE, "retention", detail={"run": run})
    return erased


def ordered(office: Office) -> list[int]:
    """Runs whose files are still to be made."""
    with office.store.reading() as session:
        return [run.id for run in printing.runs(session) if run.state == RunState.ORDERED]


def _give_up(office: Office, run_id: int, error: PostduifError) -> None:
    """What cannot be printed now cannot be printed by trying again: a person must mend it."""
    with office.store.transaction() as session:
        run = run_called(session, run_id)
        if run.state == RunState.ORDERED:
            printing.change(session, run, RunEvent.VOID, reason=str(error.text))


def nothing_waits(slug: str) -> ConflictError:
    return ConflictError(
        _("Van {slug} wacht er geen post. Is het nummer uitgegeven, en is het niet al geprint?", slug=slug)
    )


def _no_files(run_id: int) -> ConflictError:
    return ConflictError(_("Van printopdracht {run} zijn er geen bestanden (meer).", run=run_id))


def mailing_called(session: Session, office: Office, slug: str) -> Mailing:
    """The mailing of this issue with post that waits. Raises NotFoundError, ConflictError when nothing waits."""
    mailing = printing.mailing_to_print(session, slug)
    if mailing is not None:
        return mailing
    if printing.was_mailed(session, slug) or slug in office.content.slugs():
        raise nothing_waits(slug)
    raise NotFoundError(_("Er is geen nummer ‘{slug}’.", slug=slug))
