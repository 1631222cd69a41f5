"""The postal desk at work, on both databases: order, print, post, take out, report what came back."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from database.audit import AuditRow, verify
from database.base import now
from database.keys import KeysError, keys_of
from database.sealed import Sealed, seal
from database.session import Store
from devtools.print_editions import DAY, LOCALES, edition, house, photograph
from devtools.waiting import wait_for
from mailer.artefacts.paper.addresses import AddressError
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.pieces import LETTERS, PrintOptions
from mailer.artefacts.paper.tree import print_tree_from
from mailer.ledger import opening, printing
from mailer.ledger.opening import EditionToFreeze
from mailer.ledger.print_runs import PrintRun
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Attempt, Delivery, FrozenEdition, Mailing
from mailer.organisation import Channel
from mailer.services.office import Office, Silence
from mailer.services.post import overview, pieces, runs
from mailer.services.post.steps import RunVoidError
from mailer.typesetting.typesetter import Typesetter
from subscribers.addressee import SuspendedBecause
from subscribers.examples import example_addressees, insert_addressees
from subscribers.postal import suspend_addressee
from subscribers.repository import addressees_of
from subscribers.tables import AddresseeRow, CentreRow
from tests.support.desk_people import EDITOR, POSTAL, SLUG
from tests.support.office import office_of
from wording.errors import ConflictError, NotAllowedError, NotFoundError
from wording.interface import interface
from worker.running import embedded

ODD_NAMES = ("ꦏꦗ", "\u200b", "Zo" * 100)


@pytest.fixture(scope="module")
def pdfs() -> dict[tuple[str, bool], bytes]:
    keys = [(locale, large) for locale in LOCALES for large in (False, True)]
    jobs = [
        PrintJob(
            "newsletter",
            print_tree_from(edition(locale), house(), interface(locale), large=large),
            DAY,
            {"photo.jpg": photograph()},
        )
        for locale, large in keys
    ]
    return dict(zip(keys, Typesetter().pdfs(jobs), strict=True))


@dataclass(frozen=True)
class Desk:
    """A published issue for twelve addressees, and the desk that prints it."""

    store: Store
    work: Office
    mailing: int

    def at(self, moment: datetime) -> Office:
        """The same work at another moment."""
        return replace(self.work, clock=lambda: moment)

    def order(self, **options: object) -> int:
        return runs.order(self.work, POSTAL, SLUG, PrintOptions(**options))  # type: ignore[arg-type]

    def prepared(self) -> int:
        run = self.order()
        runs.make(self.work, run)
        return run

    def on_paper(self) -> int:
        run = self.prepared()
        runs.printed(self.work, POSTAL, run)
        return run

    def addressee(self, run: int, number: int) -> UUID:
        with self.store.reading() as session:
            return next(piece.reader for piece in printing.pieces(session, run) if piece.number == number)

    def release(self, uid: UUID) -> None:
        with self.store.transaction() as session:
            suspend_addressee(session, uid, SuspendedBecause.DEPARTED, DAY)

    def states(self) -> list[str]:
        with self.store.reading() as session:
            return sorted(session.scalars(select(Delivery.state)))


@pytest.fixture
def desk(store: Store, pdfs: dict[tuple[str, bool], bytes]) -> Desk:
    with store.transaction() as session:
        insert_addressees(session, example_addressees(LOCALES, "detention", 12), DAY)
        mailing = opening.open_mailing(session, slug=SLUG, publication="meldpunt", content_hash="0" * 64)
        mailing.state = MailingState.SENDING
        refs = addressees_of(session, "detention")
        for locale in LOCALES:
            pdf, large = pdfs[locale, False], pdfs[locale, True]
            frozen = opening.freeze(
                session,
                mailing,
                EditionToFreeze("detention", locale, Channel.POST, "Nieuws", pdf=pdf, large_pdf=large),
            )
            opening.add_deliveries(session, mailing, frozen, [ref.uid for ref in refs if ref.locale == locale])
    return Desk(store, office_of(store, house=house()), mailing.id)


def test_the_desk_sees_what_it_costs_before_anything_is_made(desk: Desk) -> None:
    labels = runs.quote(desk.work, POSTAL, SLUG, PrintOptions(), DAY)
    letters = runs.quote(desk.work, POSTAL, SLUG, PrintOptions(addressing=LETTERS), DAY)
    assert labels.pieces == letters.pieces == 12
    assert labels.cost < letters.cost
    assert all(line.first for line in labels.lines)
    with desk.store.reading() as session:
        assert printing.runs(session) == []


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


def test_names_are_sealed_in_the_ledger_and_on_disk(desk: Desk) -> None:
    run = desk.prepared()
    with desk.store.reading() as session:
        names = [file for file in printing.files(session, run) if file.personal]
        assert len(names) == 2
        assert all(file.data is not None and b"%PDF" not in file.data.data for file in names)
        tables = ("print_run", "print_piece", "print_step", "audit", "delivery")
        dump = " ".join(repr(session.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)  # noqa: S608
    for name in ("Voorbeeld", "Verzonnen", "Specimen", "Mithal", "Duinrand"):
        assert name not in dump


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


def test_files_are_gone_seven_days_after_posting_and_fourteen_after_ordering(desk: Desk) -> None:
    run, at = desk.on_paper(), now()
    runs.posted(desk.at(at), POSTAL, run)
    assert runs.erase_old_files(desk.at(at + timedelta(days=6, hours=23))) == 0
    assert runs.erase_old_files(desk.at(at + timedelta(days=7))) > 0
    assert runs.erase_old_files(desk.at(at + timedelta(days=30))) == 0
    with pytest.raises(ConflictError, match="geen bestanden"):
        runs.files(desk.work, POSTAL, run)


def test_files_of_a_run_that_was_never_posted_are_gone_after_fourteen_days(desk: Desk) -> None:
    run = desk.prepared()
    assert runs.erase_old_files(desk.at(now() + timedelta(days=13))) == 0
    assert runs.erase_old_files(desk.at(now() + timedelta(days=14))) > 0
    with pytest.raises(ConflictError, match="geen bestanden"):
        runs.files(desk.work, POSTAL, run)


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


@pytest.mark.parametrize("spoiled", ["flipped", "one octet short", "six octets short", "half"])
def test_a_file_that_was_altered_or_cut_in_the_database_is_neither_served_nor_printed(desk: Desk, spoiled: str) -> None:
    """F14: it might still open in a viewer, so only the seal and the hash decide."""

    def spoil(data: bytes) -> bytes:
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        cuts = {"flipped": flipped, "one octet short": data[:-1], "six octets short": data[:-6], "half": data[:middle]}
        return cuts[spoiled]

    run = desk.prepared()
    with desk.store.transaction() as session:
        file = next(file for file in printing.files(session, run) if file.name == "paklijst.pdf")
        assert file.data is not None
        file.data = Sealed(spoil(file.data.data))
    with pytest.raises(KeysError, match="gaat niet open"):
        runs.files(desk.work, POSTAL, run)
    with desk.store.transaction() as session:
        frozen = session.scalars(select(FrozenEdition).where(FrozenEdition.locale == "ar")).one()
        assert frozen.pdf is not None
        frozen.pdf = spoil(frozen.pdf)
    with pytest.raises(ConflictError, match="niet meer wat er is goedgekeurd"):
        pieces.reprint(desk.work, POSTAL, run, 1)


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
    def sweep(self) -> None: ...
    def mail(self) -> None: ...
    def close(self) -> None: ...


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
