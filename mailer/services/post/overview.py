"""The print runs as the postal desk looks at them: which there are, and who did what with one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from database.audit import Event, record
from mailer.ledger import printing
from mailer.ledger.print_runs import PrintRun
from mailer.ledger.print_states import WORDS, PieceState, RunState
from mailer.services.office import Office, deed, look
from mailer.services.post.steps import run_called
from staff.people import Person, people
from staff.permissions import Permission
from subscribers.repository import may_be_posted
from wording import Text


@dataclass(frozen=True)
class ListedRun:
    """A print run on the list. `words` is what the desk calls its state."""

    run: int
    issue: str
    state: RunState
    words: Text
    pieces: int
    ordered_at: datetime


@dataclass(frozen=True)
class Step:
    """Something a person did with a run, or with piece `number` of it."""

    at: datetime
    step: str
    number: int | None
    person: str


@dataclass(frozen=True)
class OddPiece:
    """A piece that came back or was set aside, with the code of why."""

    number: int
    state: str
    because: str


@dataclass(frozen=True)
class History:
    """What became of a run. `reason` says why it is void."""

    listed: ListedRun
    steps: tuple[Step, ...]
    came_back: tuple[OddPiece, ...]
    reason: str


def runs(office: Office, person: Person) -> tuple[ListedRun, ...]:
    """All print runs, the oldest first. Raises NotAllowedError."""
    with look(office, person, Permission.PRINT_RUNS) as session:
        counts = printing.piece_counts(session)
        slugs = printing.slugs(session)
        return tuple(listed_run(run, slugs[run.id], counts.get(run.id, 0)) for run in printing.runs(session))


def history(office: Office, person: Person, run_id: int) -> History:
    """Who did what with a run, and what came back. Raises NotAllowedError, NotFoundError."""
    with look(office, person, Permission.PRINT_RUNS) as session:
        run = run_called(session, run_id)
        pieces = printing.pieces(session, run_id)
        names = {one.uid: one.name for one in people(session)}
        return History(
            listed_run(run, printing.slug_of(session, run), len(pieces)),
            tuple(
                Step(step.at, step.step, step.number, names.get(step.person, str(step.person)))
                for step in printing.steps(session, run_id)
            ),
            tuple(OddPiece(one.number, one.state, one.because) for one in pieces if one.because),
            run.reason,
        )


@dataclass(frozen=True)
class AsidePiece:
    """A piece whose envelope cannot be written; no name once its addressee is no longer there."""

    number: int
    name: str = field(repr=False)
    centre: str


def set_aside(office: Office, person: Person, run_id: int) -> tuple[AsidePiece, ...]:
    """Whose envelope of a run cannot be written: mend the name, and the next run takes it.

    Raises NotAllowedError, NotFoundError.
    """
    with deed(office, person, Permission.PRINT_RUNS) as session:
        run_called(session, run_id)
        pieces = [one for one in printing.pieces(session, run_id) if one.state == PieceState.SET_ASIDE]
        there = may_be_posted(session, [one.reader for one in pieces])
        if pieces:
            record(session, Event.VIEW_LIST, person.uid, detail={"run": run_id, "addressees": len(pieces)})
    return tuple(
        AsidePiece(one.number, there[one.reader].name, there[one.reader].centre.name)
        if one.reader in there
        else AsidePiece(one.number, "", "")
        for one in pieces
    )


def listed_run(run: PrintRun, slug: str, pieces: int) -> ListedRun:
    """A run of an issue as it stands on a list."""
    state = RunState(run.state)
    return ListedRun(run.id, slug, state, WORDS[state], pieces, run.ordered_at)
