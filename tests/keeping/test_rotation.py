"""A key is replaced while everything runs: a process that is behind holds up each step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import select

from database.base import now
from database.epoch import follow
from database.keys import KeyRing, KeysError
from database.rotation import reseal, uses
from database.session import Store
from devtools.waiting import wait_for
from mailer.ledger import heartbeats, installation
from mailer.services.keeping import rotation
from mailer.services.office import Office
from mailer.services.sending.heart import Heart, keys_in
from subscribers.address import address_from
from subscribers.admission import Newcomer, admit
from subscribers.consent import Choice
from subscribers.reindex import reindex
from subscribers.repository import subscriber_with
from subscribers.tables import Subscriber
from tests.support.desk_people import ADMIN, EDITOR
from tests.support.office import office_of
from tests.support.people import FORM
from tests.worker.test_heart import FAR
from wording.errors import ConflictError, NotAllowedError


@dataclass(frozen=True)
class Process:
    """A process that runs: its own ring, and its own store."""

    store: Store
    office: Office

    @property
    def keys(self) -> KeyRing:
        return self.office.keys

    def beat(self) -> None:
        Heart(self.store, lambda _mailing, _batch: None).beat()

    def add(self, *names: str) -> None:
        people = [Newcomer(address_from(f"{one}@lezers.example"), Choice(("legal-aid",), "nl"), FORM) for one in names]
        with self.store.transaction() as session:
            admit(session, people)


@dataclass
class House:
    folder: Path
    url: str
    opened: list[Store]

    def process(self) -> Process:
        keys = KeyRing.from_folder(self.folder)
        store = Store(self.url, keys)
        follow(store, keys, self.folder)
        self.opened.append(store)
        return Process(store, office_of(store))


@pytest.fixture
def house(store: Store, tmp_path: Path) -> Iterator[House]:
    KeyRing.create(tmp_path / "keys")
    found = House(tmp_path / "keys", store.url, [])
    yield found
    for one in found.opened:
        one.close()


def kids(store: Store) -> set[int]:
    with store.reading() as session:
        return {one.kid for one in session.scalars(select(Subscriber.address)) if one is not None}


def test_all_of_a_rotation_with_a_process_that_runs_beside_it(house: House) -> None:
    running, admin = house.process(), house.process()
    running.add("een")
    heart = Heart(running.store, lambda _mailing, _batch: None)
    heart.beat()
    with pytest.raises(ConflictError, match="geen nieuwe sleutel"):
        rotation.activate(admin.office, ADMIN, "data")
    assert rotation.prepare(admin.office, ADMIN, house.folder, "data") == 2
    assert rotation.prepare(admin.office, ADMIN, house.folder, "data") == 2, "killed after it, it is given again"
    assert (admin.keys.current("data"), admin.keys.newest("data")) == (1, 2)
    with pytest.raises(ConflictError, match=f"data.2: .*/{os.getpid()}"):
        rotation.activate(admin.office, ADMIN, "data")
    running.add("twee")
    assert kids(admin.store) == {1}, "nobody uses what is only prepared"
    fresh = house.process()  # one that starts now
    fresh.add("drie")
    assert kids(admin.store) == {1}

    heart.beat()
    assert rotation.activate(admin.office, ADMIN, "data") == 2
    assert admin.keys.current("data") == 2
    running.add("vier")
    assert kids(admin.store) == {1, 2}, "the process that runs noticed before it wrote"
    assert reseal(admin.store) > 0
    assert kids(admin.store) == {2}
    with pytest.raises(ConflictError, match="Nog niet alles"):
        rotation.retire(admin.office, ADMIN, house.folder, "data", 1)
    heart.beat()
    rotation.retire(admin.office, ADMIN, house.folder, "data", 1)
    assert not (house.folder / "data.1").exists()
    running.add("vijf")
    assert running.keys.ids("data") == (2,)
    with running.store.reading() as session:
        assert all(subscriber_with(session, address_from(f"{one}@lezers.example")) for one in ("een", "vijf"))
        assert {(use.root, use.kid) for use in uses(session) if use.root == "data"} == {("data", 2)}


def test_a_process_on_a_machine_without_the_key_holds_it_up_and_writes_nothing_without_it(house: House) -> None:
    running, admin = house.process(), house.process()
    running.beat()
    with admin.store.transaction() as session:
        heartbeats.beat(session, FAR, keys_in(admin.keys), 1, now())
    rotation.prepare(admin.office, ADMIN, house.folder, "audit")
    running.beat()
    waited: list[float] = []
    with pytest.raises(ConflictError, match=r"there/7 \(worker\)"):
        rotation.activate_when_all_have_it(admin.office, ADMIN, "audit", wait=waited.append)
    assert len(waited) == rotation.PATIENCE
    with admin.store.transaction() as session:
        heartbeats.leave(session, FAR.uid)
        for one in heartbeats.beats(session):
            heartbeats.leave(session, one.who.uid)
    rotation.activate(admin.office, ADMIN, "audit")
    kept = (house.folder / "audit.2").read_bytes()
    (house.folder / "audit.2").unlink()
    with pytest.raises(KeysError, match=r"audit\.2"):
        running.add("een")
    (house.folder / "audit.2").write_bytes(kept)
    (house.folder / "audit.2").chmod(0o400)
    running.add("een")
    with pytest.raises(NotAllowedError):
        rotation.prepare(admin.office, EDITOR, house.folder, "audit")


def test_no_key_becomes_active_while_someone_writes_and_two_processes_make_one_reader(house: House) -> None:
    """One process is about to write under the old key for indexes; the new one waits, and then finds what it wrote."""
    running, admin, other = house.process(), house.process(), house.process()
    rotation.prepare(admin.office, ADMIN, house.folder, "index")
    done: list[int] = []
    address = address_from("een@lezers.example")
    with running.store.transaction() as session:
        assert subscriber_with(session, address) is None
        thread = Thread(target=lambda: done.append(rotation.activate(admin.office, ADMIN, "index")))
        thread.start()
        if not running.store.is_sqlite:
            wait_for(lambda: _waiting(other.store))
        assert done == []
        admit(session, [Newcomer(address, Choice(("legal-aid",), "nl"), FORM)])
    thread.join()
    assert done == [2]
    with other.store.transaction() as session:
        found = subscriber_with(session, address)
        assert found is not None
        assert found.address_index.startswith("1.")
        assert other.keys.current("index") == 2
    reindex(admin.store)
    with other.store.reading() as session:
        assert [one[:2] for one in session.scalars(select(Subscriber.address_index))] == ["2."]


def _waiting(store: Store) -> bool:
    """Somebody waits for an advisory lock."""
    with store.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        )
        return rows.first() is not None


def test_a_ring_that_lacks_an_active_key_stays_as_it_was(tmp_path: Path) -> None:
    ring = KeyRing.create(tmp_path)
    with pytest.raises(KeysError, match=r"index\.9"):
        ring.renew(tmp_path, {"index": 9})
    assert (ring.ids("index"), ring.current("index")) == ((1,), 1)


def test_who_runs_is_seen_with_what_it_has(house: House) -> None:
    admin = house.process()
    admin.beat()
    with admin.store.reading() as session:
        [one] = heartbeats.beats(session)
        assert (one.keys, one.epoch) == (tuple(keys_in(admin.keys)), installation.epoch(session))
    assert replace(one.who, uid=UUID(int=0)).kind == "worker"
