"""A print run from ordered to posted, on both databases: each letter once, however many order or make it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from threading import Barrier

import pytest
from sqlalchemy import select

from database.keys import KeyRing, KeysError
from database.rotation import retire
from database.sealed import seal
from database.session import Store
from devtools.waiting import wait_for
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.pieces import PrintOptions
from mailer.ledger import opening, printing
from mailer.ledger.opening import EditionToFreeze
from mailer.ledger.print_runs import PrintRun
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Attempt, Delivery, Mailing
from mailer.organisation import Channel
from mailer.services.keeping.rotation import reindex
from mailer.services.office import Office, Silence
from mailer.services.post import runs
from mailer.services.post.plans import stale
from subscribers.tables import AddresseeRow
from tests.support.desk_people import DESK_PEOPLE, POSTAL, SLUG
from tests.support.print_desk import Desk
from wording.errors import ConflictError
from worker.running import embedded


def test_a_run_goes_from_ordered_to_posted_and_everyone_is_accounted_for(desk: Desk) -> None:
    run = desk.prepared()
    files = runs.files(desk.work, POSTAL, run)
    assert {file.name for file in files} >= {"etiketten-L7163.pdf", "paklijst.pdf", "uitleg-ar-2x.pdf"}
    assert all(file.data.startswith(b"%PDF") for file in files)
    runs.printed(desk.work, POSTAL, run)
    assert runs.posted(desk.work, POSTAL, run) == 12
    with desk.store.reading() as session:
        assert {row.state for row in session.scalars(select(Delivery))} == {DeliveryState.ACCEPTED}
        assert session.get_one(Mailing, desk.mailing).state == MailingState.DONE
        assert len(session.scalars(select(Attempt)).all()) == 12
        assert [step.step for step in printing.steps(session, run)] == ["ordered", "opened", "printed", "posted"]
        assert {step.person for step in printing.steps(session, run)} == {POSTAL.uid}


def test_a_new_key_for_indexes_voids_no_run_and_the_old_one_may_go(desk: Desk) -> None:
    """Twelve envelopes lie printed. Who moves, or gets no post any more, is found as before."""
    run, keys = desk.on_paper(), desk.work.keys.roots["index"]
    second, third = (b"the second key".ljust(32), b"the third key".ljust(32))

    def by(index: dict[int, bytes]) -> Store:
        return Store(desk.store.url, KeyRing({**desk.work.keys.roots, "index": index}))

    with closing(by({1: keys[1], 2: second})) as store:
        assert looked_over(store, run) == ({"1."}, [])
        assert reindex(store, lambda _rows: None) == 12 + len(DESK_PEOPLE)
        assert reindex(store, lambda _rows: None) == 0
        assert looked_over(store, run) == ({"2."}, [])
        with store.transaction() as session:
            retire(session, "index", 1)
    with closing(by({2: second})) as store:
        moved = desk.addressee(run, 3)
        with store.transaction() as session:
            row = session.get_one(AddresseeRow, moved)
            row.name = seal(desk.work.keys, AddresseeRow.name, moved, "Iemand Anders")
        assert looked_over(store, run) == ({"2."}, [3])
    desk.release(desk.addressee(run, 5))
    with closing(by({2: second, 3: third})) as store:
        assert reindex(store, lambda _rows: None) == 10 + len(DESK_PEOPLE)
        assert looked_over(store, run) == ({"2.", "3."}, [3, 5])
        with store.transaction() as session, pytest.raises(KeysError, match="nog nodig"):
            retire(session, "index", 2)


def looked_over(store: Store, run: int) -> tuple[set[str], list[int]]:
    """By which keys the envelopes of a run have their hash, and which of them must be destroyed."""
    with store.reading() as session:
        keyed = {row.address_index[:2] for row in printing.pieces(session, run)}
        return keyed, stale(session, session.get_one(PrintRun, run))


def test_no_one_is_printed_twice(desk: Desk) -> None:
    desk.order()
    with pytest.raises(ConflictError, match="wacht er geen post"):
        desk.order()


def test_of_two_runs_ordered_at_once_one_has_the_letters(desk: Desk) -> None:
    gate = Barrier(2)

    def order() -> int | None:
        gate.wait()
        try:
            return runs.order(desk.work, POSTAL, SLUG, PrintOptions())
        except ConflictError:
            return None

    with ThreadPoolExecutor(2) as pool:
        made = [one.result() for one in [pool.submit(order) for _two in range(2)]]
    assert made.count(None) == 1
    with desk.store.reading() as session:
        [run] = printing.runs(session)
        assert len(printing.pieces(session, run.id)) == 12


def test_the_explanation_goes_only_with_the_first_issue(desk: Desk) -> None:
    run = desk.on_paper()
    runs.posted(desk.work, POSTAL, run)
    with desk.store.transaction() as session:
        mailing = opening.open_mailing(session, slug="meldpunt-2026-4", publication="meldpunt", content_hash="1" * 64)
        frozen = opening.freeze(session, mailing, EditionToFreeze("detention", "nl", Channel.POST, "Nieuws", pdf=b""))
        opening.add_deliveries(session, mailing, frozen, [desk.addressee(run, 1)])
        assert [one.first for one in printing.waiting(session, mailing.id)] == [False]


def test_a_run_that_broke_off_while_being_made_is_made_again_and_is_the_same(desk: Desk) -> None:
    run = desk.order()

    def broken(_jobs: Sequence[PrintJob]) -> list[bytes]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runs.make(replace(desk.work, typeset=broken), run)
    with desk.store.reading() as session:
        assert printing.files(session, run) == []
    runs.make(desk.work, run)
    first = runs.files(desk.work, POSTAL, run)
    runs.make(desk.work, run)  # a doorbell that rings twice
    assert runs.files(desk.work, POSTAL, run) == first


def test_two_who_make_the_same_run_at_once_keep_one_set_of_files(desk: Desk) -> None:
    """A worker and a person: the second finds it made, and neither hears of a constraint."""
    run = desk.order()
    typeset = desk.work.typeset

    def meanwhile(jobs: Sequence[PrintJob]) -> list[bytes]:
        runs.make(desk.work, run)
        return typeset(jobs)

    runs.make(replace(desk.work, typeset=meanwhile), run)
    assert runs.files(desk.work, POSTAL, run)


def test_the_bell_rings_after_the_run_is_written_down(desk: Desk) -> None:
    seen: list[list[int]] = []

    class Bell(Silence):
        def ring_for_print(self, run_id: int) -> bool:
            seen.append(runs.ordered(desk.work))
            return True

    run = runs.order(replace(desk.work, bell=Bell()), POSTAL, SLUG, PrintOptions())
    assert seen == [[run]]


def test_a_worker_makes_a_run_when_the_doorbell_rings(desk: Desk) -> None:
    run = desk.order()
    with embedded(lambda bell, stopping: Printer(desk.work)) as bell:
        assert bell.ring_for_print(run)
        wait_for(lambda: not runs.ordered(desk.work))
    assert runs.files(desk.work, POSTAL, run)


@dataclass(frozen=True)
class Printer:
    """A worker's office that only prints."""

    work: Office

    def make_print_run(self, run_id: int) -> None:
        runs.make(self.work, run_id)

    def deliver_batch(self, mailing_id: int, batch: int) -> None: ...
    def begin(self, queues: str) -> None: ...

    def sweep(self) -> None: ...
    def mail(self) -> None: ...
    def write(self) -> None: ...
    def close(self) -> None: ...
