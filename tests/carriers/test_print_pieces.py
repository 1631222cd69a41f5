"""One piece of a print run, on both databases: stopped, taken out, come back, set aside, printed again."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import update

from database.keys import keys_of
from database.sealed import seal
from mailer.artefacts.paper.addresses import AddressError
from mailer.ledger import printing
from mailer.ledger.print_runs import PrintRun
from mailer.services.post import overview, pieces, runs
from mailer.services.post.steps import RunVoidError
from subscribers.addressee import SuspendedBecause
from subscribers.repository import addressees_of
from subscribers.tables import AddresseeRow, CentreRow
from tests.support.desk_people import EDITOR, POSTAL
from tests.support.print_desk import Desk
from wording.errors import ConflictError, NotAllowedError, NotFoundError

ODD_NAMES = ("ꦏꦗ", "\u200b", "Zo" * 100)


@pytest.mark.promise("F19")
def test_someone_released_makes_a_prepared_run_void_and_its_files_empty(desk: Desk) -> None:
    run = desk.prepared()
    desk.release(desk.addressee(run, 5))
    with pytest.raises(RunVoidError, match="stuk 5"):
        runs.files(desk.work, POSTAL, run)
    with desk.store.reading() as session:
        assert session.get_one(PrintRun, run).state == "void"
        assert all(file.data is None for file in printing.files(session, run))
    again = desk.prepared()
    with desk.store.reading() as session:
        assert len(printing.pieces(session, again)) == 11
    assert desk.states().count("suppressed") == 1


def test_an_address_that_changed_makes_a_prepared_run_void(desk: Desk) -> None:
    run = desk.prepared()
    with desk.store.transaction() as session:
        session.execute(
            update(CentreRow).where(CentreRow.key == "heideoord").values(postal_lines=["Pad 1", "1234 ZZ  X"])
        )
    with pytest.raises(RunVoidError, match="verhuisd"):
        runs.printed(desk.work, POSTAL, run)


def test_someone_released_after_printing_is_taken_out_before_the_post_goes(desk: Desk) -> None:
    run = desk.on_paper()
    desk.release(desk.addressee(run, 3))
    with pytest.raises(ConflictError, match="stuk 3"):
        runs.posted(desk.work, POSTAL, run)
    pieces.withdraw(desk.work, POSTAL, run, 3)
    assert runs.posted(desk.work, POSTAL, run) == 11
    assert desk.states() == ["accepted"] * 11 + ["suppressed"]


def test_a_piece_taken_out_by_mistake_waits_for_the_next_run(desk: Desk) -> None:
    run = desk.on_paper()
    pieces.withdraw(desk.work, POSTAL, run, 2)
    runs.posted(desk.work, POSTAL, run)
    with desk.store.reading() as session:
        assert [piece.number for piece in printing.pieces(session, desk.prepared())] == [1]


def test_what_came_back_stops_the_next_letter(desk: Desk) -> None:
    run = desk.on_paper()
    uid = desk.addressee(run, 4)
    with pytest.raises(ConflictError, match="stuk 4"):
        pieces.returned(desk.work, POSTAL, run, 4, SuspendedBecause.UNKNOWN)
    runs.posted(desk.work, POSTAL, run)
    pieces.returned(desk.work, POSTAL, run, 4, SuspendedBecause.UNKNOWN)
    with desk.store.reading() as session:
        row = session.get_one(AddresseeRow, uid)
        assert (row.state, row.suspended_because, row.suspended_on) == ("suspended", "unknown", desk.work.today())
        assert uid not in {ref.uid for ref in addressees_of(session, "detention")}
    with pytest.raises(ConflictError):
        pieces.returned(desk.work, POSTAL, run, 4, SuspendedBecause.UNKNOWN)


def test_piece_seven_can_be_printed_again_with_its_own_number(desk: Desk) -> None:
    run = desk.on_paper()
    files = pieces.reprint(desk.work, POSTAL, run, 7)
    assert [file.copies for file in files] == [1] * len(files)
    assert {file.name for file in files} >= {"etiketten-L7163.pdf", "paklijst.pdf"}
    desk.release(desk.addressee(run, 7))
    with pytest.raises(ConflictError, match="stuk 7"):
        pieces.reprint(desk.work, POSTAL, run, 7)


def rename(desk: Desk, uid: UUID, name: str) -> None:
    """As an installation of before today may have it: today no list brings such a name in."""
    with desk.store.transaction() as session:
        session.get_one(AddresseeRow, uid).name = seal(keys_of(session), AddresseeRow.name, uid, name)


def test_a_run_never_stops_for_one_piece_which_is_set_aside_with_its_name(desk: Desk) -> None:
    """One name that no font has, one that shows nothing and one without end; mended, the next run takes them."""
    with desk.store.reading() as session:
        odd = {one.uid: name for one, name in zip(addressees_of(session, "detention"), ODD_NAMES, strict=False)}
    for uid, name in odd.items():
        rename(desk, uid, name)
    run = desk.prepared()
    assert {one.name for one in overview.set_aside(desk.work, POSTAL, run)} == set(ODD_NAMES)
    assert all(one.centre for one in overview.set_aside(desk.work, POSTAL, run))
    assert not any(name in repr(overview.set_aside(desk.work, POSTAL, run)) for name in ODD_NAMES[:1])
    assert {piece.because for piece in overview.history(desk.work, POSTAL, run).came_back} == {"unprintable"}
    runs.printed(desk.work, POSTAL, run)
    assert runs.posted(desk.work, POSTAL, run) == 12 - len(ODD_NAMES)
    for number, uid in enumerate(odd):
        rename(desk, uid, f"Sam Voorbeeld {number}")
    mended = desk.prepared()
    assert overview.set_aside(desk.work, POSTAL, mended) == ()
    runs.printed(desk.work, POSTAL, mended)
    assert runs.posted(desk.work, POSTAL, mended) == len(ODD_NAMES)


def test_a_run_without_any_address_is_void_and_says_so(desk: Desk) -> None:
    with desk.store.reading() as session:
        everyone = [one.uid for one in addressees_of(session, "detention")]
    for uid in everyone:
        rename(desk, uid, "\u200b")
    run = desk.order()
    with pytest.raises(AddressError):
        runs.make(desk.work, run)
    with desk.store.reading() as session:
        assert session.get_one(PrintRun, run).state == "void"
    assert runs.ordered(desk.work) == []


def test_only_the_desk_sees_whose_piece_was_set_aside(desk: Desk) -> None:
    run = desk.order()
    with pytest.raises(NotAllowedError):
        overview.set_aside(desk.work, EDITOR, run)
    with pytest.raises(NotFoundError):
        overview.set_aside(desk.work, POSTAL, run + 1)
