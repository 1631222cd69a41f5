"""kill -9 in the middle of a change: nothing of it is there, and the next try does all of it (security.md F7).

The change is stopped half-way by a lock on the table of consents, which each of them writes last.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from devtools.servers import free_port, postgres_server
from devtools.waiting import wait_for
from staff.people import add_person
from staff.roles import Role
from subscribers.tokens import Purpose, token_for
from tests.support.house import ROOT
from tests.support.people import ANNA, BAS, ask, gets, reader

pytestmark = pytest.mark.faults

WAITING = "FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@dataclass
class House:
    """Content, keys and a database of PostgreSQL; every program is a process of its own."""

    folder: Path
    store: Store
    keys: KeyRing
    url: str

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "commands", "--content", str(self.folder), "--database", self.url, *words]

    @contextmanager
    def pages(self) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
        port = free_port()
        command = self.command("serve", "--port", str(port), "--no-worker")
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: reached(f"http://127.0.0.1:{port}/nl/aanmelden"))
            yield server, f"http://127.0.0.1:{port}"
        finally:
            server.kill()
            server.wait()

    @contextmanager
    def half_way(self) -> Iterator[Callable[[], bool]]:
        """Whoever writes a consent meanwhile has done the rest and waits; tells whether somebody does."""
        with psycopg.connect(self.url) as locking, psycopg.connect(self.url, autocommit=True) as looking:
            locking.execute("LOCK TABLE consent_event IN SHARE MODE")
            yield lambda: looking.execute(f"SELECT 1 {WAITING}").fetchone() is not None
            # A server process looks after its client only when it is not waiting itself.
            wait_for(lambda: looking.execute(f"SELECT pg_cancel_backend(pid) {WAITING}").fetchone() is None)

    def everything(self) -> dict[str, int]:
        """How many rows stand in each table of a reader."""
        with self.store.reading() as session:
            tables = ("subscriber", "membership", "suppression", "consent_event", "audit")
            return {name: session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in tables}  # noqa: S608


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    shutil.copy(ROOT / "postduif.toml", tmp_path)
    keys = KeyRing.create(tmp_path / "var" / "keys")
    with postgres_server() as server:
        store = Store(server.url, keys)
        upgrade(store)
        yield House(tmp_path, store, keys, server.url)
        store.close()


def reached(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - an address of this machine
            return True
    except OSError:
        return False


def press(url: str, **fields: str) -> int:
    data = urllib.parse.urlencode(fields).encode()
    with urllib.request.urlopen(url, data=data, timeout=60) as page:  # noqa: S310 - an address of this machine
        return int(page.status)


def press_and_kill(house: House, path: str, **fields: str) -> None:
    """Press a button, and kill the pages when half of it is done."""
    refused: list[Exception] = []

    def pressing(url: str) -> None:
        try:
            press(url, **fields)
        except OSError as error:
            refused.append(error)

    with house.half_way() as is_waiting, house.pages() as (server, base):
        person = threading.Thread(target=pressing, args=(f"{base}{path}",))
        person.start()
        wait_for(is_waiting)
        server.kill()
        person.join(20)
    assert refused, "whoever pressed sees that it failed"


@pytest.mark.promise("F7")
def test_a_killed_unsubscribe_is_undone_and_the_next_one_is_whole(house: House) -> None:
    anna = reader(house.store, ANNA)
    path = f"/u/{token_for(house.keys, Purpose.UNSUBSCRIBE, anna, 'los')}"
    before = house.everything()
    press_and_kill(house, path, **{"List-Unsubscribe": "One-Click"})
    assert (house.everything(), gets(house.store)) == (before, {anna})
    with house.pages() as (_server, base):
        assert press(f"{base}{path}", **{"List-Unsubscribe": "One-Click"}) == 200
    assert gets(house.store) == set()


@pytest.mark.promise("F7")
def test_a_killed_confirmation_is_undone_and_its_link_still_works(house: House) -> None:
    needed = ask(house.store, BAS)
    assert needed is not None
    path = f"/nl/bevestigen/{needed.token}"
    before = house.everything()
    press_and_kill(house, path)
    assert (house.everything(), gets(house.store)) == (before, set())
    with house.pages() as (_server, base):
        assert press(f"{base}{path}") == 200
    assert len(gets(house.store)) == 1


@pytest.mark.promise("F7")
def test_a_killed_import_brings_in_nobody_and_the_next_one_everybody(house: House) -> None:
    with house.store.transaction() as session:
        add_person(session, "Noor", "noor@voorbeeld.example", [Role.ADMIN])
    rows = "".join(f"lezer{number}@lezers.example,2024-05-02\n" for number in range(1200))
    (house.folder / "lezers.csv").write_text(f"email,since\n{rows}", "utf-8")
    words = ["--as", "Noor", "--source", "proef", "--audience", "legal-aid", "--wording", "Ja, mail mij.", "--apply"]
    command = house.command("subscribers", "import", str(house.folder / "lezers.csv"), *words)
    before = house.everything()
    with house.half_way() as is_waiting:
        importing = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(is_waiting)
        importing.kill()
        importing.wait()
    assert house.everything() == before
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert len(gets(house.store)) == 1200
