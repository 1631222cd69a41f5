"""A PostgreSQL database for each test that asks for one, on the one server of a process, and gone after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier


class Databases:
    """Databases on one server, made and taken away over one connection."""

    def __init__(self, server: str) -> None:
        """`server` is the URL of its database `postgres`, as libpq takes it."""
        self._server = server
        self._connection = psycopg.connect(server, autocommit=True)

    def close(self) -> None:
        self._connection.close()

    def url(self, name: str) -> str:
        """Where the database with this name is."""
        return self._server.replace("/postgres?", f"/{name}?")

    def make(self, name: str) -> str:
        """An empty database with a name of its own, which stays. Its URL."""
        self._connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return self.url(name)

    @contextmanager
    def lent(self, template: str = "template1") -> Iterator[str]:
        """The URL of a copy of a database that nobody is connected to; it is gone afterwards.

        Its files are copied as files: page by page through the journal takes three times as long.
        """
        name = f"test_{uuid4().hex[:12]}"
        make = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._connection.execute(make.format(Identifier(name), Identifier(template)))
        try:
            yield self.url(name)
        finally:
            self._connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
