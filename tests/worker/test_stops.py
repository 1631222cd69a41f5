"""A worker that is told to stop during a slow send ends its letters: nothing is uncertain (security.md F26)."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import open_mailing, states
from devtools.servers import valkey_server
from devtools.waiting import wait_for
from devtools.worker_process import Sender, sending
from mailer.ledger.states import DeliveryState

pytestmark = pytest.mark.faults

WITHIN = 30
"""Seconds; F26. A relay that answers takes far fewer."""


@pytest.fixture
def store(migrated_file: Path, tmp_path: Path) -> Iterator[Store]:
    """On SQLite only: how a process ends does not depend on the database."""
    opened = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}")
    yield opened
    opened.close()


@pytest.mark.promise("F26")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT, signal.SIGINT], ids=lambda number: number.name)
def test_a_stop_during_a_slow_send_finishes_the_letters_and_leaves_nothing_uncertain(
    store: Store, number: signal.Signals
) -> None:
    """Every process of the worker is told, as a terminal does, and systemd with its default KillMode."""
    mailing_id = open_mailing(store, 600)
    with valkey_server() as broker, fault_server(Plan(delay=0.3)) as (server, port):
        with sending(Sender(store.url, port, broker.url)) as process:
            wait_for(lambda: len(server.received) >= 4)
            time.sleep(0.1)  # in the middle of the wait for an answer
            os.killpg(process.pid, number)
            assert process.wait(WITHIN) == 0
        found = states(store, mailing_id)
        assert set(found.values()) == {DeliveryState.ACCEPTED, DeliveryState.PENDING}
        assert sorted(server.received) == sorted(to for to, state in found.items() if state == "accepted")
