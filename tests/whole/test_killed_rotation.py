"""kill -9 in the middle of a rotation: everything opens at any moment, and `--resume` does the rest.

The rotations are processes of their own; the test watches the database, and kills them where it wants.
"""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, func, select

from database.keys import KeyRing
from database.session import Store
from mailer.places import default_keys
from staff.people import add_person
from staff.roles import Role
from subscribers.address import address_from
from subscribers.consent import SuppressedBecause
from subscribers.examples import example_addressees, example_readers, insert_addressees, insert_readers
from subscribers.repository import addressees_of, may_be_posted, may_receive, readers_of, subscriber_with
from subscribers.suppression import reason_for
from subscribers.tables import AddresseeRow, Subscriber
from tests.support.forks import Forks, forks
from tests.support.house import ROOT
from tests.support.people import BAS, suppress

pytestmark = pytest.mark.faults

READERS = example_readers({"legal-aid": ("nl",)}, 2000)
ADDRESSEES = 60
GONE = READERS[7].address  # complained: must never get anything
STAYING = {one.uid: one.address.text for one in READERS if one.address != GONE}
SECOND = b"\x01\x00\x02"
"""How a value starts that the second data key sealed."""


@dataclass
class House:
    """A content folder with keys and a filled database; every command about keys is a process of its own."""

    folder: Path
    url: str
    forks: Forks

    def keys(self, *words: str) -> str:
        """What a command says that succeeds."""
        code = self.forks.run(self._command(*words), self._told)
        assert code == 0, self._told.read_text("utf-8")
        return self._told.read_text("utf-8")

    def store(self) -> Store:
        """Opened with the keys that stand in the folder now."""
        return Store(self.url, KeyRing.from_folder(default_keys(self.folder)))

    def kill_once(self, is_time: Callable[[], bool], *words: str) -> None:
        """Start a rotation, and kill it as soon as it is time."""
        code = self.forks.kill_when(is_time, self._command("rotate", *words, "--as", "Noor"), self._told)
        assert code == -signal.SIGKILL, self._told.read_text("utf-8")

    def needed(self, key: str) -> int:
        """How many values need this key."""
        [use] = [one for one in json.loads(self.keys("check", "--json"))["keys"] if one["key"] == key]
        assert use["retirable"] is (use["old"] and use["values"] == 0)
        return int(use["values"])

    def everything_opens(self) -> None:
        store = self.store()
        with store.reading() as session:
            readers = may_receive(session, [ref.uid for ref in readers_of(session, "legal-aid")], "legal-aid")
            assert {uid: one.address for uid, one in readers.items()} == STAYING
            assert len(may_be_posted(session, [ref.uid for ref in addressees_of(session, "detention")])) == ADDRESSEES
        store.close()

    def everybody_is_found(self) -> None:
        store = self.store()
        with store.reading() as session:
            for one in READERS[::50]:
                row = subscriber_with(session, one.address)
                assert row is not None
                assert row.uid == one.uid
            assert reason_for(session, GONE) is not None
            assert reason_for(session, address_from(BAS)) is not None
            assert subscriber_with(session, address_from(BAS)) is None
        store.close()

    def _command(self, *words: str) -> list[str]:
        return ["--content", str(self.folder), "--database", self.url, "keys", *words]

    @property
    def _told(self) -> Path:
        return self.folder / "told.txt"


@pytest.fixture(scope="module")
def forked() -> Iterator[Forks]:
    with forks("mailer.bootstrap", "subscribers.reindex") as opened:
        yield opened


@pytest.fixture
def house(store: Store, tmp_path: Path, forked: Forks) -> House:
    folder = tmp_path / f"content-{tmp_path.name}"  # keys are kept by the name of the folder
    folder.mkdir()
    shutil.copy(ROOT / "postduif.toml", folder)
    opened = Store(store.url, KeyRing.create(default_keys(folder)))
    with opened.transaction() as session:
        insert_readers(session, READERS)
        insert_addressees(session, example_addressees(("nl", "ar"), "detention", ADDRESSEES), date(2026, 11, 24))
        add_person(session, "Noor", "noor@redactie.example", [Role.ADMIN])
    for address in (GONE.text, BAS):
        suppress(opened, address, SuppressedBecause.COMPLAINED)
    opened.close()
    return House(folder, store.url, forked)


@pytest.mark.promise("F22")
def test_a_killed_rotation_of_the_data_key_loses_nothing_and_is_finished_later(house: House, store: Store) -> None:
    def sealed_anew() -> int:
        with store.reading() as session:
            columns = (Subscriber.address, AddresseeRow.name)
            starts = [func.substr(column, 1, len(SECOND), type_=LargeBinary) for column in columns]
            counted = [select(func.count()).where(start == SECOND) for start in starts]
            return sum(session.scalars(one).one() for one in counted)

    def killed_at(is_time: Callable[[], bool], *words: str) -> int:
        house.kill_once(is_time, "data", *words)
        house.everything_opens()
        assert house.needed("data.1") > 0, "the rotation was over"
        return sealed_anew()

    total = len(STAYING) + ADDRESSEES
    done = [killed_at((default_keys(house.folder) / "data.2").exists)]
    done.append(killed_at(lambda: sealed_anew() > 0, "--resume"))
    done.append(killed_at(lambda: sealed_anew() > total // 3, "--resume"))
    done.append(killed_at(lambda: sealed_anew() > total * 2 // 3, "--resume"))
    assert done[0] == 0
    assert 0 < done[1] < total // 3 < done[2] < total * 2 // 3 < done[3] < total

    house.keys("rotate", "data", "--resume", "--as", "Noor")
    assert (sealed_anew(), house.needed("data.1")) == (total, 0)
    house.keys("retire", "data.1", "--as", "Noor")
    assert KeyRing.from_folder(default_keys(house.folder)).ids("data") == (2,)
    house.everything_opens()


@pytest.mark.promise("F22")
def test_a_killed_rotation_of_the_index_key_finds_and_bars_everybody_throughout(house: House, store: Store) -> None:
    def indexed_anew() -> int:
        with store.reading() as session:
            return session.scalars(select(func.count()).where(Subscriber.address_index.like("2.%"))).one()

    def killed_at(is_time: Callable[[], bool], *words: str) -> int:
        house.kill_once(is_time, "index", *words)
        house.everybody_is_found()
        house.everything_opens()
        house.keys("check")
        return indexed_anew()

    half = len(STAYING) // 2
    early = killed_at(lambda: indexed_anew() > 0)
    late = killed_at(lambda: indexed_anew() > half, "--resume")
    assert 0 < early < half < late < len(STAYING)

    house.keys("rotate", "index", "--resume", "--as", "Noor")
    assert indexed_anew() == len(STAYING)
    house.everybody_is_found()
    house.everything_opens()
