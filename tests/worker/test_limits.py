"""Limits are exact: counted from the ledger, over workers, restarts and windows."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import START, Through, address, desk, open_mailing, reader, relay, states
from devtools.waiting import wait_for
from devtools.worker_process import Sender
from devtools.worker_process import sending as worker
from mailer.carriers.carrier import Limit
from mailer.ledger import handover, mailings
from mailer.ledger.handover import Lease
from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import Attempt
from mailer.planning import QuietHours
from mailer.services.sending import delivering
from mailer.services.sending.rules import Bucket, Rules


def most_in_a_window(moments: list[datetime], seconds: float) -> int:
    """The most hand-overs in any closed window of this length."""
    moments = sorted(moments)
    return max(
        sum(1 for moment in moments if start <= moment <= start + timedelta(seconds=seconds)) for start in moments
    )


def handed(store: Store) -> list[datetime]:
    with store.reading() as session:
        return [at for at in session.scalars(select(Attempt.handed_at)) if at is not None]


@pytest.mark.faults
def test_a_limit_holds_in_every_window_over_several_workers_and_a_restart(store: Store) -> None:
    """30 in any 2 seconds; three processes at once, one of them killed and started again."""
    mailing_id = open_mailing(store, 100)
    with fault_server(Plan()) as (server, port):
        sender = Sender(store.url, port, limit=30, limit_seconds=2, lease=2.0)
        with worker(sender), worker(sender):
            with worker(sender):
                wait_for(lambda: len(server.received) >= 35)
            with worker(sender):
                wait_for(lambda: len(server.received) >= 92)
    assert most_in_a_window(handed(store), 2) <= 30
    assert len(server.received) == len(set(server.received))
    arrived = [datetime.fromtimestamp(moment, UTC) for moment in server.times]
    assert most_in_a_window(arrived, 2) <= 30 + 4 * 4, "at the server, at most the open connections more"
    assert {"accepted"} <= set(states(store, mailing_id).values())


def test_threads_that_hand_over_at_once_never_pass_the_limit(store: Store) -> None:
    several = [open_mailing(store, 60, slug=f"los-2026-{number}") for number in range(4)]
    with fault_server(Plan()) as (server, port):
        to = Through(relay(port, limits=(Limit(50, 3600),)))
        threads = [threading.Thread(target=delivering.deliver_now, args=(desk(store), to, one)) for one in several]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(handed(store)) == len(server.received) == 50
        later = desk(store, clock=lambda: datetime.now(UTC) + timedelta(hours=1, seconds=1))
        delivering.deliver_now(later, to, several[0])
    assert len(server.received) <= 100
    assert len(server.received) > 50


@pytest.mark.parametrize(("most", "seconds", "windows"), [(60, 60, 5), (150, 3600, 2)])
def test_a_limit_per_minute_or_hour_is_used_in_full(plain_store: Store, most: int, seconds: int, windows: int) -> None:
    """By a clock that is moved to the moment at which the rest may go; each time another process has just started."""
    mailing_id = open_mailing(plain_store, most * windows + 20)
    at, end = START, START + timedelta(seconds=seconds * windows)
    with fault_server(Plan()) as (server, port):
        to = Through(relay(port, limits=(Limit(most, seconds),)))
        while at < end:
            done = delivering.deliver_now(desk(plain_store, clock=lambda at=at: at), to, mailing_id)
            assert done.again_at is not None
            assert done.again_at > at
            at = done.again_at
    assert 0.98 * most * windows <= len(server.received) <= most * windows
    assert most_in_a_window(handed(plain_store), seconds) <= most


def test_what_a_limit_stopped_is_told_when_there_is_room_again(store: Store) -> None:
    mailing_id = open_mailing(store, 10)
    with fault_server(Plan()) as (_server, port):
        to = Through(relay(port, limits=(Limit(4, 60),)))
        before = datetime.now(UTC)
        delivered = delivering.deliver_batch(desk(store), to, mailing_id, 1)
    assert sorted(states(store, mailing_id).values()) == ["accepted"] * 4 + ["pending"] * 6
    assert delivered.again_at is not None
    assert timedelta(seconds=59) < delivered.again_at - before < timedelta(seconds=70)


def test_a_window_that_opened_again_while_the_batch_was_settled_lets_the_rest_go_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four a second, and a database that takes longer to write that down: nothing waits for the next sweep."""
    mailing_id, moment = open_mailing(store, 10), [datetime.now(UTC)]
    at_desk, let_go = desk(store, clock=lambda: moment[0]), handover.let_go

    def slowly(session: Session, lease: Lease) -> None:
        let_go(session, lease)
        moment[0] += timedelta(seconds=1.5)

    monkeypatch.setattr(handover, "let_go", slowly)
    with fault_server(Plan()) as (server, port):
        to = Through(relay(port, limits=(Limit(4, 1),)))
        delivered = delivering.deliver_batch(at_desk, to, mailing_id, 1)
        assert len(server.received) == 4
        assert delivered.again_at == moment[0]
        delivering.deliver_now(at_desk, to, mailing_id)
    assert len(server.received) == len(set(server.received)) == 10
    assert most_in_a_window(handed(store), 1) == 4


