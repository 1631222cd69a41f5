"""The ledger's queries, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from database.session import Store
from devtools.mailings import START, attempts, deliveries, open_mailing, reader
from mailer.ledger import archive, control, handover, mailings, opening
from mailer.ledger.handover import Claimed, Ending, Lease
from mailer.ledger.slots import take_slot
from mailer.ledger.states import DeliveryEvent, DeliveryState, MailingEvent, MailingState, NotPossibleError
from mailer.ledger.tables import BATCH, Attempt, Batch, Delivery, EditionImage
from mailer.organisation import Channel


def claim(store: Store, mailing_id: int, most: int = 10, batch: int = 1) -> tuple[list[Claimed], Lease]:
    lease = Lease.starting(START)
    with store.transaction() as session:
        return handover.claim(session, mailing_id=mailing_id, batch=batch, most=most, lease=lease, at=START), lease


def intend(store: Store, mailing_id: int, ids: list[int], lease: Lease) -> set[int]:
    with store.transaction() as session:
        return handover.intend(session, ids, mailing_id=mailing_id, lease=lease, relay="proef", at=START)


def record(store: Store, lease: Lease, *endings: Ending) -> None:
    with store.transaction() as session:
        handover.record(session, endings, lease=lease, relay="proef", at=START)


@pytest.mark.promise("P2")
def test_a_reader_gets_an_issue_once_whatever_mailing_or_edition_asks_again(store: Store) -> None:
    open_mailing(store, 30)
    with store.transaction() as session:
        second = opening.open_mailing(session, slug="los-2026-24", publication="los", content_hash="b")
        arabic = opening.freeze(session, second, opening.EditionToFreeze("legal-aid", "ar", Channel.EMAIL, "x"))
        assert opening.add_deliveries(session, second, arabic, [reader(number) for number in range(40)]) == 10
        assert second.readers == 10


def test_a_reader_may_get_the_same_issue_by_post_too(store: Store) -> None:
    mailing_id = open_mailing(store, 3)
    with store.transaction() as session:
        mailing = mailings.mailing_of(session, mailing_id)
        paper = opening.freeze(
            session, mailing, opening.EditionToFreeze("detention", "nl", Channel.POST, "x", pdf=b"%")
        )
        assert opening.add_deliveries(session, mailing, paper, [reader(0)]) == 1
    assert len(claim(store, mailing_id)[0]) == 3, "a claim for e-mail takes no post"


def test_readers_are_divided_over_batches_of_bounded_size(store: Store) -> None:
    mailing_id = open_mailing(store, BATCH * 2 + 1)
    with store.reading() as session:
        assert session.scalars(select(Batch.number).where(Batch.mailing_id == mailing_id)).all() == [1, 2, 3]
        assert mailings.due_batches(session, mailing_id, START) == [1, 2, 3]
    assert len(claim(store, mailing_id, most=BATCH * 3, batch=1)[0]) == BATCH


@pytest.mark.promise("P1")
def test_a_frozen_edition_keeps_its_images_and_a_hash_of_all_it_shows(store: Store) -> None:
    edition = opening.EditionToFreeze("a", "nl", Channel.EMAIL, "s", html="<p>", text="t", images={"foto.jpg": b"1"})
    changed = opening.EditionToFreeze("a", "nl", Channel.EMAIL, "s", html="<p>", text="t", images={"foto.jpg": b"2"})
    assert edition.content_hash() != changed.content_hash()
    with store.transaction() as session:
        mailing = opening.open_mailing(session, slug="s", publication="p", content_hash="c")
        frozen = opening.freeze(session, mailing, edition)
        assert frozen.content_hash == edition.content_hash()
        assert session.scalars(select(EditionImage.data)).all() == [b"1"]


@pytest.mark.promise("P1")
def test_an_approval_holds_for_exactly_the_content_that_was_approved(store: Store) -> None:
    anna, bas = UUID(int=1), UUID(int=2)
    with store.transaction() as session:
        assert opening.approve(session, slug="s", content_hash="old", person=anna)
        assert opening.approve(session, slug="s", content_hash="new", person=bas)
        assert not opening.approve(session, slug="s", content_hash="new", person=bas)
        assert [one.person for one in opening.approvals(session, slug="s", content_hash="new")] == [bas]


def test_nothing_is_claimed_twice_and_nothing_before_the_mailing_is_being_sent(store: Store) -> None:
    mailing_id = open_mailing(store, 10, sending=False)
    assert claim(store, mailing_id)[0] == []
    with store.transaction() as session:
        mailings.change(session, mailing_id, MailingEvent.START)
    assert len(claim(store, mailing_id, most=6)[0]) == 6
    assert len(claim(store, mailing_id, most=6)[0]) == 4
    assert claim(store, mailing_id)[0] == []


def test_claims_of_many_threads_at_once_share_the_deliveries_without_overlap(store: Store) -> None:
    mailing_id = open_mailing(store, 400)
    taken: list[int] = []

    def work() -> None:
        while got := claim(store, mailing_id, most=25)[0]:
            taken.extend(one.id for one in got)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 400


def test_an_accepted_delivery_has_one_attempt_with_the_words_of_the_server(store: Store) -> None:
    mailing_id = open_mailing(store, 1)
    (one,), lease = claim(store, mailing_id)
    assert intend(store, mailing_id, [one.id], lease) == {one.id}
    ending = Ending(one.id, DeliveryEvent.ACCEPT, "dot", 250, "2.0.0", "Ok: queued as A1", START)
    record(store, lease, ending)
    (delivery,), (attempt,) = deliveries(store, mailing_id), attempts(store)
    assert (delivery.state, delivery.lease, delivery.tries) == (DeliveryState.ACCEPTED, None, 1)
    assert (attempt.code, attempt.enhanced, attempt.words) == (250, "2.0.0", "Ok: queued as A1")
    assert (attempt.handed_at, attempt.relay) == (START, "proef")


def test_whoever_lost_the_lease_may_not_hand_over(store: Store) -> None:
    mailing_id = open_mailing(store, 2)
    (one, two), lease = claim(store, mailing_id)
    with store.transaction() as session:
        assert handover.sweep(session, lease.until + timedelta(seconds=1)) == (2, 0)
    assert intend(store, mailing_id, [one.id, two.id], lease) == set()


@pytest.mark.promise("P2")
def test_whoever_lost_the_lease_to_another_neither_hands_over_nor_settles_what_that_one_does(store: Store) -> None:
    mailing_id = open_mailing(store, 2)
    (one, two), lost = claim(store, mailing_id)
    with store.transaction() as session:
        handover.sweep(session, lost.until + timedelta(seconds=1))
    claimed, lease = claim(store, mailing_id)
    assert [each.id for each in claimed] == [one.id, two.id]
    assert intend(store, mailing_id, [one.id, two.id], lost) == set()
    assert intend(store, mailing_id, [one.id, two.id], lease) == {one.id, two.id}
    record(
        store, lost, Ending(one.id, DeliveryEvent.ACCEPT, "dot", 250), Ending(two.id, DeliveryEvent.DEFER, "rcpt", 450)
    )
    assert {each.state for each in deliveries(store, mailing_id)} == {DeliveryState.HANDING_OVER}
    assert attempts(store) == []


def test_a_pause_or_cancellation_stops_what_is_claimed_before_its_intent(store: Store) -> None:
    mailing_id = open_mailing(store, 2)
    (one, two), lease = claim(store, mailing_id)
    with store.transaction() as session:
        mailings.change(session, mailing_id, MailingEvent.PAUSE)
    assert intend(store, mailing_id, [one.id, two.id], lease) == set()


@pytest.mark.promise("P2")
def test_a_lease_that_is_over_means_uncertain_only_after_the_intent(store: Store) -> None:
    mailing_id = open_mailing(store, 2)
    (one, _two), lease = claim(store, mailing_id)
    intend(store, mailing_id, [one.id], lease)
    with store.transaction() as session:
        assert handover.sweep(session, lease.until) == (0, 0), "a lease holds until its last moment"
        assert handover.sweep(session, lease.until + timedelta(microseconds=1)) == (1, 1)
    assert [d.state for d in deliveries(store, mailing_id)] == [DeliveryState.UNCERTAIN, DeliveryState.PENDING]
    assert [(a.outcome, a.handed_at) for a in attempts(store)] == [("lease_over", START)]


@pytest.mark.parametrize(("event", "state"), [(DeliveryEvent.ACCEPT, "accepted"), (DeliveryEvent.REFUSE, "refused")])
def test_an_answer_that_comes_after_the_sweep_settles_the_doubt(store: Store, event: DeliveryEvent, state: str) -> None:
    mailing_id = open_mailing(store, 1)
    (one,), lease = claim(store, mailing_id)
    intend(store, mailing_id, [one.id], lease)
    with store.transaction() as session:
        handover.sweep(session, lease.until + timedelta(seconds=1))
    record(store, lease, Ending(one.id, event, "dot", 250, handed_at=START))
    assert [d.state for d in deliveries(store, mailing_id)] == [state]


def test_an_answer_of_an_earlier_try_does_not_settle_the_doubt_of_a_later_one(store: Store) -> None:
    mailing_id = open_mailing(store, 1)
    (one,), lease = claim(store, mailing_id)
    intend(store, mailing_id, [one.id], lease)
    with store.transaction() as session:
        handover.sweep(session, lease.until + timedelta(seconds=1))
        session.execute(update(Delivery).values(handed_at=START + timedelta(hours=1)))  # tried again since
    record(store, lease, Ending(one.id, DeliveryEvent.ACCEPT, "dot", 250, handed_at=START))
    assert [d.state for d in deliveries(store, mailing_id)] == [DeliveryState.UNCERTAIN]


def test_a_deferred_delivery_is_not_due_before_its_time(store: Store) -> None:
    mailing_id = open_mailing(store, 1)
    (one,), lease = claim(store, mailing_id)
    later = START + timedelta(minutes=5)
    record(store, lease, Ending(one.id, DeliveryEvent.DEFER, "rcpt", 451, "4.7.1", "greylisted", None, later))
    assert claim(store, mailing_id)[0] == []
    with store.reading() as session:
        assert mailings.due_batches(session, mailing_id, START) == []
        assert mailings.due_batches(session, mailing_id, later) == [1]
    (delivery,) = deliveries(store, mailing_id)
    assert (delivery.first_try_at, delivery.tries) == (START, 1)


def test_attempts_cannot_be_changed_afterwards(store: Store) -> None:
    mailing_id = open_mailing(store, 1)
    (one,), lease = claim(store, mailing_id)
    record(store, lease, Ending(one.id, DeliveryEvent.REFUSE, "rcpt", 550))
    with pytest.raises(DBAPIError, match="append-only"), store.transaction() as session:
        session.execute(text("UPDATE attempt SET code = 250"))
    with store.reading() as session:
        assert session.scalars(select(Attempt.code)).all() == [550]


def test_the_account_balances_in_every_mixture_of_states(store: Store) -> None:
    mailing_id = open_mailing(store, 9)
    got, lease = claim(store, mailing_id, most=7)
    ids = [one.id for one in got]
    intend(store, mailing_id, ids[:4], lease)
    record(
        store,
        lease,
        Ending(ids[0], DeliveryEvent.ACCEPT),
        Ending(ids[1], DeliveryEvent.REFUSE),
        Ending(ids[2], DeliveryEvent.LOSE_ANSWER),
        Ending(ids[4], DeliveryEvent.DEFER, next_at=START),
    )
    with store.transaction() as session:
        handover.suppress(session, [ids[5]], lease)
    with store.reading() as session:
        account = mailings.accounting(session, mailing_id)
    counted = {state: count for state, count in account.states.items() if count}
    assert counted == {
        "accepted": 1,
        "refused": 1,
        "uncertain": 1,
        "handing_over": 1,
        "deferred": 1,
        "suppressed": 1,
        "claimed": 1,
        "pending": 2,
    }
    assert account.balances
    assert (account.waiting, account.settled) == (4, 4)


def test_a_mailing_is_done_when_nothing_is_open_and_not_before(store: Store) -> None:
    mailing_id = open_mailing(store, 2)
    (one, two), lease = claim(store, mailing_id)
    record(store, lease, Ending(one.id, DeliveryEvent.REFUSE))
    with store.transaction() as session:
        assert not mailings.finish_if_done(session, mailing_id, START)
    record(store, lease, Ending(two.id, DeliveryEvent.REFUSE))
    with store.transaction() as session:
        assert mailings.finish_if_done(session, mailing_id, START)
        assert mailings.mailing_of(session, mailing_id).state is MailingState.DONE


def test_a_retry_at_the_moment_of_the_end_leaves_no_mailing_done_with_work_to_do(store: Store) -> None:
    """The one that ends waits for the one that gives it work again, or comes before it."""
    mailing_id = open_mailing(store, 1)
    (one,), lease = claim(store, mailing_id)
    record(store, lease, Ending(one.id, DeliveryEvent.REFUSE))
    begun, ended = threading.Event(), list[bool]()

    def end() -> None:
        with store.transaction() as session:
            begun.set()
            ended.append(mailings.finish_if_done(session, mailing_id, START))

    with store.transaction() as session:
        mailings.change(session, mailing_id, MailingEvent.REOPEN)
        ending = threading.Thread(target=end)
        ending.start()
        if not store.is_sqlite:  # there it begins when we are done
            begun.wait()
        time.sleep(0.2)  # it has looked at what is open, and waits for us
        assert control.retry(session, mailing_id, START, {DeliveryState.REFUSED}) == 1
    ending.join()
    assert ended == [False]
    with store.reading() as session:
        assert mailings.mailing_of(session, mailing_id).state is MailingState.SENDING


def test_a_page_of_the_archive_that_was_altered_is_not_shown(store: Store) -> None:
    leaves = {"nl": {"title": "Nieuws"}, "en": {"title": "News"}}
    with store.transaction() as session:
        archive.show(session, "los-1", "legal-aid", leaves, {"a.png": b"1"})
    with store.transaction() as session:
        assert len(archive.pages(session)) == 2
        assert archive.picture(session, "a.png") == b"1"
        dutch = update(archive.ArchivedPage).where(archive.ArchivedPage.locale == "nl")
        session.execute(dutch.values(leaf={"title": "x"}))
        session.execute(update(archive.ArchivedPicture).values(data=b"2"))
    altered: list[str] = []
    with store.reading() as session:
        assert [page.leaf for page in archive.pages(session, altered=altered.append)] == [{"title": "News"}]
        assert (archive.picture(session, "a.png"), archive.pictures(session)) == (None, {})
    assert altered == ["los-1"]


def test_of_two_who_start_a_mailing_at_once_one_is_told_that_it_has_begun(store: Store) -> None:
    mailing_id = open_mailing(store, 1, sending=False)
    refused: list[NotPossibleError] = []

    def press() -> None:
        try:
            with store.transaction() as session:
                mailings.change(session, mailing_id, MailingEvent.START)
        except NotPossibleError as error:
            refused.append(error)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3


def test_a_cancelled_mailing_leaves_nobody_waiting(store: Store) -> None:
    mailing_id = open_mailing(store, 5)
    got, lease = claim(store, mailing_id, most=2)
    with store.transaction() as session:
        mailings.change(session, mailing_id, MailingEvent.CANCEL)
        assert control.cancel_open(session, mailing_id, START) == 3
        handover.give_back(session, [one.id for one in got], lease)
        assert control.cancel_open(session, mailing_id, START) == 2
    assert {d.state for d in deliveries(store, mailing_id)} == {DeliveryState.CANCELLED}


def test_a_slot_is_taken_once_however_many_clocks_ring(store: Store) -> None:
    half_minute = timedelta(seconds=30)
    taken = []
    for seconds in (0, 1, 29, 30, 31):
        with store.transaction() as session:
            taken.append(take_slot(session, "sweep", half_minute, START + timedelta(seconds=seconds)))
    assert taken == [True, False, False, True, False]


def test_the_claim_and_the_sweep_use_the_index_of_open_deliveries(store: Store) -> None:
    """At a million readers a look at the whole table would cost a second each time."""
    if not store.is_sqlite:
        return
    mailing_id = open_mailing(store, 10)
    with store.reading() as session:
        due = mailings.due_batches_query(mailing_id, START)
        sql = due.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = " ".join(row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {sql}")))
    assert "ix_delivery_open" in plan
    assert "SCAN delivery" not in plan
    assert Delivery.__tablename__ in plan
