"""Real Celery workers as processes, on a real Valkey that is flushed, emptied, and away for a while."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
import redis

from database.migrations import upgrade
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import open_mailing, states
from devtools.servers import Server, hung_up_at_once, postgres_server, valkey_server
from devtools.waiting import wait_for
from devtools.worker_process import Sender
from devtools.worker_process import sending as worker
from mailer.ledger import mailings, shunt
from mailer.ledger.states import DeliveryState
from mailer.services.sending import orders
from mailer.services.sending.doorbell import CeleryDoorbell
from tests.support.desk_people import EDITOR
from tests.support.office import office_of
from worker.app import make_app

pytestmark = pytest.mark.faults


@pytest.fixture
def broker() -> Iterator[Server]:
    with valkey_server() as server:
        yield server


def all_accepted(store: Store, mailing_id: int) -> bool:
    return set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}


@pytest.mark.promise("F9")
def test_a_broker_that_forgets_everything_and_goes_away_delays_mail_and_loses_none(
    store: Store, broker: Server
) -> None:
    mailing_id = open_mailing(store, 1500, sending=False)
    bell = CeleryDoorbell(make_app(broker.url))
    with fault_server(Plan(delay=0.01)) as (server, port):
        with worker(Sender(store.url, port, broker.url)):
            orders.start(office_of(store, bell=bell), EDITOR, mailing_id)
            wait_for(lambda: len(server.received) > 20)
            redis.Redis(unix_socket_path=str(broker.ready)).flushall()
            wait_for(lambda: len(server.received) > 300)
            broker.stop(signal.SIGKILL)
            assert not bell.ring(mailing_id, 1), "publishing goes on without the broker"
            time.sleep(1.5)
            broker.start()
            server.plan.delay = 0
            wait_for(lambda: all_accepted(store, mailing_id))
        length = redis.Redis(unix_socket_path=str(broker.ready)).llen("send")
    assert sorted(server.received) == sorted(states(store, mailing_id))
    assert length < 50, "the queue stays bounded"


def test_a_broker_that_is_away_for_longer_than_every_retry_is_waited_for(plain_store: Store, broker: Server) -> None:
    """Celery gives up after a hundred tries, and on a start at once: a worker of ours knocks until somebody opens."""
    conf = make_app(broker.url).conf
    assert (conf.broker_connection_max_retries, conf.broker_connection_retry_on_startup) == (None, True)
    mailing_id = open_mailing(plain_store, 20)
    broker.stop(signal.SIGKILL)
    broker.ready.unlink(missing_ok=True)
    with fault_server(Plan()) as (server, port), ExitStack() as stack:
        with hung_up_at_once(broker.ready) as knocks:
            process = stack.enter_context(worker(Sender(plain_store.url, port, broker.url)))
            wait_for(lambda: len(knocks) > 4)
        assert process.poll() is None
        assert server.received == []
        broker.ready.unlink(missing_ok=True)
        broker.start()
        wait_for(lambda: all_accepted(plain_store, mailing_id))
    assert len(server.received) == len(set(server.received)) == 20


@pytest.mark.promise("F16")
def test_every_bell_ten_times_at_once_out_of_order_and_late_sends_one_mail_each(store: Store, broker: Server) -> None:
    """Ten processes, each told of every batch (security.md F16); a bell of last week; and some for what is over."""
    mailing_id = open_mailing(store, 700)
    cancelled = open_mailing(store, 5, slug="noo-2026-11")
    late = open_mailing(store, 5, slug="noo-2026-10")
    orders.cancel(office_of(store), EDITOR, cancelled)
    orders.pause(office_of(store), EDITOR, late)
    bells = [(mailing_id, batch) for batch in (1, 2)] * 10 + [(cancelled, 1), (late, 1)] * 10
    random.Random(1).shuffle(bells)
    bell = CeleryDoorbell(make_app(broker.url))
    assert all(bell.ring(*one) for one in bells)
    make_a_week_old(broker, bells.index((mailing_id, 2)))
    with fault_server(Plan(delay=0.002)) as (server, port):
        sender = Sender(store.url, port, broker.url, processes=5, connections=1)
        with worker(sender), worker(sender):
            wait_for(lambda: all_accepted(store, mailing_id))
            orders.cancel(office_of(store), EDITOR, late)
            assert bell.ring(late, 1)
            assert bell.ring(mailing_id, 1)
            wait_for(lambda: waiting_bells(broker) == 0)
    assert sorted(server.received) == sorted(states(store, mailing_id))
    for over in (cancelled, late):
        assert set(states(store, over).values()) == {DeliveryState.CANCELLED}


def make_a_week_old(broker: Server, number: int) -> None:
    """Of the bells that wait, let one have been rung a week ago."""
    queue = redis.Redis(unix_socket_path=str(broker.ready))
    message = json.loads(queue.lindex("send", -1 - number) or "")
    expired = datetime.fromisoformat(message["headers"]["expires"]) - timedelta(days=7)
    message["headers"]["expires"] = expired.isoformat()
    queue.lset("send", -1 - number, json.dumps(message))


def waiting_bells(broker: Server) -> int:
    queue = redis.Redis(unix_socket_path=str(broker.ready))
    return int(queue.llen("send")) + int(queue.hlen("unacked"))


@pytest.mark.promise("F24")
def test_a_mailing_that_kills_its_workers_is_set_aside_and_the_others_go_on(store: Store, broker: Server) -> None:
    poison = open_mailing(store, 10, slug="los-2026-24")
    sound = open_mailing(store, 300, slug="noo-2026-11")
    with fault_server(Plan()) as (server, port):
        sender = Sender(store.url, port, broker.url, poison=poison, lease=0.5)
        with worker(sender), worker(sender):
            wait_for(lambda: all_accepted(store, sound))
            wait_for(lambda: aside(store, poison) == [1])
        assert len(server.received) == 300
        with worker(replace(sender, poison=0)):
            orders.retry(office_of(store), EDITOR, poison)
            wait_for(lambda: all_accepted(store, poison))
    assert sorted(server.received) == sorted([*states(store, sound), *states(store, poison)])


def aside(store: Store, mailing_id: int) -> list[int]:
    with store.reading() as session:
        return [batch.number for batch in shunt.shunted(session, mailing_id)]


def _more_than(received: list[str], enough: int) -> bool:
    return len(received) > enough


def test_a_database_that_restarts_under_the_workers_loses_and_doubles_nothing(broker: Server) -> None:
    """What was accepted while it was away is written down when it is back; the rest is at most what was on the wire."""
    with postgres_server() as database, fault_server(Plan(delay=0.01)) as (server, port), ExitStack() as stack:
        store = Store(database.url)
        stack.callback(store.close)
        upgrade(store)
        mailing_id = open_mailing(store, 1500)
        with worker(Sender(database.url, port, broker.url, lease=5)):
            for enough in (100, 500):
                wait_for(partial(_more_than, server.received, enough))
                database.stop()
                time.sleep(0.5)
                database.start()
            server.plan.delay = 0
            wait_for(lambda: settled(store, mailing_id))
    assert len(server.received) == len(set(server.received)) == 1500


def settled(store: Store, mailing_id: int) -> bool:
    try:
        with store.reading() as session:
            account = mailings.accounting(session, mailing_id)
    except Exception:  # the database is on its way back
        return False
    assert account.balances
    uncertain = account.states[DeliveryState.UNCERTAIN]
    return account.states[DeliveryState.ACCEPTED] + uncertain == account.readers and uncertain <= 8
