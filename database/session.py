"""Open transactions on SQLite (embedded) or PostgreSQL, chosen by one URL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

from database.keys import KeyRing

Follow = Callable[[Session], object]


class Store:
    """Two doors to one database: `transaction` to change it, `reading` to look.

    SQLite needs two engines: writers begin IMMEDIATE, so that two of them wait instead of failing half-way
    (https://sqlite.org/isolation.html), and readers must not take that lock.

    Every session carries the key ring (`database.keys.keys_of(session)`), so that sealed columns can be opened without
    a global, and the zone of the organisation (`database.wall`). Without a ring the store still works for whatever
    touches no person: the schema, the ledger's counts.
    """

    def __init__(self, url: str, keys: KeyRing | None = None, *, zone: str = "Europe/Amsterdam") -> None:
        self.url, self._keys = with_driver(url), keys
        self._info = {"keys": keys, "zone": zone}
        self._writer = _engine(self.url, "BEGIN IMMEDIATE")
        self._reader = _engine(self.url, "BEGIN") if self.is_sqlite else self._writer
        self.follow: Follow | None = None
        """Called at the begin of each transaction (`database.epoch`)."""

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def keys(self) -> KeyRing | None:
        """The ring that its sessions carry."""
        return self._keys

    @property
    def engine(self) -> Engine:
        """The engine that may write, for migrations."""
        return self._writer

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises. Rows stay readable afterwards."""
        with Session(self._writer, expire_on_commit=False, info=self._info) as session, session.begin():
            if self.follow is not None:
                self.follow(session)
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent look; nothing written here is kept."""
        with Session(self._reader, expire_on_commit=False, info=self._info) as session:
            yield session

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()


def with_driver(url: str) -> str:
    """The URL with the driver that we have, where it names none."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1) if url.startswith("postgresql://") else url


def _engine(url: str, begin: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    if database := make_url(url).database:
        _only_for_its_owner(Path(database))
    engine = create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", lambda connection: _begin(connection, begin))
    return engine


def _only_for_its_owner(path: Path) -> None:
    """Before SQLite makes it, and with it the journals: names are sealed in it, but not what regions there are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # SQLite says by itself what is wrong with a place
        path.touch(0o600)


def _pragmas(connection: Any, _record: Any) -> None:
    """WAL lets readers look while a writer writes; FULL makes a commit survive a power cut, as the ledger promises."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def many_pages(session: Session) -> Iterator[None]:
    """Let SQLite keep 32 MiB of pages for a while instead of its own 2, which is enough for everything but an import.

    Blind indexes fall anywhere in their tree: 200,000 new readers would read every page of it again and again.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    # The driver's own, which is there also after a statement failed.
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA cache_size=-32768")
    try:
        yield
    finally:
        driver.execute("PRAGMA cache_size=-2000")


def _begin(connection: Connection, begin: str) -> None:
    connection.exec_driver_sql(begin)
