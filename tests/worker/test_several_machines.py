"""Several machines: four senders never double, a broker that fails over in between, pages that keep nothing."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from commands.worker import chosen_queues
from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import open_mailing, states
from devtools.servers import postgres_server, sentinel
from devtools.waiting import wait_for
from devtools.worker_process import Sender
from devtools.worker_process import sending as worker
from mailer.bootstrap import wired
from mailer.broker import QUEUES
from mailer.ledger.states import DeliveryState
from mailer.services.office import Silence
from mailer.services.sending import orders
from mailer.services.sending.doorbell import CeleryDoorbell
from mailer.services.sending.links import personal_links
from mailer.settings import settings_from
from subscribers.address import address_from
from subscribers.admission import Newcomer, admit
from subscribers.consent import Choice, Evidence
from subscribers.tables import Subscriber
from tests.support.desk_people import EDITOR
from tests.support.house import ROOT
from tests.support.office import WORDING, office_of
from web.app import create_app
from wording.errors import InvalidInputError
from worker.app import make_app

READERS = 1_600
SENDERS = 4


@pytest.mark.faults
def test_four_senders_send_each_letter_once_while_the_broker_fails_over() -> None:
    """Counted at the receiving server. The master is killed as soon as an eighth is out."""
    with ExitStack() as stack:
        store = Store(stack.enter_context(postgres_server()).url, KeyRing.generated())
        stack.callback(store.close)
        upgrade(store)
        mailing_id = open_mailing(store, READERS, sending=False)
        broker = stack.enter_context(sentinel())
        server, port = stack.enter_context(fault_server(Plan(delay=0.01)))
        for _number in range(SENDERS):
            stack.enter_context(worker(Sender(store.url, port, broker.url, master=broker.name, sweep=0.5)))
        bell = CeleryDoorbell(make_app(broker.url, broker.name))
        orders.start(office_of(store, bell=bell), EDITOR, mailing_id)
        wait_for(lambda: len(server.received) > READERS // 8)
        broker.master.kill()
        broker.master.wait()
        server.plan.delay = 0
        wait_for(lambda: set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}, every=0.2)
        another = open_mailing(store, READERS // 4, slug="los-2026-25", sending=False)  # rung for at the new master
        wait_for(bell.ring_for_sweep)
        orders.start(office_of(store, bell=bell), EDITOR, another)
        wait_for(lambda: set(states(store, another).values()) == {DeliveryState.ACCEPTED}, every=0.2)
        received = Counter(server.received)
    assert len(received) == READERS
    assert Counter(received.values()) == {1: READERS - READERS // 4, 2: READERS // 4}  # the second mailing has the same


def test_pages_for_readers_on_another_machine_need_no_content_and_keep_nothing(
    tmp_path: Path, migrated_file: Path
) -> None:
    """Two processes, each with a folder that holds only postduif.toml: a link of one is good at the other."""
    keys = tmp_path / "keys"
    KeyRing.create(keys)
    database = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}"
    machines = []
    with ExitStack() as stack:
        for name in ("een", "twee"):
            folder = tmp_path / name
            folder.mkdir()
            shutil.copy(ROOT / "postduif.toml", folder)
            settings = settings_from(folder)
            storage = settings.storage.model_copy(
                update={"keys": keys, "sweeps": False, "data": tmp_path / name / "var"}
            )
            parts = wired(settings.model_copy(update={"storage": storage}), folder, database)
            stack.callback(parts.store.close)
            machines.append(
                (parts, create_app(parts.office(Silence()), hosts=("localhost",), public=True).test_client())
            )
        (parts, first), (_parts, second) = machines
        with parts.store.transaction() as session:
            evidence = Evidence("test", WORDING)
            admit(session, [Newcomer(address_from("anna@lezers.example"), Choice(("legal-aid",), "nl"), evidence)])
        with parts.store.reading() as session:
            uid = session.query(Subscriber).one().uid
        links = personal_links(parts.keys, parts.house, "los", uid)
        preferences, leave = (
            links[name].removeprefix(parts.house.base_url) for name in ("preferences_url", "unsubscribe_url")
        )
        assert [client.get(preferences).status_code for client in (first, second)] == [200, 200]
        assert second.post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200
        assert {client.get("/staff/").status_code for client in (first, second)} == {404}
        assert not any("Set-Cookie" in client.get("/nl/aanmelden").headers for client in (first, second))
        with parts.store.reading() as session:
            assert session.query(Subscriber).one().state != "active"
        assert {path.name for path in (tmp_path / "twee").iterdir()} <= {"postduif.toml", "var"}
        assert not list((tmp_path / "twee" / "var").iterdir())


def test_what_needs_the_content_folder_is_asked_only_of_a_machine_that_has_it() -> None:
    assert chosen_queues("", has_content=True) == list(QUEUES)
    assert chosen_queues("", has_content=False) == ["send", "print", "mail"]
    assert chosen_queues("send, mail", has_content=False) == ["send", "mail"]
    with pytest.raises(InvalidInputError, match="write"):
        chosen_queues("write", has_content=False)
    with pytest.raises(InvalidInputError, match="send, print, mail, write"):
        chosen_queues("sned", has_content=True)
