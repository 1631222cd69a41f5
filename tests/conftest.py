"""What every test may ask for."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from playwright.sync_api import Browser
from sqlalchemy import text

from database.base import Base
from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from devtools import servers
from devtools.browser import chromium
from devtools.canaries import left_in
from mailer.content import Content
from tests.support.databases import Databases
from tests.support.house import content_in

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no fault of an example
hypothesis.settings.load_profile("house")

IN_MEMORY, ROOM = Path("/dev/shm"), 4 << 30  # noqa: S108 - pytest makes a folder of its own in it
"""Where databases of tests stand if that has room, in bytes: on a disk each commit of SQLite waits for it (5 ms)."""

KEPT = ("*.sqlite", "*.sqlite-*", "*.sql", "*.rdb", "*.log", "core*")
"""Of what the tests leave: databases with their journals, dumps, logs. Input files and mailboxes may name people."""
SERVERS = ("mail.log", "aiosmtpd")
"""Loggers of the servers that receive in the tests; they say whom a mail is for."""


def pytest_configure(config: pytest.Config) -> None:
    """Put the folders of tests in memory. Processes of pytest-xdist are told theirs by the first."""
    if not hasattr(config, "workerinput") and IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who asks for a browser gets its mark: `make browser` runs them, `make test` does not."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def pytest_sessionstart(session: pytest.Session) -> None:
    """A folder for temporary files and one for logs, which are searched when the whole run is over."""
    config = session.config
    folder = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    if not hasattr(config, "workerinput"):  # processes of pytest-xdist share that of the first
        os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="postduif-tests-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT"))
        Path(os.environ["TMPDIR"]).chmod(0o711)  # PostgreSQL runs as somebody else, in a folder of its own in it
        tempfile.tempdir = None
    # keys are kept in a data folder of the user: each process of the tests is another user
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="data-", dir=os.environ["TMPDIR"])
    handler = logging.FileHandler(folder / f"{os.getpid()}.log", encoding="utf-8")
    handler.addFilter(lambda record: not record.name.startswith(SERVERS))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)  # every statement of the suite would take minutes


def pytest_sessionfinish(session: pytest.Session) -> None:
    """After the last test: no database, log or temporary file of the whole run shows a name or an address."""
    if hasattr(session.config, "workerinput"):
        return
    folder = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    shown = left_in(folder, *KEPT) + left_in(Path(os.environ["TMPDIR"]))
    if shown:
        sys.stderr.write("\n".join(["", "a name or an address stands in the clear in:", *shown, ""]))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    elif session.exitstatus == pytest.ExitCode.OK and IN_MEMORY in folder.parents:
        shutil.rmtree(folder, ignore_errors=True)  # memory that others can use; after a failure a person may look
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """A copy of the example content, for a test to change."""
    return content_in(tmp_path / "content")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Iterator[Databases]:
    lender = Databases(postgres_url)
    yield lender
    lender.close()


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    with servers.valkey() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of its own, once on SQLite and once on PostgreSQL."""
    with empty_database(request, request.param, tmp_path) as url:
        yield url


@pytest.fixture
def lend(request: pytest.FixtureRequest) -> Iterator[Callable[[str, Path], str]]:
    """Makes empty databases of a kind, on SQLite in a folder, until the test is over; tells the URL of each."""
    with ExitStack() as lent:
        yield lambda kind, folder: lent.enter_context(empty_database(request, kind, folder))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database for all tests of a module that only look at what one of its fixtures did."""
    with empty_database(request, request.param, tmp_path_factory.mktemp("shared")) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, to be copied: the migrations run once, not once a test."""
    path = tmp_path_factory.mktemp("migrated") / "postduif.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_database(databases: Databases) -> str:
    """The name of a PostgreSQL database with every table, to be copied."""
    _migrate(databases.make("migrated"))
    return "migrated"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database with every table, made by the migrations, once on SQLite and once on PostgreSQL."""
    with _filled_database(request, tmp_path) as url:
        opened = Store(url, KeyRing.generated())
        _be_another(opened)
        yield opened
        opened.close()


@pytest.fixture
def plain_store(migrated_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A database with every table on SQLite, where the difference with PostgreSQL does not matter."""
    opened = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}", KeyRing.generated())
    _be_another(opened)
    yield opened
    opened.close()


def _be_another(copied: Store) -> None:
    """A copy that is a database of its own, and not one that was put back."""
    with copied.transaction() as session:
        session.execute(text("UPDATE installation SET uid = :uid"), {"uid": uuid4().hex})


@contextmanager
def _filled_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_file'), folder / 'postduif.sqlite')}"
        return
    databases: Databases = request.getfixturevalue("databases")
    with databases.lent(request.getfixturevalue("migrated_database")) as url:
        yield url


@contextmanager
def empty_database(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database of a kind, "sqlite" or "postgresql", where it is gone after the block."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/postduif.sqlite"
        return
    databases: Databases = request.getfixturevalue("databases")
    with databases.lent() as url:
        yield url


def _migrate(url: str) -> None:
    opened = Store(url)
    upgrade(opened)
    Base.metadata.create_all(opened.engine)
    opened.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
