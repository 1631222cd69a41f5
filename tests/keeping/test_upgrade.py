"""Only `postduif upgrade` changes a schema that is there, after a backup; a kill in the middle takes nothing away."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from typer.testing import CliRunner

from commands.__main__ import app
from database.base import now
from database.keys import KeyRing
from database.migrations import Schema, SchemaError, config, require_current, schema_of
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import open_mailing, states
from devtools.waiting import wait_for
from devtools.worker_process import Sender
from devtools.worker_process import sending as worker
from mailer.bootstrap import wire
from mailer.ledger.installation import SCHEMA, Installation
from mailer.ledger.states import DeliveryState
from mailer.places import default_keys
from mailer.services.keeping.backup import name_at
from mailer.services.keeping.parcel import manifest_of
from tests.support.forks import Forks, forks
from tests.support.house import content_in
from tests.support.installation import FIXTURES

BEFORE = "0094"
"""The schema of the version before."""


@pytest.fixture
def older(store: Store) -> Store:
    command.downgrade(config(store), BEFORE)
    return store


@pytest.fixture(scope="module")
def forked() -> Iterator[Forks]:
    with forks("mailer.bootstrap", "mailer.services.publishing.falling", "mailer.services.keeping.upgrade") as opened:
        yield opened


def test_a_schema_is_told_apart_and_only_one_that_is_not_there_is_made(older: Store, tmp_path: Path) -> None:
    assert schema_of(older) is Schema.OLDER
    with pytest.raises(SchemaError, match="postduif upgrade"):
        require_current(older)
    assert schema_of(older) is Schema.OLDER
    with older.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert schema_of(older) is Schema.NEWER
    with pytest.raises(SchemaError, match="nieuwere versie"):
        require_current(older)
    fresh = Store(f"sqlite:///{tmp_path}/fresh.sqlite")
    assert schema_of(fresh) is Schema.EMPTY
    require_current(fresh)
    assert schema_of(fresh) is Schema.CURRENT
    fresh.close()


def postduif(folder: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--content", str(folder), *words], env={"LANGUAGE": "nl"})
    return result.exit_code, result.output + str(getattr(result.exception, "text", ""))


def old_installation(folder: Path) -> Path:
    """A content folder with keys, and a SQLite database of the version before."""
    content = content_in(folder / f"content-{folder.name}").folder
    KeyRing.create(default_keys(content))
    parts = wire(content)
    command.downgrade(config(parts.store), BEFORE)
    parts.store.close()
    return content


def test_every_other_command_says_to_upgrade_and_that_backs_up_first(tmp_path: Path) -> None:
    content = old_installation(tmp_path)
    for words in (
        ["mailing", "list", "--as", "Noor"],
        ["keys", "check"],
        ["backup"],
        ["worker"],
        ["hold", "show", "--as", "x"],
    ):
        code, said = postduif(content, *words)
        assert code != 0
        assert "postduif upgrade" in said, words
    backups = content / "var" / "backups"
    backups.mkdir()
    old, recent = (backups / name_at(now() - timedelta(days=days), sealed=False) for days in (8, 6))
    for one in (old, recent):
        one.touch()
    code, said = postduif(content, "upgrade")
    assert code == 0, said
    assert "niet verzegeld" in said
    [made] = set(backups.iterdir()) - {recent}
    assert made.stat().st_mode & 0o777 == 0o600
    manifest = manifest_of(made, None, KeyRing.from_folder(default_keys(content)))
    assert manifest["revision"] == BEFORE
    assert postduif(content, "upgrade") == (0, "De database is al bij.\n")
    assert postduif(content, "keys", "check")[0] == 0


@pytest.mark.promise("F23")
def test_an_upgrade_that_was_killed_is_done_again(tmp_path: Path, forked: Forks) -> None:
    """Killed when the copy has its name: in the migrations of an installation of a year ago, or just before."""
    source = FIXTURES / "5d18c98"
    content = tmp_path / f"content-{tmp_path.name}"
    shutil.copytree(source / "content", content)
    shutil.copytree(source / "keys", default_keys(content))
    for key in default_keys(content).iterdir():
        key.chmod(0o400)
    (content / "var").mkdir(exist_ok=True)
    shutil.copy(source / "postduif.sqlite", content / "var" / "postduif.sqlite")
    words, told = ["--content", str(content), "upgrade"], tmp_path / "told.txt"
    backups = content / "var" / "backups"
    code = forked.kill_when(lambda: any(backups.glob("postduif-*")), words, told)
    assert code == -signal.SIGKILL, told.read_text("utf-8")
    assert forked.run(words, told) == 0, told.read_text("utf-8")
    parts = wire(content)
    assert schema_of(parts.store) is Schema.CURRENT
    parts.store.close()
    assert postduif(content, "keys", "check")[0] == 0


@pytest.mark.faults
def test_an_upgrade_in_the_middle_of_a_mailing_stops_the_old_workers_after_what_is_on_the_wire(
    store: Store, valkey_url: str
) -> None:
    """It raised the schema that workers must know: the old one begins nothing more, a new one sends the rest."""
    mailing_id = open_mailing(store, 300)
    with fault_server(Plan(delay=0.05)) as (server, port):
        sender = Sender(store.url, port, valkey_url)
        with worker(sender) as process:
            wait_for(lambda: len(server.received) > 20)
            with store.transaction() as session:
                session.get_one(Installation, 1).schema = SCHEMA + 1
            assert process.wait(90) == 75
        sent = len(server.received)
        assert 20 < sent < 300
        assert DeliveryState.HANDING_OVER not in states(store, mailing_id).values()
        with store.transaction() as session:
            session.get_one(Installation, 1).schema = SCHEMA  # now it is the program that the database wants
        server.plan.delay = 0.0
        with worker(sender):
            wait_for(lambda: set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED})
    assert len(server.received) == len(set(server.received)) == 300


@pytest.mark.promise("F23")
def test_a_worker_that_is_too_old_for_the_database_ends_with_75_and_loses_nobody(store: Store, valkey_url: str) -> None:
    mailing_id = open_mailing(store, 40)
    with fault_server(Plan()) as (server, port):
        sender = Sender(store.url, port, valkey_url)
        with store.transaction() as session:
            session.get_one(Installation, 1).schema = SCHEMA + 1
        with worker(sender) as process:
            assert process.wait(90) == 75
        assert server.received == []
        with store.transaction() as session:
            session.get_one(Installation, 1).schema = SCHEMA  # now it is the program that the database wants
        with worker(sender):
            wait_for(lambda: len(set(server.received)) == 40)
    assert len(server.received) == 40
    assert set(states(store, mailing_id).values()) <= {DeliveryState.ACCEPTED, DeliveryState.HANDING_OVER}
