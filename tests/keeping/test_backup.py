"""A backup comes back whole or not at all, and what is put back is held; in the middle of a mailing too."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pyrage
import pytest
from sqlalchemy import make_url, select, text

from commands import nightly
from database import audit
from database.base import now
from database.copies import kind_of
from database.copies import rows_in as counted
from database.keys import KeyRing, KeysError
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import open_mailing, states
from devtools.waiting import wait_for
from devtools.worker_process import Sender
from devtools.worker_process import sending as worker
from mailer.bootstrap import Parts, backup_places, wire
from mailer.ledger.health import backed_up
from mailer.ledger.states import DeliveryState
from mailer.services.keeping import backup, holding
from mailer.services.keeping.parcel import DamagedError, new_identity
from mailer.services.keeping.restore import restore
from mailer.services.office import Silence
from mailer.services.sending import orders
from mailer.services.sending.letters import signing_key
from mailer.services.sending.witness import Kept, Witness
from tests.conftest import empty_database
from tests.keeping.test_hold import held, relay_log
from tests.support.desk_people import ADMIN, EDITOR, employ
from tests.support.house import ROOT, content_in
from tests.support.people import BAS, reader
from wording import Text
from wording.errors import ConflictError, InvalidInputError, PostduifError, ServiceError, SettingsError


@dataclass(frozen=True)
class House:
    """An installation, the private keys of two people, and a backup of it; all of it is only looked at."""

    parts: Parts
    url: str
    keys: Path
    people: tuple[Path, Path]
    file: Path

    def make(self, target: Path, *, try_it: bool = False, **changes: Any) -> backup.Made:
        places = replace(backup_places(self.parts), **changes)
        return backup.make(self.parts.office(Silence()), places, target, try_it=try_it)


def made(folder: Path, url: str) -> House:
    content = content_in(folder / "content")
    keys = folder / "keys"
    KeyRing.create(keys)
    people = (folder / "noor.key", folder / "kim.key")
    recipients = [new_identity(one) for one in people]
    settings = content.folder / "postduif.toml"
    own = f"[storage]\nkeys = '{keys}'\nwitness = '{folder / 'witness'}'\n[backup]\nrecipients = {recipients}\n"
    settings.write_text(settings.read_text("utf-8") + own, "utf-8")
    parts = wire(content.folder, url)
    employ(parts.store, ADMIN, EDITOR)
    reader(parts.store, BAS)
    (content.folder / "issues" / "koppeling").symlink_to("/etc/passwd")
    house = House(parts, url, keys, people, folder / "made.postduif.age")
    house.make(house.file)
    return house


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with empty_database(request, request.param, folder / "content" / "var") as url:
        found = made(folder, url)
        yield found
        found.parts.store.close()


@pytest.fixture
def empty(house: House, tmp_path: Path, lend: Callable[[str, Path], str]) -> str:
    """An empty database of the same kind."""
    return lend(kind_of(house.url), tmp_path / "back" / "var")


def put_back(house: House, file: Path, folder: Path, url: str, identity: Path | None = None) -> dict[str, Any]:
    ring = KeyRing.from_folder(house.keys)
    return restore(file, identity or house.people[0], ring, folder, lambda _settings: url)


def rows_in(url: str) -> dict[str, int]:
    store = Store(url)
    with store.reading() as session:
        names = ("audit", "person", "subscriber", "consent_event", "notice")
        found = {name: session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}  # noqa: S608
    store.close()
    return found


def test_all_but_the_keys_comes_back_and_is_held_whoever_of_the_two_opens_it(
    house: House, tmp_path: Path, empty: str
) -> None:
    back = tmp_path / "back"
    manifest = put_back(house, house.file, back, empty, house.people[1])
    folder = house.parts.content.folder
    content = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}
    expected = {path for path in content if path.parts[0] != "var"}
    found = {path.relative_to(back) for path in back.rglob("*") if path.is_file()}
    assert found - {Path("var/postduif.sqlite")} == expected
    assert all((back / path).read_bytes() == (folder / path).read_bytes() for path in expected)
    assert {name: manifest["rows"][name] for name in rows_in(empty)} == rows_in(empty)
    store = Store(empty, KeyRing.from_folder(house.keys))
    assert held(store)
    with store.reading() as session:
        assert audit.verify(session).broken_at is None
    store.close()
    if kind_of(empty) == "sqlite":
        assert (back / "var" / "postduif.sqlite").stat().st_mode & 0o077 == 0
    with pytest.raises(ConflictError, match="staat al iets"):
        put_back(house, house.file, back, empty)


def test_no_key_and_no_name_is_in_it(house: House, tmp_path: Path) -> None:
    plain = tmp_path / "plain.tar"
    house.make(plain, recipients=())
    assert plain.stat().st_mode & 0o077 == 0
    data = plain.read_bytes()
    for path in house.keys.iterdir():
        assert path.read_bytes().strip() not in data
    assert BAS.encode() not in data
    with tarfile.open(plain) as tar:
        assert {one.mode for one in tar} == {0o600}
    assert b"content/" not in house.file.read_bytes()


def test_what_is_cut_off_changed_or_not_ours_is_refused_and_nothing_is_there(
    house: House, tmp_path: Path, empty: str
) -> None:
    whole, back = house.file.read_bytes(), tmp_path / "back"
    plain, strange, file = tmp_path / "plain.tar", tmp_path / "strange.key", tmp_path / "case"
    house.make(plain, recipients=())
    new_identity(strange)
    recipient = pyrage.x25519.Identity.from_str(house.people[0].read_text().split()[-1]).to_public()
    bare, noor = plain.read_bytes(), house.people[0]

    def sealed(data: bytes) -> bytes:
        return bytes(pyrage.encrypt(data, [recipient]))

    cases = {
        "cut": (whole[: len(whole) * 2 // 3], noor),
        "cut at the start": (whole[:40], noor),
        "flipped": (one_bit(whole, len(whole) // 2), noor),
        "another key": (whole, strange),
        "no backup": (b"hello", noor),
        "empty": (b"", noor),
        "flipped before it was sealed": (
            pyrage.encrypt(one_bit(bare, bare.index(b"content/") + 1024), [recipient]),
            noor,
        ),
        "cut before it was sealed": (pyrage.encrypt(bare[: len(bare) // 2], [recipient]), noor),
    }
    for name, (data, identity) in cases.items():
        file.write_bytes(data)
        with pytest.raises(DamagedError, match=r"beschadigd|afgebroken|gaat niet open"):
            put_back(house, file, back, empty, identity)
        assert (back.exists(), (tmp_path / ".back.restoring").exists()) == (False, False), name
    with pytest.raises(InvalidInputError, match="verzegeld"):
        restore(house.file, None, KeyRing.from_folder(house.keys), back, lambda _settings: empty)
    with pytest.raises(InvalidInputError, match="geheime sleutel"):
        put_back(house, house.file, back, empty, house.file)
    for ring, error in ((KeyRing.generated(), DamagedError), (without_audit_key(house), KeysError)):
        with pytest.raises(error):
            restore(house.file, noor, ring, back, lambda _settings: empty)
    assert not back.exists()
    put_back(house, plain, back, empty)  # and what is as it was made is not refused


def one_bit(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def without_audit_key(house: House) -> KeyRing:
    ring = KeyRing.from_folder(house.keys)
    return KeyRing({**ring.roots, "audit": {7: ring.roots["audit"][1]}})


def test_what_is_newer_of_another_kind_or_where_something_is_is_refused(
    house: House, tmp_path: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = tmp_path / "back"
    for name, value in (("installation.SCHEMA", 0), ("knows", lambda _revision: False)):
        monkeypatch.setattr(f"mailer.services.keeping.restore.{name}", value)
        with pytest.raises(ConflictError, match="nieuwere versie"):
            put_back(house, house.file, back, empty)
        monkeypatch.undo()
    other = "postgresql:///elders" if kind_of(empty) == "sqlite" else f"sqlite:///{tmp_path}/elders.sqlite"
    with pytest.raises(ConflictError, match="De back-up is van"):
        put_back(house, house.file, back, other)
    with pytest.raises(PostduifError, match="staat al iets"):
        put_back(house, house.file, house.parts.content.folder, empty)  # also one that runs
    with pytest.raises(ConflictError, match="niet leeg"):
        put_back(house, house.file, back, house.url)
    assert not back.exists()


def test_of_two_restores_at_once_one_is_refused(house: House, tmp_path: Path, empty: str) -> None:
    back, refused = tmp_path / "back", []

    def meanwhile(_settings: bytes) -> str:
        with pytest.raises(ConflictError, match="wordt al een back-up teruggezet"):
            put_back(house, house.file, back, empty)
        refused.append(back)
        return empty

    restore(house.file, house.people[0], KeyRing.from_folder(house.keys), back, meanwhile)
    assert refused == [back]
    assert back.exists()


def test_a_restore_that_was_killed_before_the_folder_had_its_name_goes_on(
    house: House, tmp_path: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL has it by then: that is the same backup, and held, so the rest is done."""
    back = tmp_path / "back"

    def killed(_target: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mailer.services.keeping.restore._name", killed)
    with pytest.raises(KeyboardInterrupt):
        put_back(house, house.file, back, empty)
    monkeypatch.undo()
    assert not back.exists()
    put_back(house, house.file, back, empty)
    assert (back / "postduif.toml").exists()
    assert rows_in(empty)["person"] == 2


def test_a_full_disk_is_said_and_nothing_half_done_is_left(tmp_path: Path) -> None:
    """In a mount namespace of its own, on a memory file system of one megabyte."""
    house = made(tmp_path / "house", "")
    plain, small = tmp_path / "plain.tar", tmp_path / "small"
    (house.parts.content.folder / "large.bin").write_bytes(os.urandom(3_000_000))
    house.make(plain, recipients=())
    small.mkdir()
    given = (house.parts.content.folder, house.keys, small, plain)
    run = f"{sys.executable} -m tests.support.backup_on_full_disk {' '.join(map(str, given))}"
    script = f"mount -t tmpfs -o size=1m none {small} && exec {run}"
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    arguments = ["unshare", "--mount", *as_root, "sh", "-c", script]
    ended = subprocess.run(arguments, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    house.parts.store.close()
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("No space left on device") == 3, ended.stdout


def test_each_night_the_backup_is_put_back_in_a_scratch_place_and_counted(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is written, for nothing on the server opens it afterwards; nothing of that place is left."""
    before = databases(house)
    made = house.make(tmp_path / "tried.age", try_it=True)
    assert made.tried
    assert trail(house, backup.MADE)[-1]["tried"] is True
    assert house.make(tmp_path / "untried.age").tried is False

    def one_row_less(rows: Any) -> Any:
        return lambda session: {**rows(session), "person": rows(session)["person"] - 1}

    monkeypatch.setattr("database.scratch.rows_in", one_row_less(counted))
    with pytest.raises(ConflictError, match="in person staan 1 rijen in plaats van 2"):
        house.make(tmp_path / "less.age", try_it=True)
    with pytest.raises(ConflictError, match="in person staan 1 rijen"):
        backup.check(house.parts.office(Silence()), ADMIN, house.file, house.people[0])
    assert not (tmp_path / "less.age").exists()
    assert databases(house) == before
    assert list(house.parts.content.folder.glob("var/.copy-*")) == []


def databases(house: House) -> set[str]:
    """On the server, without those of other tests."""
    if kind_of(house.url) == "sqlite":
        return set()
    own = str(make_url(house.url).database)
    with house.parts.store.reading() as session:
        return {name for name in session.scalars(text("SELECT datname FROM pg_database")) if name.startswith(own)}


def trail(house: House, event: str) -> list[dict[str, Any]]:
    rows = select(audit.AuditRow.detail).where(audit.AuditRow.event == event).order_by(audit.AuditRow.seq)
    with house.parts.store.reading() as session:
        return [dict(one or {}) for one in session.scalars(rows)]


def test_a_role_that_may_make_no_database_backs_up_and_says_that_it_was_not_tried(
    tmp_path: Path, lend: Callable[[str, Path], str]
) -> None:
    house = made(tmp_path / "house", lend("postgresql", tmp_path))
    bare = Store(house.url)
    own, role = make_url(house.url).database, f"bare_{make_url(house.url).database}"
    left = f"{own}_check_00000000"
    with bare.engine.connect() as connection:
        run = connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql
        run(f"CREATE ROLE {role} LOGIN IN ROLE pg_read_all_data, pg_write_all_data")
        run(f"CREATE DATABASE {left}")  # as a kill leaves it
        limited = wire(house.parts.content.folder, make_url(house.url).set(username=role).render_as_string())
        made_by = replace(house, parts=limited)
        assert not made_by.make(tmp_path / "untried.age", try_it=True).tried
        assert trail(house, backup.MADE)[-1]["tried"] is False
        with pytest.raises(SettingsError, match="mag geen database maken"):
            backup.check(limited.office(Silence()), ADMIN, house.file, house.people[0])
        limited.store.close()
        assert house.make(tmp_path / "tried.age", try_it=True).tried
        assert databases(house) == {own}, "what a kill left is gone too"
        run(f"DROP ROLE {role}")
    bare.close()
    house.parts.store.close()


def test_where_no_timer_is_a_process_makes_one_each_night_and_tells_of_a_night_it_failed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, zone = house.parts.office(Silence()), ZoneInfo("Europe/Amsterdam")
    with house.parts.store.reading() as session:
        last = backed_up(session)
    assert last is not None
    day = last.astimezone(zone).date()

    def due(days: int, hour: int, minute: int = 0) -> date | None:
        at = datetime.combine(day + timedelta(days=days), time(hour, minute), zone)
        return backup.night_due(replace(office, clock=lambda: at))

    assert [due(0, 23, 59), due(1, 2, 59)] == [None, None]
    assert [due(1, 3), due(1, 23), due(9, 4)] == [day + timedelta(days=days) for days in (1, 1, 9)]

    nights = iter([None, day, day, None, day + timedelta(days=1), day + timedelta(days=1)])
    made, told = [], []

    class Over(Event):
        def wait(self, timeout: float | None = None) -> bool:
            return len(looked) == 6

    looked: list[object] = []

    def next_night(_office: object) -> date | None:
        looked.append(None)
        return next(nights)

    def make() -> None:
        made.append(len(looked))
        if len(made) == 1:
            raise ServiceError(Text("vol"))

    class Told:
        def unit_failed(self, unit: str) -> None:
            told.append(unit)

    monkeypatch.setattr("mailer.services.keeping.backup.night_due", next_night)
    monkeypatch.setattr("mailer.bootstrap.watchman", lambda _parts: Told())
    nightly.each_night(house.parts, make, Over())
    assert made == [2, 5]
    assert told == ["postduif-backup"]


def test_a_person_checks_a_backup_and_that_is_written_down(house: House) -> None:
    office = house.parts.office(Silence())
    assert backup.check(office, ADMIN, house.file, house.people[1])["rows"]["person"] == 2
    with house.parts.store.reading() as session:
        checked = select(audit.AuditRow.actor).where(audit.AuditRow.event == backup.CHECKED)
        assert set(session.scalars(checked)) == {str(ADMIN.uid)}
    with pytest.raises(DamagedError):
        backup.check(office, ADMIN, house.keys / "data.1", house.people[1])


@pytest.mark.promise("P8")
def test_backups_that_are_old_go_and_the_newest_stays(tmp_path: Path) -> None:
    names = [f"postduif-2026110{day}T030000Z.postduif.age" for day in range(1, 5)]
    others = ["postduif-20200101T000000Z.postduif.tar", "brief.age"]
    for name in (*names, *others):
        (tmp_path / name).touch()
    assert backup.forget_old(tmp_path, now().replace(year=2026, month=11, day=3, hour=0), sealed=True) == 2
    assert backup.forget_old(tmp_path, now().replace(year=2030), sealed=True) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([names[-1], *others])
    with pytest.raises(InvalidInputError, match="twee mensen"):
        backup.require_two(["age1a", "age1a"])


@pytest.mark.promise("F27")
def test_backed_up_in_the_middle_of_a_mailing_and_put_back_after_it_nobody_is_mailed_twice_or_lost(
    house: House, tmp_path: Path, empty: str
) -> None:
    """Real processes: a worker sends while the backup is made, and another starts on what was put back."""
    file, journal = tmp_path / "middle.age", tmp_path / "journal"
    readers, ring = 300, KeyRing.from_folder(house.keys)
    key = signing_key(ring).hex()
    mailing_id = open_mailing(house.parts.store, readers, slug="noo-2026-11")
    with fault_server(Plan(delay=0.01)) as (server, port):
        with worker(Sender(house.url, port, key=key)) as process:
            wait_for(lambda: len(server.received) > 20)
            house.make(file)
            assert process.wait(90) == 0
        assert len(server.received) == readers
        put_back(house, file, tmp_path / "back", empty)
        old = Store(empty, ring)
        had = Counter(states(old, mailing_id).values())[DeliveryState.ACCEPTED]
        with worker(Sender(empty, port, key=key, journal=str(journal))):
            wait_for(lambda: journal.exists() and "did" in journal.read_text("utf-8"))
        assert len(server.received) == readers, "nobody is mailed while it is held"
        office = replace(house.parts, store=old).office(Silence())
        log, witness = relay_log(server, tmp_path / "mail.log"), Witness(Kept(tmp_path / "witness"))
        lifted = holding.lift(office, ADMIN, witness, [log], nobody_erased=True)
        assert lifted.settled == readers - had
        if lifted.waiting:
            orders.resume(office, EDITOR, mailing_id)
        with worker(Sender(empty, port, key=key)) as process:
            assert process.wait(90) == 0
        old.close()
    assert Counter(Counter(server.received).values()) == {1: readers}
