"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from database.base import Base
from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from tests import servers


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    with servers.valkey() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of its own, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/postduif.sqlite"
    server = request.getfixturevalue("postgres_url")
    name = f"test_{uuid4().hex[:12]}"
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return str(server.replace("/postgres?", f"/{name}?"))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A database with every table, made by the migrations."""
    opened = Store(database_url, KeyRing.generated())
    upgrade(opened)
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.close()
