"""A sender is killed at every named point, in a process of its own; nobody is lost and nobody gets it twice."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import update

from database.session import Store
from devtools.fault_server import FaultServer, Plan, fault_server
from devtools.mailings import deliveries, open_mailing, states
from devtools.waiting import wait_for
from devtools.worker_process import Sender, sending
from mailer.ledger import control
from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import Mailing
from mailer.services.sending import orders
from mailer.services.sending.letters import delivery_mark, public_mark
from mailer.services.sending.rules import FAILPOINTS
from tests.support.desk_people import EDITOR
from tests.support.office import office_of

pytestmark = pytest.mark.faults

READERS = 6


@dataclass(frozen=True)
class Promise:
    """After the kill and the sweep: how many are uncertain, and how many of all the server had by then."""

    uncertain: int
    received: int


PROMISES = {
    # One connection and no pipelining; the kill comes at the second time the point is reached.
    "after_claim": Promise(uncertain=0, received=0),
    "before_intent": Promise(uncertain=0, received=1),
    "after_intent": Promise(uncertain=1, received=1),
    "after_answer": Promise(uncertain=1, received=2),
    "after_outcome": Promise(uncertain=0, received=2),
}


def test_every_failpoint_of_the_code_is_tried_here() -> None:
    assert tuple(PROMISES) == FAILPOINTS


@pytest.mark.promise("P2", "F1", "F2", "F3", "F4", "F5")
@pytest.mark.parametrize("failpoint", PROMISES)
def test_a_kill_at_a_failpoint_loses_nobody_and_doubles_nobody(store: Store, failpoint: str) -> None:
    promise = PROMISES[failpoint]
    mailing_id = open_mailing(store, READERS)
    time_of_kill = 1 if failpoint == "after_claim" else 2
    with fault_server(Plan(pipelining=False)) as (server, port):
        sender = Sender(store.url, port, connections=1, lease=1.0, failpoint=f"{failpoint}:SIGKILL:{time_of_kill}")
        with sending(sender) as process:
            assert process.wait(20) == -signal.SIGKILL
        assert len(server.received) == promise.received
        finish(replace(sender, failpoint=""))
        found = states(store, mailing_id)
        doubtful = [to for to, state in found.items() if state is DeliveryState.UNCERTAIN]
        assert len(doubtful) == promise.uncertain
        assert {state for to, state in found.items() if to not in doubtful} == {DeliveryState.ACCEPTED}
        assert len(server.received) == len(set(server.received))
        assert set(found) - set(doubtful) <= set(server.received)
        settle_as_a_person_would(store, mailing_id, server, sender)
    assert set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}
    assert sorted(server.received) == sorted(found)


def finish(sender: Sender) -> None:
    """Another worker sweeps and delivers whatever may be delivered."""
    with sending(sender) as process:
        assert process.wait(20) == 0


def settle_as_a_person_would(store: Store, mailing_id: int, server: FaultServer, sender: Sender) -> None:
    """Look in the log of the relay, and order accordingly; what is sent again bears the same Message-ID."""
    for doubt in doubts_of(store, mailing_id):
        (delivery,) = [d for d in deliveries(store, mailing_id) if d.id == doubt.delivery]
        address = f"lezer{delivery.reader.int - 1}@lezers.example"
        arrived = address in server.received
        orders.resolve(office_of(store), EDITOR, mailing_id, arrived=arrived, only=[doubt.delivery])
    if any(state is DeliveryState.PENDING for state in states(store, mailing_id).values()):
        finish(replace(sender, failpoint=""))


def doubts_of(store: Store, mailing_id: int) -> list[control.Doubt]:
    with store.reading() as session:
        return control.doubts(session, mailing_id)


@pytest.mark.promise("F3")
@pytest.mark.parametrize("from_before", [False, True])
def test_a_resend_after_a_doubt_bears_the_same_message_id(store: Store, from_before: bool) -> None:
    """So that the relay's log, or the reader's mail program, can tell that it is one message.

    A mailing that was open when Message-ID and bounce address got a mark each keeps the one it had.
    """
    mailing_id = open_mailing(store, 1)
    with store.transaction() as session:
        session.execute(update(Mailing).values(one_mark=from_before))
    with fault_server(Plan({"dot": {"drop_after_commit": 1.0}}, only_first=True)) as (server, port):
        finish(Sender(store.url, port))
        assert set(states(store, mailing_id).values()) == {DeliveryState.UNCERTAIN}
        assert orders.resolve(office_of(store), EDITOR, mailing_id, arrived=False) == 1
        finish(Sender(store.url, port))
    first, second = ([line for line in m.split(b"\r\n") if line[:10] == b"Message-ID"] for m in server.messages)
    assert first == second
    (delivery,) = deliveries(store, mailing_id)
    mark = (delivery_mark if from_before else public_mark)(b"k" * 32, delivery.id)
    assert first == [f"Message-ID: <{mark}@post.example>".encode()]
    assert set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}


def test_a_process_that_was_stopped_past_its_lease_settles_its_own_doubt_and_sends_nothing_more(store: Store) -> None:
    """SIGSTOP with a message on the wire; the sweep calls it uncertain; SIGCONT brings the answer that was waiting."""
    mailing_id = open_mailing(store, READERS)
    with fault_server(Plan()) as (server, port):
        sender = Sender(store.url, port, connections=1, lease=0.8, failpoint="after_answer:SIGSTOP:1")
        with sending(sender) as process:
            wait_for(lambda: len(server.received) == 1)
            time.sleep(1.0)
            finish(replace(sender, failpoint=""))
            assert sorted(states(store, mailing_id).values()) == ["accepted"] * (READERS - 1) + ["uncertain"]
            os.kill(process.pid, signal.SIGCONT)
            wait_for(lambda: set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED})
    assert sorted(server.received) == sorted(states(store, mailing_id))
