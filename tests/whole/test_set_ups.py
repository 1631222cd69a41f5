"""Each set-up that deploy/ describes, started process by process as it says, publishes an issue; and stops clean."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from commands.local_mail import maildir_server, recipients
from database.keys import KeyRing
from database.session import Store
from devtools.servers import free_port, postgres_server, valkey_server
from devtools.waiting import wait_for
from mailer.bootstrap import wired
from mailer.services.keeping.parcel import new_identity
from mailer.services.office import Silence
from mailer.services.sending import orders
from mailer.services.sending.doorbell import CeleryDoorbell
from mailer.settings import settings_from
from staff.people import add_person
from staff.roles import Role
from tests.support.house import ROOT, content_in
from tests.support.office import WholeOffice
from tests.support.units import Started, of_compose, of_systemd
from worker.app import make_app

pytestmark = pytest.mark.faults

READERS = [f"lezer{number}@lezers.example" for number in range(6)]


@contextmanager
def running(one: Started, places: dict[str, str], more: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process as its set-up starts it, with each place of a real server replaced by one of this test."""

    def here(value: str) -> str:
        for there, place in places.items():
            value = value.replace(there, place)
        return value

    environment = {name: here(value) for name, value in one.environment.items()}
    words = [here(word) for word in one.words]
    command = [sys.executable, "-m", "commands", *words]
    inherited = {name: os.environ[name] for name in ("PATH", "TMPDIR", "XDG_DATA_HOME") if name in os.environ}
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**inherited, **environment, **more},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answers(port: int, path: str) -> Callable[[], bool]:
    def ask() -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answered:
            return bool(answered.status == 200)
        return False

    return ask


def of(set_up: str, credentials: str) -> list[Started]:
    return of_systemd(credentials) if set_up == "systemd" else of_compose()


@pytest.mark.parametrize("set_up", ["systemd", "compose"])
def test_the_processes_of_a_set_up_publish_an_issue_and_stop_with_nothing_in_doubt(set_up: str, tmp_path: Path) -> None:
    content = content_in(tmp_path / "content").folder
    keys = tmp_path / "etc-keys"
    recipients_of_backup = [new_identity(tmp_path / name) for name in ("noor.key", "kim.key")]
    settings_file = content / "postduif.toml"
    settings_file.write_text(
        settings_file.read_text("utf-8") + f"\n[backup]\nrecipients = {recipients_of_backup}\n", "utf-8"
    )
    create = [sys.executable, "-m", "commands", "--content", str(content), "keys", "create"]
    subprocess.run(
        create, cwd=ROOT, check=True, capture_output=True, env={**os.environ, "POSTDUIF_STORAGE__KEYS": str(keys)}
    )
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    for file in keys.iterdir():
        shutil.copy(file, credentials / f"keys_{file.name}")  # as LoadCredential= and compose hand them on
    with ExitStack() as stack:
        database = stack.enter_context(postgres_server()).url
        broker = stack.enter_context(valkey_server()).url
        smtp = stack.enter_context(maildir_server(tmp_path / "Maildir"))
        pages, health = free_port(), free_port()
        sockets = database.partition("host=")[2]
        with closing(Store(database)) as server, server.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CREATE DATABASE postduif"))
        places = {
            "/run/postgresql": sockets,
            "/run/redis/redis-server.sock": broker.removeprefix("redis+socket://"),
            "/var/lib/postduif/content": str(content),
            "/var/lib/postduif/data": str(tmp_path / "data"),
            "/run/secrets": str(credentials),
            "8081": str(health),
            "8080": str(pages),
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - a test listens to no one else
        }
        more = {"POSTDUIF_SMTP__HOST": "127.0.0.1", "POSTDUIF_SMTP__PORT": str(smtp)}
        url = database.replace("/postgres?", "/postduif?")
        office, mailing = stack.enter_context(published(content, keys, tmp_path, url))
        parts = office.parts

        started = of(set_up, str(credentials))
        assert len(started) == {"systemd": 5, "compose": 6}[set_up]
        logs = {one.name: tmp_path / f"{one.name}.log" for one in started}
        processes = {one.name: stack.enter_context(running(one, places, more, logs[one.name])) for one in started}

        def told() -> str:
            return "\n".join(f"{name}: {log.read_text('utf-8')[-2000:]}" for name, log in logs.items())

        wait_for(answers(health, "/health/ready"), told, every=0.1)
        wait_for(answers(pages, "/nl/aanmelden"), told, every=0.1)
        bell = CeleryDoorbell(make_app(broker))
        orders.start(parts.office(bell), office.editor, mailing)
        wait_for(lambda: state_of(parts.store, mailing) == "done", told, every=0.1)
        wait_for(lambda: jobs(parts.store) >= {"sweep", "standing", "returns"}, told, every=0.1)
        wait_for(lambda: served(parts.store) >= {"send", "print", "mail", "write"}, told, every=0.1)
        assert beating(parts.store, "web") == 1
        for process in processes.values():
            process.send_signal(signal.SIGTERM)
        ended = {name: process.wait(90) for name, process in processes.items()}
        assert set(ended.values()) == {0}, told()
        assert beating(parts.store, "web") == 0, "it left"
        assert sorted(recipients(tmp_path / "Maildir")) == READERS
        assert states_of(parts.store) == {"accepted"}
        logged = "".join(log.read_text("utf-8") for log in logs.values())
        assert '"event": "a batch was delivered"' in logged
        assert "lezers.example" not in logged


