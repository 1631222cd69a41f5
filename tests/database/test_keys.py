"""Keys come from files, and a missing, open, damaged or wrong one stops everything with a sentence that helps."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from database.fit import require_fit
from database.keys import ROOTS, KeyRing, KeysError, keys_of, write_key
from database.session import Store


def test_a_new_ring_is_readable_by_its_owner_only_and_comes_back_the_same(tmp_path: Path) -> None:
    made = KeyRing.create(tmp_path / "keys")
    read = KeyRing.from_folder(tmp_path / "keys")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o400}
    assert [made.derive(root, "x", 1) for root in ROOTS] == [read.derive(root, "x", 1) for root in ROOTS]


def test_every_root_and_every_purpose_has_a_key_of_its_own() -> None:
    ring = KeyRing.generated()
    keys = {ring.derive(root, purpose, 1) for root in ROOTS for purpose in ("one", "two")}
    assert len(keys) == 2 * len(ROOTS)


def test_the_highest_id_is_current_and_the_others_still_open(tmp_path: Path) -> None:
    KeyRing.create(tmp_path)
    write_key(tmp_path, "data", 2)
    ring = KeyRing.from_folder(tmp_path)
    assert (ring.current("data"), ring.ids("data"), ring.current("index")) == (2, (2, 1), 1)


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    KeyRing.create(tmp_path)
    with pytest.raises(KeysError, match="staan al sleutels"):
        KeyRing.create(tmp_path)


def test_the_next_id_is_never_written_over_either(tmp_path: Path) -> None:
    write_key(tmp_path, "data", 2)
    before = (tmp_path / "data.2").read_bytes()
    with pytest.raises(FileExistsError):
        write_key(tmp_path, "data", 2)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("data.2", before)]


class PowerCut(BaseException):
    """What the end of the process looks like from inside: nothing catches it."""


@pytest.mark.parametrize("step", ["write", "fsync", "link"])
@pytest.mark.parametrize("tidied", [True, False])
def test_a_key_that_was_never_finished_is_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, *, tidied: bool
) -> None:
    KeyRing.create(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())

    def cut(*_arguments: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(f"database.keys.os.{step}", cut)
        if not tidied:  # kill -9 tidies nothing
            patched.setattr(Path, "unlink", cut)
        with pytest.raises(PowerCut):
            write_key(tmp_path, "data", 2)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert "data.2" not in left
    assert (left == before) is tidied
    assert KeyRing.from_folder(tmp_path).ids("data") == (1,)
    write_key(tmp_path, "data", 2)
    assert KeyRing.from_folder(tmp_path).ids("data") == (2, 1)


def test_a_key_is_on_the_disk_before_it_has_its_name_and_the_name_before_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened = []

    def synced(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "key"
        happened.append((kind, (tmp_path / "data.2").exists()))

    monkeypatch.setattr("database.keys.os.fsync", synced)
    write_key(tmp_path, "data", 2)
    assert happened == [("key", False), ("folder", True)]


@pytest.mark.promise("F22")
def test_a_missing_root_is_named(tmp_path: Path) -> None:
    KeyRing.create(tmp_path)
    (tmp_path / "links.1").unlink()
    with pytest.raises(KeysError, match="links"):
        KeyRing.from_folder(tmp_path)


@pytest.mark.promise("F22")
def test_a_key_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    KeyRing.create(tmp_path)
    (tmp_path / "data.1").chmod(0o644)
    with pytest.raises(KeysError, match="chmod 0400"):
        KeyRing.from_folder(tmp_path)


@pytest.mark.promise("F22")
@pytest.mark.parametrize("content", [b"", b"not base32!", b"MFRGG===", b"\xff" * 52])
def test_a_damaged_key_is_refused(tmp_path: Path, content: bytes) -> None:
    KeyRing.create(tmp_path)
    (tmp_path / "data.1").chmod(0o600)
    (tmp_path / "data.1").write_bytes(content)
    with pytest.raises(KeysError, match=r"data\.1"):
        KeyRing.from_folder(tmp_path)


def test_a_database_opened_without_keys_says_so(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/x.sqlite")
    with store.reading() as session, pytest.raises(KeysError, match="zonder sleutels"):
        keys_of(session)


@pytest.mark.promise("F22")
def test_another_key_with_the_same_id_is_refused_before_anything_is_written(store: Store) -> None:
    with store.transaction() as session:
        require_fit(session)
    other = Store(store.url, KeyRing.generated())
    with pytest.raises(KeysError, match="niet die van deze database"), other.transaction() as session:
        require_fit(session)
    other.close()


@pytest.mark.promise("F22")
def test_a_key_the_database_was_used_with_may_not_go_missing(store: Store) -> None:
    ring = KeyRing.generated()
    newer = KeyRing({root: {1: b"1" * 32, 2: b"2" * 32} for root in ring.roots})
    older = KeyRing({root: {1: b"1" * 32} for root in ring.roots})
    for keys, fits in ((newer, True), (newer, True), (older, False)):
        opened = Store(store.url, keys)
        with opened.transaction() as session:
            if fits:
                require_fit(session)
            else:
                with pytest.raises(KeysError, match=r"data\.2"):
                    require_fit(session)
        opened.close()


def test_neither_the_ring_nor_an_error_shows_a_secret() -> None:
    ring = KeyRing({root: {1: b"secretsecretsecretsecretsecretse"} for root in ROOTS})
    assert "secret" not in repr(ring)
