"""What the tests of carriers share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.keys import KeyRing
from database.session import Store
from devtools.certificates import self_signed
from tests.support.returned import Returns


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The key and certificate of a relay at 127.0.0.1."""
    return self_signed(tmp_path_factory.mktemp("tls") / "relay.pem")


@pytest.fixture
def returns(migrated_file: Path, tmp_path: Path) -> Iterator[Returns]:
    keys = KeyRing.generated()
    store = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}", keys)
    for part in ("new", "cur", "tmp"):
        (tmp_path / "returns" / part).mkdir(parents=True)
    yield Returns(store, keys, tmp_path / "returns")
    store.close()
