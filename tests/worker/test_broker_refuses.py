"""F9: a broker turns bad in the middle of a mailing; publishing goes on, and all is delivered once it is mended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import redis

from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import open_mailing, states
from devtools.servers import Server, valkey_server
from devtools.waiting import wait_for
from devtools.worker_process import Sender
from devtools.worker_process import sending as worker
from mailer.broker import QUEUES
from mailer.ledger.states import MailingState
from mailer.services.sending import orders
from mailer.services.sending.doorbell import CeleryDoorbell
from tests.support.desk_people import EDITOR
from tests.support.office import office_of
from tests.worker.test_broker import all_accepted
from worker.app import make_app

pytestmark = pytest.mark.faults

FAULTS = {
    "wrong password": (["CONFIG SET requirepass geheim", "CLIENT KILL TYPE normal"], ["CONFIG SET requirepass"]),
    "out of memory": (["CONFIG SET maxmemory 1"], ["CONFIG SET maxmemory 0"]),
    "read-only": (["REPLICAOF ::1 1"], ["REPLICAOF NO ONE"]),
}
"""The commands that spoil a broker, and those that mend it."""


@dataclass
class Watched:
    """A broker with the lengths its queues had, looked at all the time."""

    server: Server
    administrator: redis.Redis
    """A connection that is there already when a password is asked for."""
    lengths: list[int] = field(default_factory=list)

    def told(self, commands: list[str]) -> None:
        for command in commands:
            words = command.split()
            empty = [""] if words[-1] == "requirepass" else []
            self.administrator.execute_command(*words, *empty)  # type: ignore[no-untyped-call]

    def look(self) -> None:
        self.lengths.append(max(self.administrator.llen(queue) for queue in QUEUES))


@pytest.fixture
def watched() -> Iterator[Watched]:
    with valkey_server() as server:
        path = str(server.ready)
        with redis.Redis(unix_socket_path=path, single_connection_client=True) as administrator:
            found = Watched(server, administrator)
            with looking(found):
                yield found


@contextmanager
def looking(found: Watched) -> Iterator[None]:
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            found.look()

    looker = threading.Thread(target=look)
    looker.start()
    try:
        yield
    finally:
        over.set()
        looker.join()


@pytest.mark.promise("F9")
@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_broker_that_turns_bad_delays_mail_and_what_is_published_meanwhile_and_loses_none(
    store: Store, watched: Watched, fault: str
) -> None:
    spoil, mend = FAULTS[fault]
    first, second = open_mailing(store, 600), open_mailing(store, 600, slug="noo-2026-11", sending=False)
    bell = CeleryDoorbell(make_app(watched.server.url))
    with fault_server(Plan(delay=0.01)) as (server, port), worker(Sender(store.url, port, watched.server.url)):
        wait_for(lambda: len(server.received) > 20)
        watched.told(spoil)
        assert orders.start(office_of(store, bell=bell), EDITOR, second) is MailingState.SENDING, "publishing goes on"
        assert not bell.ring(second, 1)
        looks = len(watched.lengths)
        server.plan.delay = 0
        wait_for(lambda: len(watched.lengths) > looks + 20)  # for two seconds: four times the clock rings in vain
        watched.told(mend)
        wait_for(lambda: all_accepted(store, first) and all_accepted(store, second))
    assert sorted(server.received) == sorted([*states(store, first), *states(store, second)])
    # each sweep rings for four batches; on a busy machine some sweeps come before the worker has answered the last
    assert max(watched.lengths) < 100, "the queues stay bounded"
