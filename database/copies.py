"""A consistent copy of the whole database while it is in use, as a stream; and the same into an empty database.

SQLite writes it with VACUUM INTO (https://sqlite.org/lang_vacuum.html#vacuuminto): a writer goes on meanwhile, and
pages of what was erased are not in it. Its online backup begins anew with each commit, and beside a sender never ends.
PostgreSQL writes it with pg_dump, in a snapshot in which the rows are counted too.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from sqlalchemy import inspect, make_url, text
from sqlalchemy.orm import Session

from database.session import Store
from wording import _
from wording.errors import ConflictError, ServiceError, SettingsError

UNFINISHED = ".copy-"
"""How the name of a folder begins that a kill may leave; the next copy takes it away."""


@dataclass(frozen=True)
class Snapshot:
    """`stream` is the copy, `rows` how many rows each table has in it, `revision` that of its schema."""

    stream: IO[bytes]
    rows: dict[str, int]
    revision: str
    installation: dict[str, Any]
    keys: dict[str, str]
    """What only each key can compute, by its name such as "data.1" (`database.fit`)."""
    require_whole: Callable[[], object] = bool
    """Called when all of `stream` was read. Raises ServiceError when it broke off."""


@contextmanager
def snapshot(store: Store, folder: Path) -> Iterator[Snapshot]:
    """A copy as it is now; SQLite's stands in `folder` meanwhile, and is looked over. Raises ServiceError, and
    ConflictError when the database is not whole."""
    with _of_sqlite(store, folder) if store.is_sqlite else _of_postgres(store) as found:
        yield found


def kind_of(url: str) -> str:
    """The kind of database, as a backup names it."""
    return "sqlite" if url.startswith("sqlite") else "postgresql"


@contextmanager
def _of_sqlite(store: Store, folder: Path) -> Iterator[Snapshot]:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{UNFINISHED}*"):  # of one that was killed
        _remove(old)
    with tempfile.TemporaryDirectory(dir=folder, prefix=UNFINISHED) as place:  # mode 0700
        path = Path(place) / "postduif.sqlite"
        try:
            with closing(sqlite3.connect(_path(store.url), timeout=30, isolation_level=None)) as connection:
                connection.execute("VACUUM INTO ?", (str(path),))
        except sqlite3.Error as error:
            raise ServiceError(_("De database is niet te kopiëren: {why}.", why=error)) from error
        look_over(path)
        copy = Store(f"sqlite:///{path}")
        try:
            with copy.reading() as session:
                facts = _facts(session)
        finally:
            copy.close()
        with path.open("rb") as stream:
            yield Snapshot(stream, *facts)


@contextmanager
def _of_postgres(store: Store) -> Iterator[Snapshot]:
    with store.reading() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        name = session.scalar(text("SELECT pg_export_snapshot()"))
        facts = _facts(session)
        url, environment = _for_tools(store.url)
        command = [
            "pg_dump",
            "--format=plain",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={name}",
            f"--dbname={url}",
        ]
        with tempfile.TemporaryFile() as said, _tool(command, environment, said, stdout=subprocess.PIPE) as dump:
            assert dump.stdout is not None  # noqa: S101 - a pipe was asked for

            def require_whole() -> None:
                if dump.wait() != 0:
                    raise ServiceError(_("De database is niet te kopiëren: {why}.", why=_words(said)))

            yield Snapshot(dump.stdout, *facts, require_whole)


def _facts(session: Session) -> tuple[dict[str, int], str, dict[str, Any], dict[str, str]]:
    rows = rows_in(session)
    revision = session.scalar(text("SELECT version_num FROM alembic_version")) or ""
    keys = {f"{one.root}.{one.kid}": one.value for one in session.execute(text("SELECT * FROM key_check"))}
    return rows, revision, _row(session), keys


def rows_in(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    names = sorted(inspect(session.connection()).get_table_names())
    return {name: session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}  # noqa: S608 - names that the database gave


def _row(session: Session) -> dict[str, Any]:
    """That of the installation, as far as the schema has it."""
    looking = inspect(session.connection())
    if not looking.has_table("installation"):
        return {}
    there = {one["name"] for one in looking.get_columns("installation")} & {"uid", "swept", "epoch"}
    row = session.execute(text(f"SELECT {', '.join(sorted(there))} FROM installation")).one()  # noqa: S608 - our own names
    return {
        name: value if isinstance(value, int) else str(value).replace("-", "") for name, value in row._mapping.items()
    }


def is_empty(url: str) -> bool:
    """Whether there is nothing in a database, or no database. Raises ServiceError when it cannot be reached."""
    if kind_of(url) == "sqlite":
        path = Path(_path(url))
        return not path.exists() or path.stat().st_size == 0
    opened = Store(url)
    try:
        with opened.reading() as session:
            return not inspect(session.connection()).get_table_names()
    except Exception as error:
        raise ServiceError(_("De database is niet te bereiken: {why}.", why=str(error).splitlines()[0])) from error
    finally:
        opened.close()


def put_into_postgres(url: str, feed: Callable[[IO[bytes]], object], last: str) -> None:
    """Everything that `feed` writes, and then the statement `last`, in one transaction: all of it or nothing.

    Raises ServiceError, and what `feed` raises.
    """
    target, environment = _for_tools(url)
    command = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={target}"]
    with tempfile.TemporaryFile() as said, _tool(command, environment, said, stdin=subprocess.PIPE) as psql:
        assert psql.stdin is not None  # noqa: S101 - a pipe was asked for
        sink = _Toward(psql.stdin)
        try:
            sink.write(b"BEGIN;\n")
            # Of two at once the second waits here, and then finds tables that it wants to make.
            sink.write(b"SELECT pg_advisory_xact_lock(1886352244) \\g /dev/null\n")
            feed(cast(IO[bytes], sink))
            # A dump leaves no search path behind, so that it names its tables in full.
            sink.write(f"\nRESET search_path;\n{last};\nCOMMIT;\n".encode())
            with suppress(BrokenPipeError):
                psql.stdin.close()
        except _EndedError:
            with suppress(BrokenPipeError):
                psql.stdin.close()
        except BaseException:
            psql.kill()
            with suppress(BrokenPipeError):
                psql.stdin.close()
            raise
        if psql.wait() != 0:
            raise ServiceError(_("De database neemt de back-up niet aan: {why}.", why=_words(said)))


class _EndedError(Exception):
    """psql ended before it had everything; it says why."""


class _Toward:
    """The way into psql. Of several pipes that break this one is told apart."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe

    def write(self, data: bytes) -> int:
        """Raises _EndedError."""
        try:
            return self._pipe.write(data)
        except BrokenPipeError as error:
            raise _EndedError from error


