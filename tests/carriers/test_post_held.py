"""After a copy of the database was put back no paper leaves the house before a person has looked, by any door."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from database.audit import AuditRow
from database.base import now
from mailer.ledger import installation, printing, put_back
from mailer.ledger.print_states import RunState
from mailer.services.held import HeldError
from mailer.services.keeping import holding
from mailer.services.post import overview, pieces, runs
from mailer.services.sending.holding import LOOK_FIRST
from mailer.services.sending.witness import Kept, Witness
from tests.support.desk_people import ADMIN, EDITOR, POSTAL, SLUG
from tests.support.print_desk import Desk
from wording.errors import ConflictError, NotAllowedError

LABELS = "etiketten-L7163.pdf"


def doors(desk: Desk, run: int) -> list[Callable[[], object]]:
    """Every door by which a file of a run is made or opened."""
    return [
        lambda: runs.prepare(desk.work, POSTAL, run),
        lambda: runs.file(desk.work, POSTAL, run, LABELS),
        lambda: runs.files(desk.work, POSTAL, run),
        lambda: pieces.reprint(desk.work, POSTAL, run, 1),
    ]


def kept(desk: Desk, run: int) -> list[str]:
    with desk.store.reading() as session:
        return [one.name for one in printing.files(session, run)]


def test_no_file_is_made_or_opened_while_everything_is_held_back(desk: Desk) -> None:
    run = desk.order()
    with desk.store.transaction() as session:
        installation.hold(session, LOOK_FIRST, now())
    for door in doors(desk, run):
        with pytest.raises(HeldError, match="postduif hold lift"):
            door()
    assert kept(desk, run) == []
    with desk.store.transaction() as session:
        installation.lift(session)
    runs.prepare(desk.work, POSTAL, run)
    assert runs.file(desk.work, POSTAL, run, LABELS).data.startswith(b"%PDF")
    with desk.store.transaction() as session:
        installation.hold(session, LOOK_FIRST, now())
    for door in doors(desk, run):
        with pytest.raises(HeldError):
            door()
    assert [step.step for step in overview.history(desk.work, POSTAL, run).steps] == ["ordered", "opened"]


@pytest.mark.promise("F27")
def test_lifting_the_hold_puts_post_in_doubt_that_waits(desk: Desk, tmp_path: Path) -> None:
    """Whoever lifts knows what a relay took; whether an envelope left only the desk can see."""
    run = desk.prepared()
    with desk.store.transaction() as session:
        installation.hold(session, LOOK_FIRST, now())
    holding.lift(desk.work, ADMIN, Witness(Kept(tmp_path / "witness")), nobody_erased=True)
    for door in doors(desk, run):
        with pytest.raises(ConflictError, match=f"postduif print go-on {SLUG}"):
            door()


def test_post_in_doubt_is_printed_once_the_desk_says_that_it_has_not_left(desk: Desk) -> None:
    run = desk.prepared()
    with pytest.raises(ConflictError, match="geen twijfel"):
        runs.go_on(desk.work, POSTAL, SLUG)
    with desk.store.transaction() as session:
        put_back.doubt_post(session)
    for door in doors(desk, run):
        with pytest.raises(ConflictError, match=f"postduif print go-on {SLUG}"):
            door()
    with pytest.raises(NotAllowedError):
        runs.go_on(desk.work, EDITOR, SLUG)
    with desk.store.transaction() as session:
        installation.hold(session, LOOK_FIRST, now())
    with pytest.raises(HeldError):
        runs.go_on(desk.work, POSTAL, SLUG)
    with desk.store.transaction() as session:
        installation.lift(session)
    runs.go_on(desk.work, POSTAL, SLUG)
    with desk.store.reading() as session:
        last = session.scalars(select(AuditRow).order_by(AuditRow.seq.desc())).first()
        assert last is not None
        assert (last.event, last.detail) == ("print", {"issue": SLUG, "step": "not_left"})
    for door in doors(desk, run):
        door()
    with pytest.raises(ConflictError, match="geen twijfel"):
        runs.go_on(desk.work, POSTAL, SLUG)


def test_post_that_did_leave_is_written_down_without_a_file_being_opened(desk: Desk) -> None:
    run = desk.prepared()
    with desk.store.transaction() as session:
        put_back.doubt_post(session)
    runs.printed(desk.work, POSTAL, run)
    assert runs.posted(desk.work, POSTAL, run) == 12
    assert overview.history(desk.work, POSTAL, run).listed.state == RunState.POSTED
