"""A PostgreSQL that hangs up, locks, deadlocks or may not be written to, under real workers (security.md F10).

Whatever happens to the database, no commit is lost and nobody gets two; what was accepted while its commit was lost is
uncertain, never sent again by itself.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import psycopg
import pytest

from database.base import now
from database.migrations import upgrade
from database.session import Store
from devtools.fault_server import FaultServer, Plan, fault_server
from devtools.mailings import Only, Recorded, Through, desk, open_mailing, relay, states
from devtools.servers import Server, hung_up_at_once, postgres_server, valkey_server
from devtools.waiting import wait_for
from devtools.worker_process import Sender
from devtools.worker_process import sending as worker
from mailer.carriers.carrier import Accepted, Answer
from mailer.carriers.carrier import Desk as CarrierDesk
from mailer.ledger.states import DeliveryState
from mailer.services.office import Silence
from mailer.services.sending import delivering
from tests.worker.test_broker import settled

pytestmark = pytest.mark.faults

READERS = 600


@dataclass
class Going:
    """A mailing on its way through a real worker."""

    database: Server
    store: Store
    server: FaultServer
    mailing_id: int

    @contextmanager
    def administrator(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.database.url, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            yield connection

    def arrived(self, more_than: int) -> None:
        wait_for(lambda: len(self.server.received) > more_than)

    def ends_well(self) -> None:
        self.server.plan.delay = 0
        wait_for(lambda: settled(self.store, self.mailing_id))
        assert len(self.server.received) == len(set(self.server.received))
        accepted = [to for to, state in states(self.store, self.mailing_id).items() if state == DeliveryState.ACCEPTED]
        assert set(accepted) <= set(self.server.received)


@contextmanager
def started(**sender: float) -> Iterator[Going]:
    """A worker that sends a mailing, with servers of its own; `sender` is what it is told beside them."""
    with ExitStack() as stack:
        database, broker = stack.enter_context(postgres_server()), stack.enter_context(valkey_server())
        server, port = stack.enter_context(fault_server(Plan(delay=0.01)))
        store = Store(database.url)
        stack.callback(store.close)
        upgrade(store)
        mailing_id = open_mailing(store, READERS)
        stack.enter_context(worker(Sender(database.url, port, broker.url, **sender)))  # type: ignore[arg-type]
        yield Going(database, store, server, mailing_id)


@pytest.fixture
def going() -> Iterator[Going]:
    with started(lease=5) as begun:
        yield begun


def hang_up(connection: psycopg.Connection) -> None:
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


@pytest.mark.promise("F10")
def test_connections_that_are_hung_up_again_and_again_lose_nobody(going: Going) -> None:
    with going.administrator() as connection:
        for enough in range(50, 350, 50):
            going.arrived(enough)
            hang_up(connection)
    going.ends_well()


@pytest.mark.promise("F10")
def test_a_long_lock_is_waited_for(going: Going) -> None:
    going.arrived(50)
    with going.administrator() as connection, connection.transaction():
        connection.execute("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE")
        time.sleep(3)
        before = len(going.server.received)
        time.sleep(0.5)
        assert len(going.server.received) == before, "no letter leaves without its intent"
    going.ends_well()
    assert set(states(going.store, going.mailing_id).values()) == {DeliveryState.ACCEPTED}


@pytest.mark.promise("F10")
def test_a_database_that_may_only_be_read_for_a_while_stops_mail_and_loses_nobody(going: Going) -> None:
    """As when the primary failed and the standby was not promoted yet."""
    going.arrived(50)
    with going.administrator() as connection:
        read_only(connection, "on")
        time.sleep(1)
        before = len(going.server.received)
        time.sleep(2)
        assert len(going.server.received) == before
        read_only(connection, "off")
    going.ends_well()


def read_only(connection: psycopg.Connection, value: str) -> None:
    connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
    connection.execute("SELECT pg_reload_conf()")
    hang_up(connection)


@pytest.mark.promise("F10")
def test_the_victim_of_a_deadlock_writes_its_round_again() -> None:
    """Somebody else holds the second of two deliveries and wants the first; the server ends our transaction."""
    with postgres_server() as database, ExitStack() as stack:
        store = Store(database.url)
        stack.callback(store.close)
        upgrade(store)
        mailing_id = open_mailing(store, 2)
        other = stack.enter_context(psycopg.connect(database.url))
        other.execute("SET deadlock_timeout = '60s'")  # so that we are the first to look, and the victim

        def hand_over(carrier_desk: CarrierDesk) -> None:
            keys = [letter.key for letter in iter(carrier_desk.next_letter, None)]
            allowed = meanwhile_locked(other, keys, lambda: carrier_desk.turn([], keys))
            assert set(allowed) == set(keys)
            carrier_desk.turn([(key, Accepted(Answer("dot", 250))) for key in keys], [])

        delivering.deliver_now(desk(store), Only(Recorded(hand_over)), mailing_id)
        assert set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}
        with psycopg.connect(database.url) as looking:
            found = looking.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'").fetchone()
        assert found is not None
        assert found[0] >= 1, "two, when we were quicker with the next try than the other with what we let go"


def meanwhile_locked(other: psycopg.Connection, keys: list[int], turn: Callable[[], Collection[int]]) -> set[int]:
    first, second = keys
    other.execute("SELECT 1 FROM delivery WHERE id = %s FOR UPDATE", (second,))
    result: list[Collection[int]] = []
    ours = threading.Thread(target=lambda: result.append(turn()))
    ours.start()
    time.sleep(0.4)  # we hold the first by now, and wait for the second
    other.execute("SELECT 1 FROM delivery WHERE id = %s FOR UPDATE", (first,))
    other.rollback()
    ours.join()
    return set(result[0])


def test_a_database_that_is_away_for_longer_than_a_worker_waits_is_not_stormed_and_loses_nobody() -> None:
    with started(lease=4, database_away=1) as going:
        database, server = going.database, going.server
        going.arrived(50)
        database.stop()
        with hung_up_at_once(database.ready) as attempts:
            time.sleep(4)
            before = len(server.received)
            seconds = [int(attempt - attempts[0]) for attempt in attempts]
        assert before < READERS
        database.start()
        going.ends_well()
    assert len(server.received) == READERS
    assert len(set(seconds)) >= 3, "it tries again"
    assert max(Counter(seconds).values()) <= 20, "in any second"


@pytest.mark.promise("F10")
def test_a_mail_whose_outcome_was_lost_with_the_database_is_uncertain_and_never_sent_again_by_itself() -> None:
    with postgres_server() as database, fault_server(Plan(pipelining=False)) as (server, port), ExitStack() as stack:
        store = Store(database.url)
        stack.callback(store.close)
        upgrade(store)
        mailing_id = open_mailing(store, 6)
        sender = Sender(database.url, port, connections=1, lease=1, database_away=0.3)
        with worker(replace(sender, failpoint="after_answer:SIGSTOP:1")) as process:
            os.waitid(os.P_PID, process.pid, os.WSTOPPED)  # the relay said yes, and nothing of it is written down
            assert len(server.received) == 1
            database.stop(signal.SIGQUIT)  # at once, as in a crash
            process.send_signal(signal.SIGCONT)
            assert process.wait(20) != 0
        database.start()
        with worker(sender) as process:
            assert process.wait(20) == 0
        found = states(store, mailing_id)
        assert {to for to, state in found.items() if state is DeliveryState.UNCERTAIN} == {server.received[0]}
        assert list(found.values()).count(DeliveryState.ACCEPTED) == 5
        assert delivering.sweep(store, Silence(), now() + timedelta(days=4)) == delivering.Swept(0, 0, 0)
        delivering.deliver_now(desk(store, clock=lambda: now() + timedelta(days=4)), Through(relay(port)), mailing_id)
        assert sorted(server.received) == sorted(found)