def look_over(path: Path) -> None:
    """Raises ConflictError when a SQLite database is not whole."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            said = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.Error as error:
            said, broken = [str(error)], []
    if said != ["ok"] or broken:
        raise ConflictError(_("De database in de back-up is niet heel: {why}.", why=", ".join(said)))


@contextmanager
def _tool(
    command: list[str], environment: dict[str, str], said: IO[bytes], **pipes: int
) -> Iterator[subprocess.Popen[bytes]]:
    streams: dict[str, Any] = {"stdout": subprocess.DEVNULL, **pipes}
    try:
        process = subprocess.Popen(command, env=environment, stderr=said, **streams)
    except FileNotFoundError:
        raise SettingsError(
            _("Het programma {name} is er niet. Installeer postgresql-client.", name=command[0])
        ) from None
    with process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def _for_tools(url: str) -> tuple[str, dict[str, str]]:
    """The URL without its password, which other users of the machine could see, and an environment that has it."""
    parsed = make_url(url)
    environment = dict(os.environ)
    if parsed.password:
        environment["PGPASSWORD"] = str(parsed.password)
    parsed = parsed.set(drivername="postgresql", password=None)
    return parsed.render_as_string(hide_password=False), environment


def _words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read(4096).decode(errors="replace").strip().splitlines()
    return lines[0] if lines else "?"


def _path(url: str) -> str:
    return make_url(url).database or ""


def _remove(folder: Path) -> None:
    for one in folder.iterdir() if folder.is_dir() else ():
        one.unlink()
    with suppress(OSError):
        folder.rmdir()
