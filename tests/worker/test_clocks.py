"""Two clocks, a clock that is killed, and a clock that finds yesterday's database (security.md F8, F27)."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, func, make_url, select, text

from database.base import now
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import Through, desk, open_mailing, relay, states
from devtools.servers import Server
from devtools.waiting import wait_for
from devtools.worker_process import Sender, kill_group
from devtools.worker_process import sending as worker
from mailer.ledger import mailings
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Mailing, Slot
from mailer.services.office import Silence
from mailer.services.sending import delivering
from mailer.services.sending.delivering import SWEEP
from tests.worker.test_broker import all_accepted, broker

pytestmark = pytest.mark.faults

__all__ = ["broker"]


def slots(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).where(Slot.job == SWEEP)) or 0


def journal(path: Path) -> Counter[str]:
    """How often a sweep was asked for, and done."""
    return Counter(line.split()[1] for line in path.read_text("utf-8").splitlines())


@pytest.mark.promise("F8")
def test_two_clocks_sweep_once_a_slot_and_one_that_is_left_goes_on(
    store: Store, broker: Server, tmp_path: Path
) -> None:
    """Twice the bells, but one sweep for each half second; at a kill one may be lost, and none is doubled."""
    path = tmp_path / "journal"
    mailing_id = open_mailing(store, 5)
    with fault_server(Plan()) as (server, port):
        sender = Sender(store.url, port, broker.url, journal=str(path))
        with worker(sender) as first, worker(sender) as second:
            wait_for(lambda: all_accepted(store, mailing_id))
            wait_for(lambda: journal(path)["asked"] >= journal(path)["did"] + 6)
            kill_group(first)
            killed_at = slots(store)
            again = open_mailing(store, 5, slug="noo-2026-11")
            wait_for(lambda: all_accepted(store, again))
            wait_for(lambda: slots(store) > killed_at + 2)
            kill_group(second)
        assert slots(store) - 2 <= journal(path)["did"] <= slots(store)
    assert len(server.received) == 10


def backup(store: Store, folder: Path) -> str:
    """The URL of a copy of the database as it is now; nobody else may be connected."""
    store.close()
    if store.is_sqlite:
        return f"sqlite:///{shutil.copy(store.url.removeprefix('sqlite:///'), folder / 'backup.sqlite')}"
    url = make_url(store.url)
    copy = f"{url.database}_backup"
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {copy} TEMPLATE {url.database}"))
    return url.set(database=copy).render_as_string()


def age(store: Store, by: timedelta) -> None:
    """As if it had been made so much earlier."""
    with store.transaction() as session:
        for slot in session.scalars(select(Slot)):
            slot.at, slot.taken_at = slot.at - by, slot.taken_at - by
        for mailing in session.scalars(select(Mailing)):
            if mailing.started_at is not None:
                mailing.started_at -= by


def state_of(store: Store, mailing_id: int) -> MailingState:
    with store.reading() as session:
        return mailings.mailing_of(session, mailing_id).state


@pytest.mark.promise("F27")
def test_yesterdays_database_sends_nothing_again_before_a_person_says_so(
    store: Store, broker: Server, tmp_path: Path
) -> None:
    """The backup was made in the middle of a mailing that went on to the end; then it is all there is."""
    mailing_id = open_mailing(store, 400)
    with fault_server(Plan(delay=0.01)) as (server, port), ExitStack() as stack:
        sender = Sender(store.url, port, broker.url)
        with worker(sender) as process:
            wait_for(lambda: len(server.received) > 20)
            process.terminate()
            assert process.wait(30) == 0
        old = stack.enter_context(closing(Store(backup(store, tmp_path))))
        server.plan.delay = 0
        with worker(sender):
            wait_for(lambda: all_accepted(store, mailing_id))
        assert DeliveryState.PENDING in states(old, mailing_id).values()
        age(old, timedelta(days=1))
        with worker(replace(sender, database=old.url)):
            wait_for(lambda: state_of(old, mailing_id) is not MailingState.SENDING)
            fresh = open_mailing(old, 5, slug="noo-2026-11")
            wait_for(lambda: all_accepted(old, fresh))
        assert state_of(old, mailing_id) is MailingState.PAUSED
    assert Counter(Counter(server.received).values()) == {1: 395, 2: 5}, "five readers of two issues"


def test_a_bell_that_waited_in_the_broker_is_not_answered_before_the_silence_is_asked_about(store: Store) -> None:
    mailing_id = open_mailing(store, 5)
    with fault_server(Plan()) as (server, port):
        before = delivering.SendingOffice(desk(store), Through(relay(port)), Silence())
        before.sweep()
        age(store, timedelta(days=1))
        after = delivering.SendingOffice(desk(store), Through(relay(port)), Silence())
        assert after.deliver_batch(mailing_id, 0).counted.total() == 0
    assert state_of(store, mailing_id) is MailingState.PAUSED
    assert server.received == []


@pytest.mark.promise("F15")
def test_a_clock_that_goes_back_in_the_middle_of_a_mailing_doubles_and_loses_no_one(store: Store) -> None:
    mailing_id = open_mailing(store, 60)
    with fault_server(Plan()) as (server, port):

        def odd() -> datetime:
            return now() - timedelta(days=1) if len(server.received) > 20 else now()

        delivering.deliver_now(desk(store, clock=odd), Through(relay(port)), mailing_id)
        assert len(server.received) > 20, "it went back while letters were on their way"
        delivering.deliver_now(desk(store), Through(relay(port)), mailing_id)  # put right
        assert all_accepted(store, mailing_id)
    assert Counter(Counter(server.received).values()) == {1: 60}
