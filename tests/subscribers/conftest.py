"""A database for the tests of this room: one on SQLite, for what does not differ between databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.keys import KeyRing
from database.session import Store


@pytest.fixture
def lite(migrated_file: Path, tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}", KeyRing.generated())
    yield store
    store.close()
