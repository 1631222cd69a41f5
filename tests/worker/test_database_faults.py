"""A PostgreSQL that hangs up, locks, deadlocks or may not be written to, under real workers (security.md F10).

Whatever happens to the database, no commit is lost and nobody gets two; what was accepted while its commit was lost is
uncertain, never sent again by itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg
import pytest

from database.migrations import upgrade
from database.session import Store
from mailer.carriers.carrier import Accepted, Answer
from mailer.carriers.carrier import Desk as CarrierDesk
from mailer.ledger.states import DeliveryState
from mailer.services import sending
from tests.fault_server import FaultServer, Plan, fault_server
from tests.mailings import Only, Recorded, desk, open_mailing, states
from tests.servers import Server, postgres_server, valkey_server
from tests.worker.test_broker import settled, wait_for, worker
from tests.worker_process import Sender

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
        wait_for(lambda: settled(self.store, self.mailing_id), 40)
        assert len(self.server.received) == len(set(self.server.received))
        accepted = [to for to, state in states(self.store, self.mailing_id).items() if state == DeliveryState.ACCEPTED]
        assert set(accepted) <= set(self.server.received)


@pytest.fixture
def going() -> Iterator[Going]:
    with ExitStack() as stack:
        database, broker = stack.enter_context(postgres_server()), stack.enter_context(valkey_server())
        server, port = stack.enter_context(fault_server(Plan(delay=0.01)))
        store = Store(database.url)
        stack.callback(store.close)
        upgrade(store)
        mailing_id = open_mailing(store, READERS)
        stack.enter_context(worker(Sender(database.url, port, broker.url, lease=5)))
        yield Going(database, store, server, mailing_id)


def hang_up(connection: psycopg.Connection) -> None:
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


def test_connections_that_are_hung_up_again_and_again_lose_nobody(going: Going) -> None:
    with going.administrator() as connection:
        for enough in range(50, 350, 50):
            going.arrived(enough)
            hang_up(connection)
    going.ends_well()


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

        sending.deliver_now(desk(store), Only(Recorded(hand_over)), mailing_id)
        assert set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}
        with psycopg.connect(database.url) as looking:
            found = looking.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'").fetchone()
        assert found == (1,)


def meanwhile_locked(other: psycopg.Connection, keys: list[int], turn: Callable[[], object]) -> set[int]:
    first, second = keys
    other.execute("SELECT 1 FROM delivery WHERE id = %s FOR UPDATE", (second,))
    result: list[object] = []
    ours = threading.Thread(target=lambda: result.append(turn()))
    ours.start()
    time.sleep(0.4)  # we hold the first by now, and wait for the second
    other.execute("SELECT 1 FROM delivery WHERE id = %s FOR UPDATE", (first,))
    other.rollback()
    ours.join()
    return set(result[0])  # type: ignore[call-overload]
