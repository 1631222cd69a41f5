"""kill -9 at moments all over an upgrade, a backup and each step of a rotation, on both databases.

Nothing is lost, and the same command given again does the rest. `make test` kills one of each kind; restores and
rotations on both databases are killed in `tests/keeping/test_killed.py` and `tests/whole/test_killed_rotation.py`.

Not in `make test`: it takes minutes. `make slow` runs it.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text

from database.copies import kind_of
from database.keys import KeyRing
from database.migrations import Schema, schema_of
from database.session import Store
from mailer.places import default_keys
from mailer.services.keeping.parcel import manifest_of
from subscribers.examples import example_readers, insert_readers
from tests.keeping.test_backup import House, made
from tests.support.desk_people import ADMIN
from tests.support.forks import Forks, forks
from tests.support.installation import FIXTURES, RELEASES, restore

Lend = Callable[[str, Path], str]
MOMENTS = 10
ROOTS = ("data", "index", "audit")
KINDS = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


@pytest.fixture(scope="module")
def forked() -> Iterator[Forks]:
    modules = ("mailer.bootstrap", "mailer.services.keeping.upgrade", "mailer.services.publishing.falling")
    with forks(*modules, "subscribers.reindex") as opened:
        yield opened


def lasts(forked: Forks, words: list[str], told: Path) -> float:
    """Seconds that a command takes which nobody kills."""
    began = time.monotonic()
    assert forked.run(words, told) == 0, told.read_text("utf-8")
    return time.monotonic() - began


def must(forked: Forks, words: list[str], told: Path) -> None:
    assert forked.run(words, told) == 0, told.read_text("utf-8")


class Old:
    """An installation of an earlier release."""

    def __init__(self, lend: Lend, kind: str, release: str, folder: Path) -> None:
        source = FIXTURES / release
        self.content = folder / f"content-{uuid4().hex}"  # keys are kept by this name
        shutil.copytree(source / "content", self.content)
        shutil.copytree(source / "keys", default_keys(self.content))
        for key in default_keys(self.content).iterdir():
            key.chmod(0o400)
        (self.content / "var").mkdir(exist_ok=True)
        self.url = lend(kind, self.content / "var")
        if kind == "sqlite":
            shutil.copy(source / "postduif.sqlite", make_url(self.url).database or "")
        else:
            restore(source / "postduif.sql", self.url)
        self.rows = json.loads((source / f"{kind}.json").read_text("utf-8"))["rows"]

    def words(self, *words: str) -> list[str]:
        return ["--content", str(self.content), "--database", self.url, *words]

    def found(self) -> tuple[Schema, dict[str, int]]:
        store = Store(self.url)
        with store.reading() as session:
            counted = {one: session.scalar(text(f'SELECT count(*) FROM "{one}"')) or 0 for one in self.rows}  # noqa: S608
        schema = schema_of(store)
        store.close()
        return schema, counted


@KINDS
@pytest.mark.parametrize("release", RELEASES)
def test_an_upgrade_killed_at_any_moment(lend: Lend, release: str, kind: str, tmp_path: Path, forked: Forks) -> None:
    told, whole = tmp_path / "told.txt", 0.0
    found = []
    for moment in range(MOMENTS + 1):
        (tmp_path / str(moment)).mkdir()
        old = Old(lend, kind, release, tmp_path / str(moment))
        upgrade = old.words("upgrade")
        if moment == 0:
            whole = lasts(forked, upgrade, told)
            continue
        forked.kill_after(whole * moment / (MOMENTS + 1), upgrade, told)
        schema, rows = old.found()
        found.append(schema)
        assert schema in {Schema.OLDER, Schema.CURRENT}, "all of it or nothing"
        assert {**rows, "audit": 0} == {**old.rows, "audit": 0}
        must(forked, upgrade, told)
        must(forked, old.words("keys", "check"), told)
        schema, rows = old.found()
        assert schema is Schema.CURRENT
        assert {**rows, "audit": 0} == {**old.rows, "audit": 0}
    assert Schema.OLDER in found, "it was killed before it was over"


@pytest.fixture
def house(lend: Lend, kind: str, tmp_path: Path) -> Iterator[House]:
    found = made(tmp_path, lend(kind, tmp_path / "content" / "var"))
    with found.parts.store.transaction() as session:
        insert_readers(session, example_readers({"legal-aid": ("nl",)}, 60))
    yield found
    found.parts.store.close()


def words_of(house: House, *words: str) -> list[str]:
    return ["--content", str(house.parts.content.folder), "--database", house.url, *words]


@KINDS
def test_a_backup_killed_at_any_moment(house: House, tmp_path: Path, forked: Forks) -> None:
    told, target = tmp_path / "told.txt", tmp_path / "out" / "one.age"
    backup = words_of(house, "backup", "-o", str(target))
    whole = lasts(forked, backup, told)
    for moment in range(1, MOMENTS + 1):
        target.unlink()
        forked.kill_after(whole * moment / (MOMENTS + 1), backup, told)
        if target.exists():
            assert is_whole(house, target)
        must(forked, backup, told)
        assert is_whole(house, target)
        assert [one.name for one in target.parent.iterdir()] == ["one.age"]
        assert list(house.parts.content.folder.glob("var/.copy-*")) == []
        assert scratch_databases(house) == []


def is_whole(house: House, file: Path) -> bool:
    return bool(manifest_of(file, house.people[0], KeyRing.from_folder(house.keys))["rows"]["subscriber"] == 61)


def scratch_databases(house: House) -> list[str]:
    if kind_of(house.url) == "sqlite":
        return []
    with house.parts.store.reading() as session:
        names = session.scalars(text("SELECT datname FROM pg_database")).all()
    return [name for name in names if name.startswith(f"{make_url(house.url).database}_check_")]


@KINDS
@pytest.mark.parametrize("root", ROOTS)
def test_each_step_of_a_rotation_killed_at_any_moment(house: House, root: str, tmp_path: Path, forked: Forks) -> None:
    """After each kill everything opens and is found; the same step is given again, and then the next one."""
    told, as_noor = tmp_path / "told.txt", ["--as", ADMIN.name]
    kid, most = 1, 2
    whole: dict[str, float] = {}
    for moment in range(most + 1):
        steps = {
            "prepare": ["keys", "prepare", root, *as_noor],
            "activate": ["keys", "activate", root, *as_noor],
            "renew": ["keys", "rotate", root, "--resume", *as_noor],
            "retire": ["keys", "retire", f"{root}.{kid}", *as_noor],
        }
        with house.parts.store.transaction() as session:
            session.execute(text("DELETE FROM asked"))  # hashes of the form's limits, which only time takes away
        for name, step in steps.items():
            if name == "retire" and not may_go(house, root, kid, told, forked):
                continue
            command = words_of(house, *step)
            if moment == 0:
                whole[name] = lasts(forked, command, told)
                continue
            code = forked.kill_after(whole[name] * moment / (most + 1), command, told)
            must(forked, words_of(house, "keys", "check"), told)
            if code != 0 and not is_done(house, name, root, kid):
                must(forked, command, told)
        kid += 1
    assert KeyRing.from_folder(house.keys).newest(root) == most + 2


def may_go(house: House, root: str, kid: int, told: Path, forked: Forks) -> bool:
    must(forked, words_of(house, "keys", "check", "--json"), told)
    [use] = [one for one in json.loads(told.read_text("utf-8"))["keys"] if one["key"] == f"{root}.{kid}"]
    return bool(use["retirable"])


def is_done(house: House, name: str, root: str, kid: int) -> bool:
    """A step that was over when the kill came, and says so when it is given again."""
    with house.parts.store.reading() as session:
        active = session.execute(text("SELECT active FROM installation")).scalar_one()
    found = json.loads(active) if isinstance(active, str) else active
    if name == "activate":
        return bool(found.get(root) == kid + 1)
    return name == "retire" and not (house.keys / f"{root}.{kid}").exists()
