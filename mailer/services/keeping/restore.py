"""Put a backup back, in a folder and a database in which there is nothing: all of it or nothing, and held.

It is read twice: first all of it is compared with its list, which bears a MAC of the keys that are here; only then is
anything written. The folder has its name, and PostgreSQL commits, when everything is there and everything is held back.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from database.base import now
from database.copies import is_empty, kind_of, look_over, put_into_postgres
from database.keys import KeyRing
from database.migrations import knows
from database.session import Store
from mailer.ledger import installation
from mailer.services.keeping.backup import CONTENT, DATABASE
from mailer.services.keeping.parcel import DamagedError, manifest_of, only_for_its_owner, unpack
from wording import _
from wording.errors import ConflictError, ServiceError

SETTINGS = f"{CONTENT}/postduif.toml"
PUT_BACK = _("Er is een back-up teruggezet. Wat sindsdien gebeurde, staat er niet in.")


@dataclass(frozen=True)
class Target:
    """Where a backup is put back: the content folder, which is not there yet or empty, and the database."""

    content: Path
    url: str

    @property
    def staged(self) -> Path:
        """Where the folder is made; what is there was left by one that was killed."""
        return self.content.with_name(f".{self.content.name}.restoring")

    @property
    def database(self) -> Path:
        """Of SQLite."""
        return Path(self.url.removeprefix("sqlite:///"))


@dataclass
class _Unpacking:
    """Writes what is not the database under a folder, and the database where it goes."""

    folder: Path
    database: IO[bytes]
    files: int = field(default=0)

    def take(self, name: str, _size: int, source: IO[bytes]) -> None:
        kind, _slash, rest = name.partition("/")
        if kind == DATABASE:
            shutil.copyfileobj(source, self.database)
        elif kind == CONTENT:
            path = self.folder / rest
            if not path.resolve().is_relative_to(self.folder.resolve()):
                raise DamagedError(_("In de back-up staat een bestand buiten zijn map: {name}.", name=rest))
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as out:
                shutil.copyfileobj(source, out)
                out.flush()
                os.fsync(out.fileno())
            self.files += 1


def restore(
    archive: Path, identity: Path | None, keys: KeyRing, content: Path, url_of: Callable[[bytes], str]
) -> dict[str, Any]:
    """Put a backup back in the folder `content` and the database that `url_of` makes of the settings in it; returns its
    list. The keys are put back before.

    Raises DamagedError, KeysError, InvalidInputError; ConflictError when something is there, when another restore is at
    work, or when the backup is of a newer version or another kind of database; ServiceError when the disk is full.
    Nothing is left of one that failed.
    """
    with _alone(content):
        _require_nothing_there(content)
        settings = {SETTINGS: b""}
        manifest = manifest_of(archive, identity, keys, settings)
        target = Target(content, url_of(settings[SETTINGS]))
        _require_usable(manifest, target)
        goes_on = _was_committed(manifest, target)
        if not goes_on and not is_empty(target.url):
            raise ConflictError(_("De database is niet leeg; er wordt niets overschreven. Geef een lege."))
        try:
            _put(archive, identity, target, with_database=not goes_on)
        except OSError as error:
            why = error.strerror or str(error)
            raise ServiceError(_("Er is niets teruggezet: {why}.", why=why)) from error
        finally:
            shutil.rmtree(target.staged, ignore_errors=True)
    return manifest


@contextmanager
def _alone(content: Path) -> Iterator[None]:
    parent = content.resolve().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(parent / f".{content.name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ServiceError(_("Er is niets teruggezet: {why}.", why=error.strerror or str(error))) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ConflictError(_("Er wordt al een back-up teruggezet in {folder}.", folder=content)) from None
    finally:
        os.close(handle)


def _require_nothing_there(content: Path) -> None:
    if content.exists() and (not content.is_dir() or any(content.iterdir())):
        raise ConflictError(
            _(
                "In {folder} staat al iets; er wordt niets overschreven. Zet terug in een lege map, kijk daar, en "
                "wissel dan van map.",
                folder=content,
            )
        )


def _require_usable(manifest: dict[str, Any], target: Target) -> None:
    if manifest["schema"] > installation.SCHEMA or not knows(manifest["revision"]):
        raise ConflictError(
            _(
                "Deze back-up is gemaakt door een nieuwere versie van Postduif ({version}). Zet eerst die neer.",
                version=manifest["version"],
            )
        )
    if "epoch" not in manifest["installation"]:
        raise ConflictError(
            _(
                "Deze back-up is van versie {version}, die nog niets stil kon zetten. Zet hem met die versie terug, en "
                "werk dan bij.",
                version=manifest["version"],
            )
        )
    if manifest["database"] != kind_of(target.url):
        raise ConflictError(
            _(
                "De back-up is van {kind}, en de database is {other}.",
                kind=manifest["database"],
                other=kind_of(target.url),
            )
        )


def _was_committed(manifest: dict[str, Any], target: Target) -> bool:
    """A restore of this backup was killed after the database had it and before the folder had its name."""
    if is_empty(target.url):
        return False
    store = Store(target.url)
    try:
        with store.reading() as session:
            found, held = installation.seen(session), installation.held(session)
    except DBAPIError:  # something else is in it
        return False
    finally:
        store.close()
    theirs = manifest["installation"]
    return (
        found is not None
        and held is not None
        and (found.uid.hex, found.swept, held.epoch) == (theirs["uid"], theirs["swept"], theirs["epoch"] + 1)
    )


def _put(archive: Path, identity: Path | None, target: Target, *, with_database: bool) -> None:
    shutil.rmtree(target.staged, ignore_errors=True)  # of one that was killed
    target.staged.mkdir(mode=0o755)

    def feed(sink: IO[bytes]) -> None:
        unpack(archive, identity, _Unpacking(target.staged, sink).take)

    if not with_database:
        with Path(os.devnull).open("wb") as nowhere:
            feed(nowhere)
    elif kind_of(target.url) == "sqlite":
        _put_sqlite(target, feed)
    else:
        put_into_postgres(target.url, feed, _hold_in_words())
    _name(target)


def _put_sqlite(target: Target, feed: Callable[[IO[bytes]], object]) -> None:
    inside = target.database.is_relative_to(target.content)
    path = target.staged / target.database.relative_to(target.content) if inside else _beside(target.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(only_for_its_owner(path), "wb") as out:
            feed(out)
        look_over(path)
        _hold(path)
        if not inside:
            path.replace(target.database)
    finally:
        if not inside:
            path.unlink(missing_ok=True)


def _name(target: Target) -> None:
    os.rename(target.staged, target.content)  # noqa: PTH104 — over an empty folder too, and never over one with files
    descriptor = os.open(target.content.resolve().parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(database: Path) -> Path:
    return database.with_name(f".{database.name}.restoring")


def _hold(path: Path) -> None:
    store = Store(f"sqlite:///{path}")
    try:
        with store.transaction() as session:
            installation.hold(session, PUT_BACK, now())
    finally:
        store.close()


def _hold_in_words() -> str:
    """The statement that holds everything back, for a transaction in which there is no session of ours."""
    statement = installation.holding(PUT_BACK, now())
    return str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]
