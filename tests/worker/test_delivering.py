"""From a claim to an answer: the use cases of sending with a real SMTP conversation, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from threading import Event
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from database.base import now
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import (
    HASTY,
    Only,
    Readers,
    Recorded,
    Someone,
    Through,
    attempts,
    deliveries,
    desk,
    letters,
    open_mailing,
    reader,
    relay,
    states,
)
from mailer.carriers.carrier import Accepted, Answer
from mailer.carriers.carrier import Desk as CarrierDesk
from mailer.ledger import mailings
from mailer.ledger.states import DeliveryEvent, DeliveryState, MailingEvent, MailingState
from mailer.ledger.tables import Delivery
from mailer.services.office import Silence
from mailer.services.sending import delivering, orders
from mailer.services.sending.letters import EditionFacts, Recipient, delivery_mark, public_mark
from mailer.services.sending.rules import Pace
from tests.support.desk_people import EDITOR
from tests.support.office import office_of


def ask_only(carrier_desk: CarrierDesk) -> None:
    carrier_desk.next_letter()


class Bells(Silence):
    """A doorbell that remembers."""

    def __init__(self) -> None:
        self.rung: list[tuple[int, int]] = []

    def ring(self, mailing_id: int, batch: int) -> bool:
        self.rung.append((mailing_id, batch))
        return True


def test_a_mailing_reaches_every_reader_once_and_is_done(store: Store) -> None:
    mailing_id = open_mailing(store, 1100, sending=False)
    bells = Bells()
    assert orders.start(office_of(store, bell=bells), EDITOR, mailing_id) is MailingState.SENDING
    assert bells.rung == [(mailing_id, 1), (mailing_id, 2), (mailing_id, 3)]
    with fault_server(Plan()) as (server, port):
        for _mailing, batch in bells.rung * 2:
            delivering.deliver_batch(desk(store), Through(relay(port)), mailing_id, batch)
    assert sorted(server.received) == sorted(states(store, mailing_id))
    assert set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}
    with store.reading() as session:
        assert mailings.mailing_of(session, mailing_id).state is MailingState.DONE
        assert mailings.accounting(session, mailing_id).balances
    assert len(attempts(store)) == 1100


def test_a_message_carries_an_id_that_nobody_can_guess_and_that_stays_the_same(store: Store) -> None:
    mailing_id = open_mailing(store, 1)
    with fault_server(Plan()) as (server, port):
        delivering.deliver_now(desk(store), Through(relay(port)), mailing_id)
    (delivery,) = deliveries(store, mailing_id)
    mark = public_mark(b"k" * 32, delivery.id)
    assert f"Message-ID: <{mark}@post.example>".encode() in server.messages[0]
    assert mark != public_mark(b"x" * 32, delivery.id)


def test_the_mark_of_the_bounce_address_stands_nowhere_in_the_message(store: Store) -> None:
    """Whoever is forwarded it must not learn where returned mail goes."""
    mailing_id = open_mailing(store, 1)
    with fault_server(Plan()) as (server, port):
        delivering.deliver_now(desk(store), Through(relay(port)), mailing_id)
    (delivery,) = deliveries(store, mailing_id)
    secret = delivery_mark(b"k" * 32, delivery.id).partition(".")[2]
    assert secret.encode() not in server.messages[0]


def test_whoever_left_since_the_mailing_was_opened_gets_nothing(store: Store) -> None:
    mailing_id = open_mailing(store, 20)
    bas = reader(7)  # withdrew consent: must never get anything
    with fault_server(Plan()) as (server, port):
        delivering.deliver_now(desk(store, Readers({bas})), Through(relay(port)), mailing_id)
    assert len(server.received) == 19
    assert "lezer7@lezers.example" not in server.received
    assert states(store, mailing_id)["lezer7@lezers.example"] is DeliveryState.SUPPRESSED


def test_who_may_receive_is_asked_in_the_transaction_of_the_claim(store: Store) -> None:
    mailing_id = open_mailing(store, 3)
    seen: list[DeliveryState] = []

    def may_receive(session: Session, _uids: object, _audience: str, _issue: str) -> dict[UUID, Recipient]:
        seen.extend(session.scalars(select(Delivery.state)))
        return {}

    asking = replace(desk(store), may_receive=may_receive)
    delivering.deliver_now(asking, Only(Recorded(ask_only)), mailing_id)
    assert seen == [DeliveryState.CLAIMED] * 3
    assert set(states(store, mailing_id).values()) == {DeliveryState.SUPPRESSED}


def test_no_transaction_is_open_while_the_carrier_works(store: Store) -> None:
    """Somebody else can write at every moment of a hand-over; SQLite has one writer at a time."""
    mailing_id = open_mailing(store, 2)

    def hand_over(carrier_desk: CarrierDesk) -> None:
        for letter in iter(carrier_desk.next_letter, None):
            assert carrier_desk.turn([], [letter.key]) == {letter.key}
            with store.transaction() as session:
                assert mailings.in_state(session, MailingState.SENDING)
            carrier_desk.turn([(letter.key, Accepted(Answer("dot", 250)))], [])

    delivering.deliver_now(desk(store), Only(Recorded(hand_over)), mailing_id)
    assert set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}


def test_what_was_only_prepared_is_not_sent_after_a_stop_and_waits_again(store: Store) -> None:
    mailing_id = open_mailing(store, 6)
    stopping = Event()

    def hand_over(carrier_desk: CarrierDesk) -> None:
        carrier_desk.prepare(4)
        stopping.set()
        assert carrier_desk.next_letter() is None

    delivering.deliver_now(replace(desk(store), stopping=stopping.is_set), Only(Recorded(hand_over)), mailing_id)
    assert set(states(store, mailing_id).values()) == {DeliveryState.PENDING}


def test_letters_are_prepared_in_the_order_in_which_they_are_asked_for(store: Store) -> None:
    mailing_id = open_mailing(store, 6)
    taken: list[int] = []

    def hand_over(carrier_desk: CarrierDesk) -> None:
        carrier_desk.prepare(4)
        taken.extend(letter.key for letter in iter(carrier_desk.next_letter, None))

    delivering.deliver_now(desk(store), Only(Recorded(hand_over)), mailing_id)
    assert taken == sorted(delivery.id for delivery in deliveries(store, mailing_id))


def test_the_words_of_the_server_are_kept_without_the_address_of_the_reader(store: Store) -> None:
    mailing_id = open_mailing(store, 3)
    with fault_server(Plan({"rcpt": {"5xx": 1.0}})) as (_server, port):
        delivering.deliver_now(desk(store), Through(relay(port)), mailing_id)
    assert {(a.code, a.enhanced, a.stage, a.words) for a in attempts(store)} == {
        (550, "5.1.1", "rcpt", "no such user <…>")
    }


def test_a_deferred_delivery_is_tried_again_when_its_time_has_come(store: Store) -> None:
    mailing_id = open_mailing(store, 4)
    plan = Plan({"rcpt": {"4xx": 1.0}}, only_first=True)
    with fault_server(plan) as (server, port):
        carrier = Through(relay(port))
        delivering.deliver_now(desk(store), carrier, mailing_id)
        assert sorted(states(store, mailing_id).values()) == ["accepted"] * 3 + ["deferred"]
        (waits,) = [d for d in deliveries(store, mailing_id) if d.state == "deferred"]
        assert waits.next_at is not None
        assert waits.first_try_at is not None
        assert timedelta(minutes=4) <= waits.next_at - waits.first_try_at <= timedelta(minutes=6)
        later = desk(store, clock=lambda: waits.next_at)
        delivering.deliver_now(later, carrier, mailing_id)
    assert set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}
    assert len(set(server.received)) == len(server.received) == 4


def test_after_three_days_of_later_it_is_refused(store: Store) -> None:
    mailing_id = open_mailing(store, 1)
    with fault_server(Plan({"mail": {"4xx": 1.0}})) as (_server, port):
        carrier = Through(relay(port))
        delivering.deliver_now(desk(store), carrier, mailing_id)
        (first,) = deliveries(store, mailing_id)
        assert first.first_try_at is not None
        late = first.first_try_at + timedelta(hours=72)
        delivering.deliver_now(desk(store, clock=lambda: late), carrier, mailing_id)
    assert states(store, mailing_id) == {"lezer0@lezers.example": DeliveryState.REFUSED}


def test_a_relay_that_is_away_leaves_everybody_pending_for_a_minute(store: Store) -> None:
    mailing_id = open_mailing(store, 5)
    chosen = desk(store)
    delivering.deliver_now(chosen, Through(relay(1)), mailing_id)
    assert set(states(store, mailing_id).values()) == {DeliveryState.PENDING}
    assert attempts(store) == []
    with store.reading() as session:
        assert mailings.due_batches(session, mailing_id, chosen.clock()) == []
        assert mailings.due_batches(session, mailing_id, chosen.clock() + chosen.rules.rest) == [1]


def test_a_wrong_password_pauses_the_mailing_and_blames_no_reader(store: Store) -> None:
    mailing_id = open_mailing(store, 5)
    with fault_server(Plan(auth="PLAIN")) as (_server, port):
        to = relay(port, user="bode", password="fout")
        delivering.deliver_now(desk(store), Through(to), mailing_id)
    assert set(states(store, mailing_id).values()) == {DeliveryState.PENDING}
    with store.reading() as session:
        mailing = mailings.mailing_of(session, mailing_id)
    assert mailing.state is MailingState.PAUSED
    assert mailing.reason == "proef: auth: 535 wrong password"


def test_a_pause_in_the_middle_stops_before_the_next_dot(store: Store) -> None:
    mailing_id = open_mailing(store, 100)

    def pause(failpoint: str) -> None:
        if failpoint == "after_outcome" and not paused:
            paused.append(True)
            with store.transaction() as session:
                mailings.change(session, mailing_id, MailingEvent.PAUSE)

    paused: list[bool] = []
    with fault_server(Plan()) as (server, port):
        delivering.deliver_now(desk(store, reached=pause), Through(relay(port)), mailing_id)
    found = states(store, mailing_id)
    assert {"pending", "accepted"} == set(found.values())
    assert sorted(server.received) == sorted(to for to, state in found.items() if state == "accepted")
    assert len(server.received) <= 12


@pytest.mark.promise("F26")
def test_a_stop_finishes_what_is_on_the_wire_and_gives_the_rest_back(store: Store) -> None:
    mailing_id = open_mailing(store, 100)
    seen: list[str] = []
    with fault_server(Plan()) as (server, port):
        stopping = desk(store, reached=seen.append, stopping=lambda: seen.count("after_intent") >= 3)
        delivering.deliver_now(stopping, Through(relay(port)), mailing_id)
    found = states(store, mailing_id)
    assert set(found.values()) == {DeliveryState.ACCEPTED, DeliveryState.PENDING}
    assert sorted(server.received) == sorted(to for to, state in found.items() if state == "accepted")


def test_a_sweep_rings_for_what_is_due_and_starts_what_is_scheduled(store: Store) -> None:
    mailing_id = open_mailing(store, 600, sending=False)
    bells, chosen = Bells(), desk(store)
    begin = chosen.clock() + timedelta(hours=2)
    with store.transaction() as session:
        mailings.mailing_of(session, mailing_id).scheduled_at = begin
    assert orders.start(office_of(store, bell=bells), EDITOR, mailing_id) is MailingState.SCHEDULED
    assert delivering.sweep(store, bells, begin - timedelta(seconds=1)).rung == 0
    assert delivering.sweep(store, bells, begin).rung == 2


@pytest.mark.parametrize(("hours", "state"), [(2, MailingState.SENDING), (5, MailingState.PAUSED)])
def test_what_was_planned_while_nothing_ran_begins_a_little_late_or_asks(
    store: Store, hours: int, state: MailingState
) -> None:
    mailing_id = open_mailing(store, 5, sending=False)
    planned = desk(store).clock() + timedelta(hours=1)
    with store.transaction() as session:
        mailings.mailing_of(session, mailing_id).scheduled_at = planned
    orders.start(office_of(store), EDITOR, mailing_id)
    delivering.sweep(store, Bells(), planned + timedelta(hours=hours))
    with store.reading() as session:
        mailing = mailings.mailing_of(session, mailing_id)
    assert mailing.state is state
    assert (f"{planned.astimezone(ZoneInfo('Europe/Amsterdam')):%Y-%m-%d %H:%M}, en" in str(mailing.why)) == (
        state is MailingState.PAUSED
    )


def test_a_pause_and_a_resume_before_the_planned_moment_leave_the_moment_as_it_was(store: Store) -> None:
    mailing_id = open_mailing(store, 5, sending=False)
    bells, planned = Bells(), desk(store).clock() + timedelta(days=1)
    office = office_of(store, bell=bells)
    orders.schedule(office, EDITOR, mailing_id, planned)
    orders.pause(office, EDITOR, mailing_id)
    orders.resume(office, EDITOR, mailing_id)
    assert bells.rung == []
    with store.reading() as session:
        assert mailings.mailing_of(session, mailing_id).state is MailingState.SCHEDULED
    assert delivering.sweep(store, bells, planned - timedelta(seconds=1)).rung == 0
    assert delivering.sweep(store, bells, planned).rung == 1


def test_a_worker_is_there_while_it_sweeps(store: Store) -> None:
    office = delivering.SendingOffice(desk(store), Only(Recorded(ask_only)), Bells())
    assert not delivering.has_worker(store)
    office.sweep()
    assert delivering.has_worker(store)
    assert not delivering.has_worker(store, desk(store).clock() + timedelta(minutes=2))


def test_hasty_rules_bring_everybody_through_a_server_that_often_says_later(store: Store) -> None:
    mailing_id = open_mailing(store, 60)
    plan = Plan({"mail": {"4xx": 0.2}, "rcpt": {"4xx": 0.2, "421": 0.1, "drop": 0.1}, "data": {"4xx": 0.1}}, seed=3)
    with fault_server(plan) as (server, port):
        carrier = Through(relay(port))
        for _round in range(40):
            delivering.deliver_now(desk(store, rules=HASTY), carrier, mailing_id)
    assert set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}
    assert sorted(server.received) == sorted(states(store, mailing_id))


@pytest.mark.parametrize("plan", [Plan(delay=0.02), Plan(delay=0.02, pipelining=False)], ids=["pipelined", "lockstep"])
def test_a_letter_that_cannot_be_made_leaves_alone_what_is_on_the_wire(store: Store, plan: Plan) -> None:
    """Three tries, as the shunt list allows: whoever was being mailed at that moment is not mailed again each time."""
    mailing_id = open_mailing(store, 60)

    def personal(_edition: EditionFacts, recipient: Recipient) -> dict[str, str]:
        if recipient.address == "lezer40@lezers.example":
            raise ValueError("a letter that cannot be made")
        return {}

    poisoned = replace(desk(store, rules=HASTY), letters=replace(letters(), personal=personal))
    with fault_server(plan) as (server, port):
        for _try in range(3):
            with pytest.raises(ValueError, match="cannot be made"):
                delivering.deliver_now(poisoned, Through(relay(port)), mailing_id)
    told = states(store, mailing_id)
    assert set(Counter(server.received).values()) == {1}
    assert set(server.received) == {to for to, state in told.items() if state is DeliveryState.ACCEPTED}
    assert set(told.values()) == {DeliveryState.ACCEPTED, DeliveryState.PENDING}
    assert len(server.received) >= 30


def test_what_went_wrong_with_answers_in_hand_is_uncertain_and_not_sent_again(store: Store) -> None:
    mailing_id = open_mailing(store, 60)
    times = iter(range(60))

    def reached(failpoint: str) -> None:
        if failpoint == "after_answer" and next(times) == 3:
            raise RuntimeError("a fault of our own")

    with fault_server(Plan()) as (server, port):
        with pytest.raises(RuntimeError, match="our own"):
            delivering.deliver_now(desk(store, reached=reached, rules=HASTY), Through(relay(port)), mailing_id)
        delivering.deliver_now(desk(store, rules=HASTY), Through(relay(port)), mailing_id)
    told = states(store, mailing_id)
    assert set(Counter(server.received).values()) == {1}
    assert {to for to, state in told.items() if state is DeliveryState.ACCEPTED} < set(server.received)
    assert 1 <= list(told.values()).count(DeliveryState.UNCERTAIN) <= 4
    assert set(told.values()) == {DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN}


def test_a_batch_begins_at_the_pace_of_the_one_before_it_and_not_of_an_hour_ago(store: Store) -> None:
    """A claim reads the ledger for as many as leave in a moment; finding out how many takes three of them."""
    claims: list[int] = []
    passed = [0.0]

    class Counting(Readers):
        def may_receive(
            self, session: Session, uids: Collection[UUID], audience: str, issue: str
        ) -> dict[UUID, Someone]:
            claims.append(len(uids))
            return super().may_receive(session, uids, audience, issue)

    chosen = desk(store, Counting(), pace=Pace(lambda: passed[0]))

    def first_claim(slug: str) -> int:
        before = len(claims)
        with fault_server(Plan()) as (_server, port):
            delivering.deliver_now(chosen, Through(relay(port)), open_mailing(store, 300, slug=slug))
        return claims[before]

    assert first_claim("los-2026-24") == 64
    chosen.pace.note("relay", 200)
    assert first_claim("los-2026-25") == 300
    passed[0] += 60
    assert first_claim("los-2026-26") == 64


class Commits:
    """Rolls back one transaction of a store instead of committing it, as a database that hangs up does."""

    def __init__(self, store: Store, lost: int) -> None:
        self.seen, self._lost, self._engine = 0, lost, store.engine
        event.listen(self._engine, "commit", self._commit)

    def over(self) -> None:
        event.remove(self._engine, "commit", self._commit)

    def _commit(self, _connection: Connection) -> None:
        self.seen += 1
        if self.seen == self._lost:
            raise OperationalError("COMMIT", {}, Exception("the database hung up"))


@pytest.mark.parametrize("step", [0.02, 0.2])
def test_whichever_commit_is_lost_each_reader_gets_one_mail_and_is_counted_once(store: Store, step: float) -> None:
    """A claim that was rolled back is made again; what it had queued the first time is not sent beside it.

    `step`: seconds that seem to pass between two looks at the clock, so that a claim is held too long and given back.
    """
    seconds = count(0.0, step)
    chosen = desk(store, Readers({reader(1)}), pace=Pace(lambda: next(seconds)))
    later = replace(chosen, clock=lambda: now() + timedelta(hours=1))
    with fault_server(Plan()) as (server, port):
        for lost in count(1):
            server.received.clear()
            mailing_id = open_mailing(store, 20, slug=f"los-{lost}")
            commits = Commits(store, lost)
            told = None
            with suppress(OperationalError):
                told = delivering.deliver_now(chosen, Through(relay(port)), mailing_id).counted
            commits.over()
            if commits.seen < lost:
                break
            delivering.sweep(store, Silence(), later.clock())
            delivering.deliver_now(later, Through(relay(port)), mailing_id)
            assert sorted(server.received) == sorted(set(server.received)), f"commit {lost}"
            assert told in (None, {DeliveryEvent.SUPPRESS: 1, DeliveryEvent.ACCEPT: 19}), f"commit {lost}"
            ended = Counter(states(store, mailing_id).values())
            assert ended == {DeliveryState.ACCEPTED: 19, DeliveryState.SUPPRESSED: 1}, f"commit {lost}"
    assert lost > 4, "a claim, two rounds and the end"
