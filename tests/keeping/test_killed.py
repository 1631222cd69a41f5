"""kill -9 in the middle of a restore: there is nothing, or all of it and held; and given again it is done."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from database.copies import kind_of
from database.keys import KeyRing
from database.session import Store
from tests.keeping.test_backup import House, house, rows_in
from tests.keeping.test_hold import held
from tests.support.forks import Forks, forks
from tests.support.loads import load

__all__ = ["house"]


@pytest.fixture(scope="module")
def forked() -> Iterator[Forks]:
    with forks("mailer.bootstrap", "mailer.services.keeping.restore") as opened:
        yield opened


def files_in(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0


@pytest.mark.load
def test_a_restore_killed_at_any_moment_is_given_again(
    house: House, tmp_path: Path, forked: Forks, lend: Callable[[str, Path], str]
) -> None:
    back, told, moments = tmp_path / "back", tmp_path / "told.txt", load(12, 1)
    expected = files_in(house.parts.content.folder / "issues")
    for moment in range(moments):
        shutil.rmtree(back, ignore_errors=True)
        url = lend(kind_of(house.url), back / "var")
        words = ["--content", str(back), "--database", url, "restore", str(house.file)]
        words += ["--identity", str(house.people[0]), "--keys", str(house.keys)]
        enough, staged = 1 + expected * moment // moments, tmp_path / ".back.restoring"
        # the folder has its name in one step: until then it is as if nothing had been done
        forked.kill_when(lambda: files_in(staged) >= enough or back.exists(), words, told)  # noqa: B023
        if not back.exists():
            assert forked.run(words, told) == 0, told.read_text("utf-8")
        store = Store(url, KeyRing.from_folder(house.keys))
        assert held(store)
        store.close()
        assert rows_in(url)["person"] == 2
        assert files_in(back / "issues") == expected - 1, "all but the link"
        assert not staged.exists()
