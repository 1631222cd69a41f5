"""A scratch place: an empty database that is gone afterwards, to see whether a copy can be put back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from database.copies import UNFINISHED, kind_of, look_over, put_into_postgres, rows_in
from database.session import Store, with_driver
from wording import _
from wording.errors import ConflictError, ServiceError, SettingsError

_NO_RIGHT = "42501"
"""insufficient_privilege (PostgreSQL, appendix A)."""
_LOCK = 0x74727974
"""PostgreSQL's advisory lock; the number is "tryt" in ASCII."""


_DROP = 'DROP DATABASE IF EXISTS "{}" WITH (FORCE)'


class NoPlaceError(SettingsError):
    """The role of this installation may make no database."""


@contextmanager
def scratch(url: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database of the kind of `url`: in `folder`, or beside it on the same server.

    Raises NoPlaceError, and ServiceError when the server does not make one for another reason.
    """
    with _file(folder) if kind_of(url) == "sqlite" else _database(url) as place:
        yield place


def try_out(place: str, feed: Callable[[IO[bytes]], object], rows: Mapping[str, int]) -> None:
    """Put what `feed` writes in the empty database `place`, and count: each table must have as many `rows` there.

    Raises ConflictError when it is not whole, ServiceError, and what `feed` raises.
    """
    if kind_of(place) == "sqlite":
        path = Path(make_url(place).database or "")
        with path.open("wb") as out:
            feed(out)
        look_over(path)
    else:
        put_into_postgres(place, feed, "SELECT 1")
    with closing(Store(place)) as store, store.reading() as session:
        _require_same(session, rows)


def _require_same(session: Session, rows: Mapping[str, int]) -> None:
    found = rows_in(session)
    other = sorted(name for name in {*found, *rows} if found.get(name, 0) != rows.get(name, 0))
    if other:
        raise ConflictError(
            _(
                "De back-up is niet heel: in {table} staan {found} rijen in plaats van {rows}.",
                table=other[0],
                found=found.get(other[0], 0),
                rows=rows.get(other[0], 0),
            )
        )


@contextmanager
def _file(folder: Path) -> Iterator[str]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=UNFINISHED) as place:  # mode 0700
        yield f"sqlite:///{place}/postduif.sqlite"


@contextmanager
def _database(url: str) -> Iterator[str]:
    """On the server of `url`; one at a time, so that what is there of this name was left behind by a kill."""
    own = make_url(url).database or ""
    start = f"{own[:40]}_check_"
    engine = create_engine(with_driver(url), isolation_level="AUTOCOMMIT")
    with _disposing(engine), engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        _take_away(connection, start)
        name = f"{start}{uuid4().hex[:8]}"
        _create(connection, name)
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(_DROP.format(name))


@contextmanager
def _disposing(engine: Engine) -> Iterator[None]:
    try:
        yield
    finally:
        engine.dispose()


def _take_away(connection: Connection, start: str) -> None:
    ours = text("SELECT datname FROM pg_database WHERE starts_with(datname, :start)")
    for name in connection.scalars(ours, {"start": start}).all():
        with suppress(DBAPIError):  # of another role
            connection.exec_driver_sql(_DROP.format(name))


def _create(connection: Connection, name: str) -> None:
    try:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _NO_RIGHT:
            raise NoPlaceError(_("De rol van Postduif in PostgreSQL mag geen database maken.")) from None
        why = str(error.orig).splitlines()[0]
        raise ServiceError(_("Er komt geen plek om de back-up te proberen: {why}.", why=why)) from error
