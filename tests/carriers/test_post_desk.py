"""What the postal desk asks and sees, on both databases: the price, the list, and who may do what."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from database.audit import AuditRow, verify
from devtools.print_editions import DAY
from mailer.artefacts.paper.pieces import LETTERS, PrintOptions
from mailer.ledger import printing
from mailer.services.post import overview, pieces, runs
from tests.support.desk_people import EDITOR, POSTAL, SLUG
from tests.support.print_desk import Desk
from wording.errors import ConflictError, NotAllowedError, NotFoundError


def test_the_desk_sees_what_it_costs_before_anything_is_made(desk: Desk) -> None:
    labels = runs.quote(desk.work, POSTAL, SLUG, PrintOptions(), DAY)
    letters = runs.quote(desk.work, POSTAL, SLUG, PrintOptions(addressing=LETTERS), DAY)
    assert labels.pieces == letters.pieces == 12
    assert labels.cost
    assert letters.cost
    assert labels.cost < letters.cost
    assert all(line.first for line in labels.lines)
    with desk.store.reading() as session:
        assert printing.runs(session) == []


@pytest.mark.promise("P6")
def test_only_the_postal_desk_prints_and_every_step_is_in_the_audit_trail(desk: Desk) -> None:
    run = desk.on_paper()
    for forbidden in (
        lambda: runs.quote(desk.work, EDITOR, SLUG, PrintOptions(), DAY),
        lambda: runs.order(desk.work, EDITOR, SLUG, PrintOptions()),
        lambda: runs.files(desk.work, EDITOR, run),
        lambda: pieces.reprint(desk.work, EDITOR, run, 1),
    ):
        with pytest.raises(NotAllowedError, match="postkamer"):
            forbidden()
    runs.files(desk.work, POSTAL, run)
    with desk.store.reading() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.seq)).all()
        assert [row.event for row in rows][-3:] == ["print", "print", "export"]
        assert verify(session).broken_at is None


def test_a_step_that_was_written_down_cannot_be_changed(desk: Desk) -> None:
    desk.order()
    with pytest.raises(Exception, match="append-only"), desk.store.transaction() as session:
        session.execute(text("UPDATE print_step SET step = 'nothing'"))


@pytest.mark.parametrize("number", [0, -1, 99, 2**31, 10**30])
def test_a_number_of_no_run_is_not_found(desk: Desk, number: int) -> None:
    """Also one that no column could hold."""
    for look in (runs.files, runs.printed, runs.posted, overview.history):
        with pytest.raises(NotFoundError, match="geen printopdracht"):
            look(desk.work, POSTAL, number)


def test_an_issue_without_post_is_told_from_one_that_is_not_there(desk: Desk) -> None:
    for slug, error in (("los-2026-24", ConflictError), ("los-1999-1", NotFoundError)):
        for ask in (runs.quote, runs.order):
            with pytest.raises(error, match=slug):
                ask(desk.work, POSTAL, slug, PrintOptions())


def test_the_list_and_the_history_name_the_issue_the_state_and_who_did_it(desk: Desk) -> None:
    run = desk.on_paper()
    [listed] = overview.runs(desk.work, POSTAL)
    assert (listed.run, listed.issue, listed.state, listed.pieces) == (run, SLUG, "printed", 12)
    found = overview.history(desk.work, POSTAL, run)
    assert found.listed == listed
    assert [step.step for step in found.steps] == ["ordered", "printed"]


def test_a_run_that_is_not_there_is_said_in_words(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="geen printopdracht 99"):
        runs.files(desk.work, POSTAL, 99)
    run = desk.prepared()
    with pytest.raises(NotFoundError, match="geen stuk 99"):
        pieces.reprint(desk.work, POSTAL, run, 99)
    with pytest.raises(ConflictError, match="kan nu niet"):
        runs.posted(desk.work, POSTAL, run)