def test_a_provider_with_a_limit_holds_up_nobody_else(store: Store) -> None:
    """Of forty readers ten are with a provider that takes three an hour: the other thirty get their mail now."""
    mailing_id = open_mailing(store, 40)
    chosen = desk(store)
    with_provider = {reader(number) for number in range(10)}

    class Here:
        def __init__(self, to: str) -> None:
            self.address = to

    def may_receive(_session: object, uids: object, _audience: str, _issue: str) -> dict[object, Here]:
        provider = "grote-provider.example"
        return {u: Here(f"a{u.int}@{provider}" if u in with_provider else address(u)) for u in uids}  # type: ignore[attr-defined]

    bucket = Bucket("groot", frozenset({"grote-provider.example"}), (Limit(3, 3600),))
    chosen = type(chosen)(store, may_receive, chosen.letters, Rules(buckets=(bucket,)))  # type: ignore[arg-type]
    with fault_server(Plan()) as (server, port):
        delivering.deliver_now(chosen, Through(relay(port)), mailing_id)
        delivering.deliver_now(chosen, Through(relay(port)), mailing_id)
        assert len([to for to in server.received if to.endswith("@grote-provider.example")]) == 3
        assert len(server.received) == 33
    waiting = [state for state in states(store, mailing_id).values() if state is DeliveryState.PENDING]
    assert len(waiting) == 7


def test_a_run_of_refusals_for_policy_pauses_the_mailing_and_marks_no_reader(store: Store) -> None:
    mailing_id = open_mailing(store, 40)
    with fault_server(Plan({"dot": {"5.7.1": 1.0}})) as (_server, port):
        delivering.deliver_now(desk(store), Through(relay(port)), mailing_id)
    found = sorted(states(store, mailing_id).values())
    assert set(found) == {DeliveryState.DEFERRED, DeliveryState.PENDING}
    assert found.count(DeliveryState.DEFERRED) <= 12
    assert paused(store, mailing_id) == "proef: dot: 554 5.7.1 blocked by policy"


def paused(store: Store, mailing_id: int) -> str:
    with store.reading() as session:
        mailing = mailings.mailing_of(session, mailing_id)
    assert mailing.state == "paused"
    return mailing.reason


def test_nothing_is_handed_over_in_quiet_hours(store: Store) -> None:
    mailing_id = open_mailing(store, 5)
    night = QuietHours(datetime.min.time(), datetime.max.time())
    with fault_server(Plan()) as (server, port):
        delivered = delivering.deliver_batch(desk(store, rules=Rules(quiet=night)), Through(relay(port)), mailing_id, 1)
    assert server.received == []
    assert delivered.again_at is not None
