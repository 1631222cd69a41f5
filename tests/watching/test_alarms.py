"""Alarms by mail although no one looks: no worker, an old backup, a full disk, a certificate, a hold, a dead unit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text

from commands.watching import guarded_by
from database.base import now
from database.session import Store
from devtools.certificates import self_signed
from devtools.fault_server import Plan, fault_server
from devtools.waiting import wait_for
from mailer.carriers.relay import Relay, Security
from mailer.ledger import installation
from mailer.ledger.slots import take_slot
from mailer.services.notices import alarms
from mailer.services.notices.watch import Watch, Watchman
from mailer.services.sending.delivering import SWEEP
from mailer.services.sending.holding import SWEEP_EVERY
from mailer.services.sending.relays import Relays
from staff.people import add_person
from staff.roles import Role
from tests.support.house import house
from wording import Text


@pytest.fixture
def watch(plain_store: Store, tmp_path: Path) -> Watch:
    with plain_store.transaction() as session:
        add_person(session, "Noor", "noor@redactie.example", [Role.ADMIN])
        assert take_slot(session, SWEEP, SWEEP_EVERY, now())
    return Watch(plain_store, house(), (tmp_path,), ())


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    room = shutil.disk_usage(tmp_path)._replace(free=10**12)
    monkeypatch.setattr("shutil.disk_usage", lambda _place: room)


def test_a_healthy_installation_alarms_no_one(watch: Watch) -> None:
    assert replace(watch, backed_up=lambda _session: now()).look() == []
    assert watch.look_for_workers() == []


def test_each_thing_that_is_wrong_is_written_down_once_a_day(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=5_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _place: full)
    with watch.store.transaction() as session:
        installation.hold(session, Text("een back-up"), now())
    certificate = self_signed(tmp_path / "relay.pem", ends=5)
    with fault_server(Plan(starttls=True, certificate=certificate)) as (_, port):
        relay = Relay("127.0.0.1", port, Security.STARTTLS, ca_file=certificate, name="eigen")
        wrong = replace(watch, relays=(relay,), backed_up=lambda _session: now() - timedelta(hours=50))
        expected = {alarms.HELD, alarms.BACKUP_OLD, alarms.DISK_FULL, alarms.CERTIFICATE_ENDS}
        assert set(wrong.look()) == expected
        assert wrong.look() == []
        assert set(wrong.look(now() + timedelta(days=1))) == expected
    with watch.store.reading() as session:
        rows = session.execute(text("SELECT event, detail FROM audit WHERE event != 'role'")).all()
    assert {event for event, _detail in rows} >= expected
    assert all("{" not in str(Text(alarms.ALARMS[one].msgid, _filled(rows, one))) for one in expected)


def _filled(rows: object, event: str) -> dict[str, object]:
    return next(json.loads(detail) for one, detail in rows if one == event)  # type: ignore[attr-defined]


def received(messages: list[bytes]) -> Iterator[str]:
    for one in messages:
        body = message_from_bytes(one, policy=policy.default).get_body(("plain",))
        yield body.get_content() if body is not None else ""


def test_when_no_worker_is_there_the_pages_mail_it(watch: Watch) -> None:
    with fault_server(Plan()) as (server, port), closing(Relays([Relay("127.0.0.1", port)])) as carriers:
        man = Watchman(watch, carriers)
        assert not man.look()
        later = now() + timedelta(minutes=10)
        assert man.look(later)
        assert not man.look(later)
        assert man.unit_failed("postduif-worker@send.service", later)
        assert not man.unit_failed("postduif-worker@send.service", later)
        mails = list(received(server.messages))
    assert len(mails) == 2
    assert "geen werker" in mails[0]
    assert "postduif-worker@send.service" in mails[1]


def test_the_look_goes_on_after_the_database_was_away(watch: Watch) -> None:
    looked: list[int] = []
    enough = Event()

    class Away:
        def look(self) -> None:
            looked.append(1)
            if len(looked) > 2:
                enough.set()
            raise ConnectionError

    with guarded_by(Away(), every=0.001):  # type: ignore[arg-type]
        wait_for(enough.is_set)
    with suppress(ConnectionError):
        Away().look()