def test_one_process_on_one_file_publishes_an_issue_and_stops_with_nothing_in_doubt(tmp_path: Path) -> None:
    """`postduif serve`, as operations.md begins: SQLite, no broker, no server but that for mail."""
    content, keys = content_in(tmp_path / "content").folder, tmp_path / "keys"
    KeyRing.create(keys)
    pages, health, log = free_port(), free_port(), tmp_path / "serve.log"
    words = ("serve", "--host", "127.0.0.1", "--port", str(pages), "--health", f"127.0.0.1:{health}")
    with ExitStack() as stack:
        smtp = stack.enter_context(maildir_server(tmp_path / "Maildir"))
        url = f"sqlite:///{tmp_path / 'data' / 'postduif.sqlite'}"
        (tmp_path / "data").mkdir()
        office, mailing = stack.enter_context(published(content, keys, tmp_path, url))
        store = office.parts.store
        environment = {
            "POSTDUIF_CONTENT": str(content),
            "POSTDUIF_STORAGE__KEYS": str(keys),
            "POSTDUIF_STORAGE__DATA": str(tmp_path / "data"),
            "POSTDUIF_SMTP__HOST": "127.0.0.1",
            "POSTDUIF_SMTP__PORT": str(smtp),
            "POSTDUIF_LOG": "json",
        }
        orders.start(office.parts.office(Silence()), office.editor, mailing)
        process = stack.enter_context(running(Started("serve", words, environment), {}, {}, log))

        def told() -> str:
            return log.read_text("utf-8")[-4000:]

        wait_for(answers(health, "/health/ready"), told, every=0.1)
        wait_for(answers(pages, "/nl/aanmelden"), told, every=0.1)
        wait_for(lambda: state_of(store, mailing) == "done", told, every=0.1)
        wait_for(lambda: served(store) == {"send", "print", "mail", "write"}, told, every=0.1)
        assert (beating(store, "worker"), beating(store, "web")) == (1, 0), "pages and worker are one process"
        process.send_signal(signal.SIGTERM)
        assert process.wait(90) == 0, told()
        assert beating(store, "worker") == 0, "it left"
        assert sorted(recipients(tmp_path / "Maildir")) == READERS
        assert states_of(store) == {"accepted"}
        assert "lezers.example" not in log.read_text("utf-8")


@contextmanager
def published(content: Path, keys: Path, folder: Path, url: str) -> Iterator[tuple[WholeOffice, int]]:
    """An installation with readers, and a mailing of an issue that was published and is not started."""
    settings = settings_from(content)
    storage = settings.storage.model_copy(update={"keys": keys, "data": folder / "data"})
    parts = wired(settings.model_copy(update={"storage": storage}), content, url)
    with closing(parts.store):
        with parts.store.transaction() as session:
            hired = [
                add_person(session, name, f"{name}@voorbeeld.example", [role])
                for name, role in (("Bram", Role.EDITOR), ("Amina", Role.APPROVER), ("Sem", Role.POSTAL))
            ]
        office = WholeOffice(parts, folder / "Maildir", *hired)
        for address in READERS:
            office.subscribe(address, "legal-aid", "nl")
        mailing = office.publish("los-2026-24").mailing
        assert mailing is not None
        yield office, mailing


def states_of(store: Store) -> set[str]:
    with store.reading() as session:
        return set(session.scalars(text("SELECT DISTINCT state FROM delivery WHERE channel = 'email'")))


def beating(store: Store, kind: str) -> int:
    """How many processes of a kind say that they live."""
    with store.reading() as session:
        return session.scalar(text("SELECT count(DISTINCT pid) FROM heartbeat WHERE kind = :kind"), {"kind": kind}) or 0


def state_of(store: Store, mailing: int) -> str:
    with store.reading() as session:
        return str(session.scalar(text("SELECT state FROM mailing WHERE id = :id"), {"id": mailing}))


def served(store: Store) -> set[str]:
    """The queues that a process with a heartbeat listens to."""
    with store.reading() as session:
        rows = session.scalars(text("SELECT queues FROM heartbeat WHERE kind = 'worker'"))
        return {name for row in rows for name in row.split(",")}


def jobs(store: Store) -> set[str]:
    with store.reading() as session:
        return set(session.scalars(text("SELECT DISTINCT job FROM slot")))
