"""One envelope of a print run: take it out of the pile, report that it came back, print it again."""

from __future__ import annotations

from dataclasses import replace

from database.audit import Event
from database.retrying import retried
from mailer.artefacts.paper.pieces import PrintFile
from mailer.artefacts.paper.run_files import run_files
from mailer.ledger.print_states import PieceEvent, PieceState, RunState
from mailer.services.office import Office, deed
from mailer.services.post.plans import plan_of, stale
from mailer.services.post.steps import (
    change_piece,
    piece_called,
    returns_of,
    run_called,
    take_away,
    take_out,
    to_open,
    write_down,
)
from staff.people import Person
from staff.permissions import Permission
from subscribers.addressee import SuspendedBecause
from subscribers.postal import resume_addressee, suspend_addressee
from subscribers.repository import may_be_posted
from wording import _
from wording.errors import ConflictError


@retried
def withdraw(office: Office, person: Person, run_id: int, number: int) -> None:
    """A printed piece was taken out and destroyed. An addressee who may still be written to waits for the next run.

    Raises NotAllowedError, NotFoundError, ConflictError.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        take_away(session, run_called(session, run_id), number, person, office.clock())


@retried
def returned(office: Office, person: Person, run_id: int, number: int, because: SuspendedBecause) -> None:
    """An envelope came back: nothing more is printed for this addressee from now on.

    Raises NotAllowedError, NotFoundError, ConflictError.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        run, piece = run_called(session, run_id), piece_called(session, run_id, number)
        change_piece(session, run, piece, PieceEvent.RETURN, because)
        if piece.reader in may_be_posted(session, [piece.reader]):
            suspend_addressee(session, piece.reader, because, office.today())
            piece.has_stopped = True
        write_down(session, run, "returned", person, Event.EDIT, number=number)


@retried
def undo_return(office: Office, person: Person, run_id: int, number: int) -> None:
    """It did not come back after all: said by mistake, and taken back on the same day.

    The post of the addressee goes on where this return is why it stopped. Raises NotAllowedError, NotFoundError once
    everything of the addressee was erased, ConflictError.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        run, piece = run_called(session, run_id), piece_called(session, run_id, number)
        told = [step for step in returns_of(session, office) if (step.run_id, step.number) == (run_id, number)]
        if piece.state == PieceState.RETURNED and not told:
            raise ConflictError(
                _("Stuk {number} is niet vandaag gemeld; dat kan hier niet meer ongedaan worden.", number=number)
            )
        change_piece(session, run, piece, PieceEvent.RESTORE)
        if piece.has_stopped:
            resume_addressee(session, piece.reader)
            piece.has_stopped = False
        write_down(session, run, "undone", person, Event.EDIT, number=number)


def reprint(office: Office, person: Person, run_id: int, number: int, *, skip: int = 0) -> list[PrintFile]:
    """One piece of a run once more, with its own number: the sheet was creased, the label stuck askew.

    `skip` labels of the sheet that is laid into the printer now are used already. Raises NotAllowedError,
    NotFoundError, ConflictError.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        run, piece = to_open(session, run_id), piece_called(session, run_id, number)
        if run.state not in (RunState.PREPARED, RunState.PRINTED) or piece.state != PieceState.IN_RUN:
            raise ConflictError(_("Stuk {number} hoort niet (meer) bij wat nog op de post gaat.", number=number))
        if number in stale(session, run):
            raise ConflictError(take_out([number]))
        plan = plan_of(session, office.house, run, only=number)
        write_down(session, run, "reprinted", person, Event.PRINT, number=number)
    options = replace(plan.options, skip=skip, merged=False, shop=False)
    return list(run_files(replace(plan, options=options), office.house, office.typeset))
