"""`postduif doctor`: a healthy installation has nothing to mend, and each thing that is broken says what to do."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import dns.resolver
import pytest
import redis
from sqlalchemy import text
from typer.testing import CliRunner

from commands.__main__ import app
from commands.doctor import chosen, show
from commands.local_mail import maildir_server
from database.audit import Event, record
from database.base import now
from database.fit import require_fit
from database.keys import KeyRing, write_key
from database.session import Store
from devtools.certificates import self_signed
from devtools.fault_server import Plan, fault_server
from devtools.servers import free_port, hung_up_at_once
from mailer.carriers.inbox import ImapAccount, Maildir, imap_inbox
from mailer.carriers.relay import Relay, Security
from mailer.doctor import kept, loop, machine, relays, running
from mailer.doctor.checks import CHECKS
from mailer.doctor.finding import Finding, Level, examine, exit_code
from mailer.doctor.world import Sending, World
from mailer.ledger.health import BACKED_UP, BACKUP_CHECKED
from mailer.ledger.slots import take_slot
from mailer.services.notices.site import Site
from mailer.services.sending.delivering import SWEEP
from mailer.services.sending.holding import SWEEP_EVERY
from mailer.surroundings import world_of
from subscribers.tidying import RetentionState
from tests.doctor.test_names import ZONE
from tests.support.house import ROOT
from tests.support.name_server import name_server
from wording import Text
from wording.errors import InvalidInputError

NOBODY = dns.resolver.Resolver(configure=False)


def _said(kernel: tuple[bool, float] | None) -> tuple[bool, float] | None:
    return kernel


def levels(found: list[Finding]) -> dict[str, list[Level]]:
    by: dict[str, list[Level]] = {}
    for one in found:
        by.setdefault(one.check, []).append(one.level)
    return by


@pytest.fixture
def installation(tmp_path: Path, migrated_file: Path) -> World:
    """Keys, a database that a worker sweeps, retention that ran, a content folder and an open mailbox."""
    keys = tmp_path / "keys"
    folder = tmp_path / "content"
    (folder / "var").mkdir(parents=True)
    (tmp_path / "mail" / "new").mkdir(parents=True)
    shutil.copy(migrated_file, folder / "var" / "postduif.sqlite")
    store = Store(f"sqlite:///{folder}/var/postduif.sqlite", KeyRing.create(keys))
    with store.transaction() as session:
        require_fit(session)
        assert take_slot(session, SWEEP, SWEEP_EVERY, now())
        session.add(RetentionState(rule="clock", ran_at=now()))
    store.close()
    return World(
        folder,
        NOBODY,
        data=folder / "var",
        keys=keys,
        base_url="https://nieuws.stichting.nl",
        proxies=1,
        locales={"nl": "Nederlands", "ar": "العربية"},
        look_at_site=lambda: Site(now() + timedelta(days=60)),
        inbox=lambda: _open(Maildir(tmp_path / "mail")),
        database=store.url,
        broker="memory://",
        senders=("post@nieuws.test",),
    )


@contextmanager
def _open(inbox: Any) -> Iterator[Any]:
    yield inbox


def test_a_healthy_installation_has_nothing_that_fails(
    installation: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate = self_signed(tmp_path / "relay.pem", ends=90)
    plan = Plan(starttls=True, auth="PLAIN", certificate=certificate)
    with fault_server(plan) as (_, port), name_server(ZONE) as resolver:
        relay = Relay("127.0.0.1", port, Security.STARTTLS, "bode", "geheim", ca_file=certificate)
        sending = (Sending(relay, ("een",), ("192.0.2.7",)),)
        found = examine(replace(installation, resolver=resolver, sending=sending), CHECKS)
    wrong = [one for one in found if one.level in (Level.FAIL, Level.SKIP)]
    assert wrong == []
    # no backup was made and no key printed yet, and what keeps the clock is the machine's own matter
    assert {one.check for one in found if one.level is Level.WARN} - {"clock", "disk"} == {"backup", "keys"}
    assert {one.check for one in found} == CHECKS.keys() - {"hold"} | ({"hold"} & {one.check for one in found})
    show(found, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert [one["check"] for one in told] == [one.check for one in found]
    assert all(set(one) == {"check", "level", "said", "remedy"} for one in told)


def test_each_broken_thing_is_found_and_has_a_remedy(installation: World, tmp_path: Path) -> None:
    folder, keys = installation.folder, installation.keys
    assert keys is not None
    (folder / "koppeling").symlink_to("/etc/passwd")
    (folder / "open.md").write_text("x")
    (folder / "open.md").chmod(0o666)
    (keys / "data.1").chmod(0o400)
    (keys / "audit.1").unlink()
    write_key(keys, "audit", 1)
    store = Store(installation.database)
    with store.transaction() as session:
        session.execute(text("UPDATE slot SET taken_at = '2020-01-01 00:00:00'"))
        session.execute(text("UPDATE retention SET ran_at = '2020-01-01 00:00:00', stopped_at = '2020-01-02 00:00:00'"))
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    store.close()

    def closed() -> Any:
        return imap_inbox(ImapAccount("127.0.0.1", free_port(), "a", "b", "none"))

    away = Sending(Relay("127.0.0.1", free_port()))
    with name_server("") as resolver:
        broken = replace(
            installation,
            resolver=resolver,
            base_url="http://nieuws.stichting.nl",
            locales={"am": "አማርኛ", "zz": "\U0001f9ff\U00010380"},
            sending=(away,),
            inbox=closed,
            broker=f"redis+socket://{tmp_path}/nergens.sock",
        )
        found = examine(broken, CHECKS)
    by = levels(found)
    failing = ("pages", "keys", "schema", "broker", "workers", "retention", "relay", "returns", "spf", "dmarc", "mx")
    assert {name: Level.FAIL in by[name] for name in failing} == dict.fromkeys(failing, True)
    assert by["content"] == [Level.WARN, Level.FAIL]
    assert Level.WARN in by["fonts"]
    assert all(one.remedy is not None for one in found if one.level in (Level.FAIL, Level.WARN, Level.SKIP))
    assert exit_code(found) == 2


def test_settings_that_cannot_be_read_are_told_and_the_machine_is_looked_at(tmp_path: Path) -> None:
    toml = (ROOT / "postduif.toml").read_text("utf-8")
    (tmp_path / "postduif.toml").write_text(f'{toml}\n[storage]\nbroker = "redis+cluster://10.0.0.1"\n')
    found = examine(world_of(tmp_path, resolver=NOBODY), CHECKS)
    assert levels(found)["settings"] == [Level.FAIL]
    assert "redis+socket://" in str(found[0].said)
    assert {one.check for one in found} == {"settings", "clock", "disk", "content"}


@pytest.mark.parametrize(
    ("storage", "told"),
    [
        ('broker = "valkey://127.0.0.1"', "bekend zijn memory://"),
        ('broker = "127.0.0.1:6379"', "bekend zijn memory://"),
        ('broker = "sentinel://127.0.0.1"', "broker_master"),
        ('broker = "redis://127.0.0.1"\nbroker_master = "a"', "broker_master"),
    ],
)
def test_a_broker_that_nothing_can_speak_to_is_refused(tmp_path: Path, storage: str, told: str) -> None:
    toml = (ROOT / "postduif.toml").read_text("utf-8")
    (tmp_path / "postduif.toml").write_text(f"{toml}\n[storage]\n{storage}\n")
    [problem] = world_of(tmp_path, resolver=NOBODY).problems
    assert told in str(problem)


def test_the_command_looks_at_what_is_asked_and_ends_with_what_it_found(tmp_path: Path) -> None:
    shutil.copy(ROOT / "postduif.toml", tmp_path)
    command = ["--content", str(tmp_path), "doctor"]
    healthy = CliRunner().invoke(app, [*command, "--only", "settings", "--only", "fonts"], env={"LANGUAGE": "nl"})
    assert healthy.exit_code == 0
    assert "✓ settings" in healthy.output
    broken = CliRunner().invoke(app, [*command, "--only", "keys", "--json"], env={"LANGUAGE": "ar"})
    assert broken.exit_code == 2
    [found] = json.loads(broken.output)
    assert (found["check"], found["level"]) == ("keys", "fail")
    assert not (tmp_path / "var").exists()
    records = CliRunner().invoke(app, ["--content", str(tmp_path), "records"], env={"LANGUAGE": "nl"})
    assert "bounce+…@voorbeeld.example" in records.output
    with pytest.raises(InvalidInputError, match="spf"):
        chosen(["spff"], loop=False)


def test_a_database_that_may_only_be_read_or_is_away_fails_and_is_not_made(installation: World, tmp_path: Path) -> None:
    file = Path(installation.database.removeprefix("sqlite:///"))
    store = Store(installation.database)
    with store.transaction() as session:  # a trigger refuses like a standby: root may write any file
        session.execute(
            text("CREATE TRIGGER no BEFORE UPDATE ON alembic_version BEGIN SELECT RAISE(ABORT, 'vol'); END")
        )
    store.close()
    assert levels(list(kept.database(installation)))["database"] == [Level.OK, Level.FAIL]
    file.write_bytes(b"dit is geen database" * 500)
    assert levels(list(kept.database(installation)))["database"] == [Level.FAIL]
    file.unlink()
    assert levels(list(kept.database(installation)))["database"] == [Level.NOTE]
    assert not file.exists()
    away = replace(installation, database=f"postgresql://postduif@/postduif?host={tmp_path}")
    [found] = kept.database(away)
    assert found.level is Level.FAIL


def test_old_backups_and_queues_that_no_one_serves_are_found(installation: World) -> None:
    store = Store(installation.database, KeyRing.from_folder(installation.keys or Path()))
    assert [one.level for one in running.backup(installation)] == [Level.WARN]
    at = now()
    with store.transaction() as session:
        record(session, BACKED_UP, "installation", at=at)
        record(session, BACKUP_CHECKED, UUID(int=1), at=at)
        columns = "uid, host, place, pid, born, kind, queues, version, keys, epoch, beat, at"
        session.execute(text(f"CREATE TABLE IF NOT EXISTS heartbeat ({columns})"))
        for number, queues in enumerate(("send,print", "mail", "")):
            beat = f"'{number}', 'a', '', 1, 1, 'worker', '{queues}', '1', '[]', 1, 1, '{at:%Y-%m-%d %H:%M:%S.%f}'"
            session.execute(text(f"INSERT INTO heartbeat ({columns}) VALUES ({beat})"))  # noqa: S608
    assert [one.level for one in running.backup(installation)] == [Level.OK]
    with store.transaction() as session:
        record(session, BACKED_UP, "installation", detail={"tried": False}, at=at)
    said = [one.remedy for one in running.backup(installation) if one.level is Level.WARN]
    assert "CREATEDB" in str(*said)
    with store.transaction() as session:
        record(session, BACKED_UP, "installation", detail={"tried": True}, at=at)
    assert [one.level for one in running.backup(installation)] == [Level.OK]
    found = list(running.workers(installation))
    assert [one.level for one in found] == [Level.OK, Level.FAIL]
    assert "write" in str(found[1].said)
    with store.transaction() as session:
        session.execute(text("DELETE FROM heartbeat WHERE queues <> ''"))
    store.close()
    assert [one.level for one in running.workers(installation)] == [Level.OK], "it sends by hand, and serves no queue"
    later = replace(installation, clock=lambda: at + timedelta(days=60))
    assert [one.level for one in running.backup(later)] == [Level.FAIL, Level.WARN]


def test_keys_are_on_paper_and_the_paper_is_read_back_each_year(installation: World) -> None:
    store = Store(installation.database, KeyRing.from_folder(installation.keys or Path()))

    def told(days: int, **done: Any) -> str:
        """What doctor warns of some days from now, after this was done with the keys on that day."""
        later = replace(installation, clock=lambda: at + timedelta(days=days))
        if done:
            with store.transaction() as session:
                record(session, Event.KEY, UUID(int=1), detail=done, at=later.clock())
        return " ".join(str(one.said) for one in kept.keys(later) if one.level is Level.WARN)

    at = now().replace(microsecond=0)  # as the trail keeps it
    assert "nog niet op papier" in told(0)
    assert told(0, step="printed") == ""
    assert told(366) == ""
    assert "nagekeken op" in told(367)
    assert "nagekeken op" in told(368, step="checked", wrong=1), "what was typed was not what the keys are"
    assert told(369, step="checked", wrong=0) == ""
    assert told(369 + 366) == ""
    assert "bijgekomen" in told(400, root="data", step="prepared")
    assert told(401, step="printed") == ""
    store.close()


@pytest.mark.promise("F15")
def test_clocks_that_differ_are_found(installation: World) -> None:
    ahead = replace(installation, clock=lambda: now() + timedelta(hours=3))
    assert Level.FAIL in levels(list(kept.database(ahead)))["database"]
    for kernel, level in ((None, Level.NOTE), ((False, 16.0), Level.WARN), ((True, 0.01), Level.OK)):
        [found] = machine.clock(installation, partial(_said, kernel))
        assert found.level is level


def test_a_full_disk_is_found(installation: World, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage(installation.folder)._replace(free=5_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _place: full)
    assert levels(list(machine.disk(installation)))["disk"] == [Level.FAIL]
    roomy = full._replace(free=10**12)
    monkeypatch.setattr("shutil.disk_usage", lambda _place: roomy)
    few = os.statvfs_result((4096, 4096, 10**9, 10**9, 10**9, 10**6, 3, 3, 0, 255))
    monkeypatch.setattr("os.statvfs", lambda _place: few)
    assert levels(list(machine.disk(installation)))["disk"] == [Level.WARN]


def test_a_check_that_goes_wrong_itself_is_a_finding_without_the_words_of_the_error(installation: World) -> None:
    def fails(_world: World) -> Iterator[Finding]:
        yield Finding("odd", Level.OK, Text("iets"))
        raise OSError(errno.EIO, "jan@lezer.example")

    found = examine(installation, {"odd": fails})
    assert [one.level for one in found] == [Level.OK, Level.SKIP]
    assert "lezer" not in str(found[1].said)


@pytest.mark.parametrize(
    ("plan", "relay", "expected"),
    [
        ({}, {"password": "fout"}, [Level.FAIL]),
        ({"ends": 5}, {}, [Level.WARN, Level.OK]),
        ({"other_host": True}, {}, [Level.FAIL]),
        ({"size": 1000}, {}, [Level.OK, Level.WARN, Level.OK]),
        ({"starttls": False}, {}, [Level.FAIL]),
    ],
)
def test_a_relay_says_what_is_wrong_with_it(
    installation: World, tmp_path: Path, plan: dict[str, Any], relay: dict[str, Any], expected: list[Level]
) -> None:
    made = {name: plan.pop(name) for name in ("ends", "other_host") if name in plan}
    certificate = self_signed(tmp_path / "relay.pem", **{"ends": 90, **made})
    with fault_server(Plan(**{"starttls": True, "auth": "PLAIN", "certificate": certificate, **plan})) as (_, port):
        to = Relay("127.0.0.1", port, Security.STARTTLS, "bode", "geheim", ca_file=certificate)
        world = replace(installation, sending=(Sending(replace(to, **relay)),))
        assert [one.level for one in relays.relays(world)] == expected


def test_a_credential_that_is_missing_is_said_before_anyone_knocks(installation: World) -> None:
    with fault_server(Plan(auth="PLAIN")) as (server, port):
        relay = Relay("127.0.0.1", port, user="bode")
        [found] = relays.relays(replace(installation, sending=(Sending(relay),)))
        assert (found.level, "smtp__password" in str(found.remedy)) == (Level.FAIL, True)
        assert server.received == []
    assert installation.keys is not None
    (installation.keys / "links.1").unlink()  # as `LoadCredential=` hands on a folder in which a file is missing
    found, *_rest = kept.keys(installation)
    assert found.level is Level.FAIL
    assert "links" in str(found.said)


def test_a_broker_that_throws_bells_away_or_hangs_up_is_found(
    installation: World, valkey_url: str, tmp_path: Path
) -> None:
    client = redis.Redis(unix_socket_path=valkey_url.removeprefix("redis+socket://"))
    before = str(client.config_get("maxmemory-policy")["maxmemory-policy"])
    try:
        client.config_set("maxmemory-policy", "allkeys-lru")
        assert [one.level for one in running.broker(replace(installation, broker=valkey_url))] == [Level.WARN, Level.OK]
        client.config_set("maxmemory-policy", "noeviction")
        assert [one.level for one in running.broker(replace(installation, broker=valkey_url))] == [Level.OK]
    finally:
        client.config_set("maxmemory-policy", before)
    with hung_up_at_once(tmp_path / "hung.sock"):
        found = list(running.broker(replace(installation, broker=f"redis+socket://{tmp_path}/hung.sock")))
    assert [one.level for one in found] == [Level.FAIL]


def test_a_letter_to_ourselves_comes_back_and_is_taken_away(installation: World, tmp_path: Path) -> None:
    box = tmp_path / "terug"
    for part in ("new", "cur", "tmp"):
        (box / part).mkdir(parents=True)
    (box / "new" / "1.ander").write_bytes(b"Subject: van een vreemde\n\nhallo\n")
    with maildir_server(box) as port:
        world = replace(installation, sending=(Sending(Relay("127.0.0.1", port)),), inbox=lambda: _open(Maildir(box)))
        found = list(loop.loop(world))
    assert [one.level for one in found] == [Level.OK, Level.FAIL]  # it came back whole, and nothing signed it
    assert [path.name for path in (box / "new").iterdir()] == ["1.ander"]


def test_a_letter_that_never_comes_back_or_is_not_taken_is_told(installation: World) -> None:
    with fault_server(Plan()) as (_, port):
        gone = replace(installation, sending=(Sending(Relay("127.0.0.1", port)),))
        assert [one.level for one in loop.loop(gone, most=0.0)] == [Level.FAIL]
    with fault_server(Plan(faults={"rcpt": {"5xx": 1.0}})) as (_, port):
        refused = replace(installation, sending=(Sending(Relay("127.0.0.1", port)),))
        assert [one.level for one in loop.loop(refused, most=0.0)] == [Level.FAIL]
    assert [one.level for one in loop.loop(replace(installation, inbox=None))] == [Level.SKIP]


ADDRESS = "bounce+doctor-1@nieuws.test"
SIGNED = "v=1; a=rsa-sha256; d=nieuws.test; s=een; h=From:To:List-Unsubscribe:\n List-Unsubscribe-Post; bh=x; b=y"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Delivered-To": ADDRESS, "DKIM-Signature": SIGNED}, [Level.OK, Level.OK]),
        ({"X-Original-To": "bounce@nieuws.test", "DKIM-Signature": SIGNED}, [Level.FAIL, Level.OK]),
        ({"To": ADDRESS, "DKIM-Signature": SIGNED.replace("nieuws.test", "elders.test")}, [Level.OK, Level.FAIL]),
        ({"To": ADDRESS, "DKIM-Signature": SIGNED.replace("d=nieuws.test", "d=test")}, [Level.OK, Level.FAIL]),
        ({"To": ADDRESS, "DKIM-Signature": "h=From:To; d=nieuws.test; s=een"}, [Level.OK, Level.FAIL]),
        ({"To": ADDRESS}, [Level.OK, Level.FAIL]),
        (
            {"To": ADDRESS, "DKIM-Signature": SIGNED, "Received": "from a by b; Mon, 1 Jan 2024 10:00:00 +0000"},
            [Level.OK, Level.OK, Level.WARN],
        ),
        ({"To": ADDRESS, "DKIM-Signature": SIGNED, "Received": "from a by b; gisteren"}, [Level.OK, Level.OK]),
    ],
)
def test_what_a_letter_that_came_back_tells(headers: dict[str, str], expected: list[Level]) -> None:
    message = EmailMessage()
    for name, value in headers.items():
        message[name] = value.replace("\n", "")
    assert [one.level for one in loop.judged(message.as_bytes(), ADDRESS, now())] == expected
