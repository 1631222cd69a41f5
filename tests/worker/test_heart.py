"""What a dead process had claimed goes on at once, and one that lives keeps what it holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select

from database.base import now
from database.keys import KeyRing
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import open_mailing, states
from devtools.servers import Server
from devtools.waiting import wait_for
from devtools.worker_process import Sender, kill_group, spawn
from devtools.worker_process import sending as worker
from mailer.ledger import handover, heartbeats
from mailer.ledger.handover import Lease
from mailer.ledger.heartbeats import Beat, Who
from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import LeaseRow
from mailer.services.sending import heart
from mailer.services.sending.heart import Heart, Watch, keys_in
from tests.support.standby import read_only
from tests.worker.test_broker import all_accepted, broker

__all__ = ["broker"]

ME = Who(UUID(int=1), "here", "boot pid:[1]", os.getpid(), heart._born(os.getpid()) or 0, "worker", "send", "1")
FAR = replace(ME, uid=UUID(int=2), host="there", place="another boot", pid=7)


class Seconds:
    """A clock that a test turns on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def beat(who: Who, count: int) -> Beat:
    return Beat(who, (), 1, count, now())


def watched(watch: Watch, seconds: Seconds, *counts: int) -> list[bool]:
    """Whether FAR was found dead each time; five seconds lie between two looks."""
    found = []
    for count in counts:
        seconds.now += 5
        found.append(bool(watch.dead([beat(ME, 1), beat(FAR, count)], ME)))
    return found


def test_a_process_elsewhere_is_dead_when_it_does_not_count_on_while_we_watch() -> None:
    seconds = Seconds()
    watch = Watch(seconds)
    assert watched(watch, seconds, 1, 2, 3, 3, 3, 3) == [False] * 5 + [True]
    assert watched(watch, seconds, 4, 4, 4) == [False, False, False], "it counted on after all"
    seconds.now += 3600  # we were stopped, and perhaps it was too
    assert watched(watch, seconds, 4, 4, 4, 4) == [False, False, False, True]
    watch.forget()  # the database was away
    assert watched(watch, seconds, 4, 4, 4, 4) == [False, False, False, True]


def test_on_our_own_machine_the_kernel_says_whether_it_is_there() -> None:
    """Also when its number is another process now; a number in another namespace or of another boot says nothing."""
    watch = Watch(Seconds())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        born = heart._born(child.pid)
        assert born is not None
        living = replace(ME, uid=UUID(int=3), pid=child.pid, born=born)
        stopped, reused, elsewhere = replace(living), replace(living, born=born - 1), replace(living, place="b", born=1)
        os.kill(child.pid, signal.SIGSTOP)
        wait_for(lambda: Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
        assert [watch.dead([beat(one, 1)], ME) != [] for one in (stopped, reused, elsewhere)] == [False, True, False]
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and nobody has asked for it yet
        assert watch.dead([beat(living, 1)], ME)
    assert watch.dead([beat(living, 1)], ME)
    assert not watch.dead([beat(living, 1)], replace(ME, place=""))
    assert not watch.dead([beat(replace(ME, pid=0), 1)], ME), "never oneself"


def test_a_lease_of_the_dead_ends_and_what_was_on_the_wire_is_uncertain(store: Store) -> None:
    mailing_id = open_mailing(store, 4)
    lease, other = (Lease.starting(now(), process=uid) for uid in (FAR.uid, uuid4()))
    with store.transaction() as session:
        heartbeats.beat(session, FAR, ["data.1"], 1, now())
        [first, *_rest] = handover.claim(session, mailing_id=mailing_id, batch=1, most=2, lease=lease, at=now())
        handover.claim(session, mailing_id=mailing_id, batch=1, most=1, lease=other, at=now())
        handover.intend(session, [first.id], mailing_id=mailing_id, lease=lease, relay="proef", at=now())
        [dead] = heartbeats.beats(session)
    with store.transaction() as session:
        heartbeats.beat(session, FAR, ["data.1"], 1, now())
        assert heartbeats.bury(session, dead, now()) == [], "it counted on"
        [dead] = heartbeats.beats(session)
        assert heartbeats.bury(session, dead, now()) == [(mailing_id, 1)]
        assert heartbeats.bury(session, dead, now()) == []
        assert [row.process for row in session.scalars(select(LeaseRow))] == [other.process]
        # should it live: it holds nothing any more
        assert (
            handover.intend(session, [first.id], mailing_id=mailing_id, lease=lease, relay="proef", at=now()) == set()
        )
        heartbeats.beat(session, FAR, ["data.1"], 1, now())
    found = Counter(states(store, mailing_id).values())
    assert found == {DeliveryState.UNCERTAIN: 1, DeliveryState.CLAIMED: 1, DeliveryState.PENDING: 2}


def test_a_heart_says_who_it_is_goes_on_without_a_database_and_leaves(plain_store: Store) -> None:
    ring = KeyRing.generated()
    store = Store(plain_store.url, ring)
    here = Heart(store, lambda _mailing, _batch: None)
    here.begin("send,print,mail,write")
    with read_only(store):
        here.beat()
    with store.reading() as session:
        [found] = heartbeats.beats(session)
    assert (found.who.uid, found.who.pid, found.who.queues, found.keys) == (
        here.process,
        os.getpid(),
        "send,print,mail,write",
        tuple(keys_in(ring)),
    )
    here.stop()
    with store.reading() as session:
        assert heartbeats.beats(session) == []
    store.close()


def test_a_worker_that_is_killed_holds_up_nobody_until_its_lease_ends(store: Store) -> None:
    """Its lease is ten minutes: the next process goes on with what it had claimed, and doubles nobody."""
    mailing_id = open_mailing(store, 40)
    with fault_server(Plan()) as (server, port):
        sender = Sender(store.url, port)
        with worker(replace(sender, failpoint="after_intent:SIGKILL:3")) as first:
            assert first.wait(60) == -signal.SIGKILL
        assert {DeliveryState.CLAIMED, DeliveryState.HANDING_OVER} <= set(states(store, mailing_id).values())
        with worker(sender) as second:
            assert second.wait(60) == 0
    found = states(store, mailing_id)
    assert set(found.values()) == {DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN}
    uncertain = {to for to, state in found.items() if state is DeliveryState.UNCERTAIN}
    assert len(uncertain) <= sender.connections
    assert set(Counter(server.received).values()) == {1}
    assert set(server.received) | uncertain == set(found)


def test_a_fresh_worker_begins_with_what_is_due_and_not_with_the_next_sweep(store: Store, broker: Server) -> None:
    """Somebody else took the slot of this half minute, and the bell that was rung is lost."""
    with fault_server(Plan()) as (server, port):
        sender = Sender(store.url, port, broker.url, sweep=600)
        with worker(sender) as other:
            wait_for(lambda: _hearts(store) == 1)
            other.send_signal(signal.SIGTERM)
            assert other.wait(60) == 0
        assert _hearts(store) == 0, "it left"
        mailing_id = open_mailing(store, 5)
        process = spawn(sender)
        try:
            wait_for(lambda: all_accepted(store, mailing_id))
        finally:
            kill_group(process)
        assert len(server.received) == 5


def _hearts(store: Store) -> int:
    with store.reading() as session:
        return len(heartbeats.beats(session))
