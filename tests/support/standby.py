"""A database that may only be read for a while, as a standby that was not promoted yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event

from database.session import Store


@contextmanager
def read_only(store: Store) -> Iterator[None]:
    """Every transaction that begins meanwhile is refused its first write by the database itself."""
    only = "PRAGMA query_only = ON" if store.is_sqlite else "SET TRANSACTION READ ONLY"

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(only)

    event.listen(store.engine, "begin", begun)
    try:
        yield
    finally:
        event.remove(store.engine, "begin", begun)
        store.engine.dispose()
