"""After a reader's whole life here, no dump, log, traceback, queue or temporary folder shows a name or an address."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from database.base import now
from database.keys import KeyRing, KeysError
from database.migrations import upgrade
from database.session import Store
from devtools.canaries import CANARIES, found_in, found_in_text
from devtools.servers import postgres, program
from mailer.carriers.relay import Relay, Security
from mailer.services.notices.letters import ask_to_confirm
from mailer.services.sending.relays import Relays
from mailer.services.sending.returned import ReturnDesk
from mailer.services.worker.chores import Chores
from staff.people import add_person
from staff.roles import Role
from subscribers import managing, services
from subscribers.consent import Choice, Evidence
from subscribers.examples import EXAMPLE_CENTRES
from subscribers.postal import NewAddressee, add_addressee, save_centre
from subscribers.repository import may_receive
from subscribers.rights import data_of_subscriber
from subscribers.tables import Subscriber
from tests.support.house import house
from tests.support.people import ask, leave, reader

ROOT = Path(__file__).resolve().parents[2]
HOUSE = house()
NAME, ADDRESS, _ASCII, NUMBER = CANARIES


def live(store: Store) -> None:
    """Somebody asks, confirms, moves, bounces and leaves; somebody else is in detention; a third works here."""
    needed = ask(store, ADDRESS.replace("kanarius", "ander.kanarius"))
    assert needed is not None
    with store.transaction() as session:
        ask_to_confirm(session, HOUSE, needed)
        add_person(session, NAME, ADDRESS, [Role.ADMIN])
        for centre in EXAMPLE_CENTRES:
            save_centre(session, centre)
        add_addressee(session, NewAddressee(NAME, "duinrand", "ar", NUMBER, audience="detention"), date(2026, 11, 24))
    uid = reader(store, ADDRESS)
    with store.transaction() as session:
        managing.link_for(session, uid)
        managing.ask_to_move(session, uid, f"nieuw.{ADDRESS}")
    with store.reading() as session:
        desk = ReturnDesk(store, session.info["keys"], HOUSE, b"k" * 32)
    Chores(desk, Relays([Relay(host="127.0.0.1", port=1, security=Security.NONE)]))()
    leave(store, reader(store, f"weg.{ADDRESS}"))


def test_the_search_finds_a_canary_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"… {NAME} …")
    (tmp_path / "b").write_text("nothing")
    assert found_in(tmp_path) == [str(tmp_path / "a")]


@pytest.mark.parametrize(
    ("line", "code", "processes"),
    [
        ("(tmp_path / 'input.csv').write_text('anna@lezers.example')", 0, "0"),
        ("(tmp_path / 'x.sqlite').write_text('anna@lezers.example')", 1, "2"),
        ("logging.getLogger('postduif').warning('to %s', 'Zoë Verzonnen')", 1, "0"),
        ("Path(tempfile.mkdtemp(), 'label').write_bytes(base64.b64encode(b'To: Kanarius Zangvogel, here'))", 1, "0"),
    ],
)
def test_a_run_fails_when_anything_it_leaves_shows_somebody(line: str, code: int, processes: str) -> None:
    """The search after the last test is itself tested: in one process, and in two of pytest-xdist."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "conftest.py").write_text("from tests.conftest import pytest_sessionfinish, pytest_sessionstart\n")
        imports = "import base64, logging, tempfile\nfrom pathlib import Path\n"
        (here / "test_it.py").write_text(f"{imports}\ndef test_it(tmp_path):\n    {line}\n", "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "--rootdir", folder, "-n", processes]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DEBUG_TEMPROOT": folder}
        done = subprocess.run([*command, folder], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == code, done.stdout.decode() + done.stderr.decode()
    assert ("in the clear in" in done.stderr.decode()) is bool(code)


@pytest.mark.promise("P7")
def test_no_file_of_an_embedded_installation_shows_a_reader(
    migrated_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    store = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}", KeyRing.generated())
    live(store)
    assert found_in(tmp_path) == []  # the database, its write-ahead log and the temporary folder
    store.close()
    assert found_in(tmp_path) == []
    assert found_in_text(caplog.text) == []


@pytest.mark.promise("P7")
def test_no_dump_of_a_server_shows_a_reader(tmp_path: Path) -> None:
    with postgres() as url:
        store = Store(url, KeyRing.generated())
        upgrade(store)
        live(store)
        folder = url.partition("host=")[2]
        dump = [program("pg_dump", "postgresql"), "-h", folder, "-U", "postduif", "postgres"]
        (tmp_path / "dump.sql").write_bytes(subprocess.run(dump, check=True, capture_output=True).stdout)
        with store.transaction() as session:
            session.execute(text("CHECKPOINT"))
        shown = found_in(tmp_path, Path(folder))
        store.close()
    assert (tmp_path / "dump.sql").stat().st_size > 10_000
    assert shown == []


def test_no_traceback_shows_a_reader(migrated_file: Path, tmp_path: Path) -> None:
    keys = KeyRing.generated()
    store = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}", keys)
    uid = reader(store, ADDRESS)
    told: list[str] = []
    with store.transaction() as session:
        found = may_receive(session, [uid], "legal-aid")
        told.append(repr(found))
        wrongs: tuple[Callable[[], object], ...] = (
            lambda: services.subscribe(session, f"{ADDRESS}\n", Choice((), "nl"), Evidence("test")),
            lambda: session.add(_twice(uid)),
        )
        for wrong in wrongs:
            try:
                wrong()
                session.flush()
            except Exception as error:
                told.append("".join(traceback.format_exception(error)) + repr(error))
                session.rollback()
    other = Store(store.url, KeyRing.generated())
    with pytest.raises(KeysError) as refused, other.reading() as session:
        data_of_subscriber(session, uid)
    told.append(str(refused.value) + "".join(traceback.format_exception(refused.value)))
    other.close()
    store.close()
    assert len(told) == 4
    assert found_in_text("\n".join(told)) == []


def _twice(uid: object) -> Subscriber:
    return Subscriber(uid=uid, address_index="1.x", state="active", locale="nl", created_at=now())
