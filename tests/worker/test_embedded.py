"""A real Celery worker in this process, on the broker in its memory."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread

import pytest

from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import desk, open_mailing, relay, states
from devtools.servers import hung_up_at_once
from devtools.waiting import wait_for
from devtools.worker_process import OnlySends
from mailer.broker import QUEUES
from mailer.ledger.states import DeliveryState
from mailer.services.sending import orders
from mailer.services.sending.doorbell import DELIVER_BATCH, SWEEP, CeleryDoorbell
from mailer.services.sending.relays import Relays
from tests.support.desk_people import EDITOR
from tests.support.office import office_of
from worker.app import make_app
from worker.running import embedded
from worker.tasks import Office, register


def office(store: Store, carriers: Relays) -> Callable[[CeleryDoorbell, Callable[[], bool]], Office]:
    def open_office(bell: CeleryDoorbell, stopping: Callable[[], bool]) -> Office:
        return OnlySends(desk(store, stopping=stopping), carriers, bell, timedelta(seconds=0.5))

    return open_office


def test_the_embedded_worker_sends_a_mailing_and_stops_cleanly(store: Store) -> None:
    mailing_id = open_mailing(store, 1200, sending=False)
    with fault_server(Plan()) as (server, port):
        carriers = Relays([relay(port)])
        with embedded(office(store, carriers), sweep_seconds=0.5) as bell:
            orders.start(office_of(store, bell=bell), EDITOR, mailing_id)
            wait_for(lambda: set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED})
        carriers.close()
    assert sorted(server.received) == sorted(states(store, mailing_id))


def test_the_sweep_finds_a_mailing_whose_bell_was_never_rung(store: Store) -> None:
    mailing_id = open_mailing(store, 30)
    with fault_server(Plan()) as (server, port):
        carriers = Relays([relay(port)])
        with embedded(office(store, carriers), sweep_seconds=0.5):
            wait_for(lambda: set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED})
        carriers.close()
    assert len(server.received) == 30


def test_a_stop_in_the_middle_leaves_nothing_uncertain_and_the_next_worker_finishes(store: Store) -> None:
    mailing_id = open_mailing(store, 1500, sending=False)
    with fault_server(Plan(delay=0.002)) as (server, port):
        carriers, stopped_at = Relays([relay(port)]), []

        def open_office(bell: CeleryDoorbell, stopping: Callable[[], bool]) -> Office:
            def noted() -> bool:
                if stopping():
                    stopped_at.append(len(server.received))
                return stopping()

            return office(store, carriers)(bell, noted)

        with embedded(open_office, sweep_seconds=0.5) as bell:
            orders.start(office_of(store, bell=bell), EDITOR, mailing_id)
            wait_for(lambda: len(server.received) > 50)
        assert len(server.received) - stopped_at[0] <= 2 * relay(port).connections, "those on the wire, and no more"
        found = states(store, mailing_id)
        assert set(found.values()) == {DeliveryState.ACCEPTED, DeliveryState.PENDING}
        assert sorted(server.received) == sorted(to for to, state in found.items() if state == "accepted")
        server.plan.delay = 0
        with embedded(office(store, carriers), sweep_seconds=0.5):
            wait_for(lambda: set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED})
        carriers.close()
    assert sorted(server.received) == sorted(states(store, mailing_id))


def test_a_broker_that_is_away_is_a_bell_that_does_not_ring_and_no_error() -> None:
    bell = CeleryDoorbell(make_app("redis+socket:///nowhere/valkey.sock"))
    assert not bell.ring(1, 1)


def test_a_broker_that_hangs_up_is_tried_twice_and_no_more(tmp_path: Path) -> None:
    with hung_up_at_once(tmp_path / "valkey.sock") as attempts:
        assert not CeleryDoorbell(make_app(f"redis+socket://{tmp_path}/valkey.sock")).ring(1, 1)
    assert len(attempts) == 2


@dataclass
class Bomb:
    """Makes a file as soon as somebody unpickles it."""

    path: Path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.mark.promise("row 23")
def test_a_message_that_would_run_code_is_thrown_away_and_the_next_bell_is_heard(store: Store, tmp_path: Path) -> None:
    armed = pickle.dumps(Bomb(tmp_path / "burst"))
    pickle.loads(armed)  # noqa: S301 - our own bomb
    (tmp_path / "burst").unlink()  # a bomb it is
    mailing_id = open_mailing(store, 3, sending=False)
    with fault_server(Plan()) as (server, port):
        carriers = Relays([relay(port)])
        with embedded(office(store, carriers), sweep_seconds=600) as bell:
            with bell._app.connection_for_write() as connection:
                for kind in ("application/x-python-serialize", "application/x-yaml", "application/json"):
                    connection.Producer().publish(
                        armed,
                        routing_key="send",
                        content_type=kind,
                        content_encoding="binary",
                        headers={"task": DELIVER_BATCH, "id": kind},
                    )
            orders.start(office_of(store, bell=bell), EDITOR, mailing_id)
            wait_for(lambda: set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED})
        carriers.close()
    assert len(server.received) == 3
    assert not (tmp_path / "burst").exists()


@pytest.mark.promise("row 23")
@pytest.mark.parametrize("broker", ["memory://", "redis+socket:///x"])
def test_messages_are_json_and_acknowledged_late(broker: str) -> None:
    app = make_app(broker)
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert not app.conf.task_always_eager
    assert {queue.name for queue in app.conf.task_queues} == set(QUEUES)


def test_threads_that_get_their_first_task_at_once_share_one_office() -> None:
    """Of two the first would never be closed: its connections stay open, and its heart beats on."""
    opened: list[Opened] = []
    gate = Barrier(2)

    class Opened:
        closed = False

        def sweep(self) -> None: ...

        def close(self) -> None:
            self.closed = True

    def open_office() -> Opened:
        opened.append(Opened())
        with suppress(BrokenBarrierError):
            gate.wait(0.3)  # as long as a second one may come, which it must not
        return opened[-1]

    app = make_app("memory://")
    close = register(app, open_office, lambda: None)  # type: ignore[arg-type]
    threads = [Thread(target=app.tasks[SWEEP]) for _two in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close()
    assert [one.closed for one in opened] == [True]
