"""Back up an installation: the database and the content folder, without the keys, sealed to people."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, cast

from database import audit
from database.base import now
from database.copies import Snapshot, kind_of, snapshot
from database.scratch import NoPlaceError, scratch, try_out
from database.session import Store
from database.wall import on_the_wall
from mailer.files import only_one
from mailer.ledger.health import backed_up
from mailer.ledger.installation import SCHEMA
from mailer.services.keeping.parcel import Doubled, Packing, manifest_of, packed, public_keys, unpack
from mailer.services.office import Office, deed, look
from staff.people import Person
from staff.permissions import Permission
from wording import _
from wording.errors import ConflictError, InvalidInputError

MADE, CHECKED = "backup_made", "backup_checked"
"""In the audit trail."""
DATABASE, CONTENT = "database", "content"
SEALED_END, PLAIN_END = ".postduif.age", ".postduif.tar"
LOCAL_KEPT = timedelta(days=7)
"""How long a copy that is not sealed is kept on the machine."""
NIGHT = time(3)
"""When hardly anyone reads or sends; later on a machine that was off."""
LEFT_OUT = frozenset({".git"})
"""Of the content folder; its history has a place of its own."""


@dataclass(frozen=True)
class Places:
    """What of an installation is backed up. `apart`: folders that never are, also when they lie inside the content:
    data, keys, witness."""

    content: Path
    data: Path
    apart: tuple[Path, ...]
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """A backup that was made: its size in octets, how many files of content, how many rows."""

    file: Path
    size: int
    files: int
    rows: int
    tried: bool
    """Whether the database in it was put back in a scratch place, and counted."""


def make(office: Office, places: Places, target: Path, *, try_it: bool = False) -> Made:
    """Write a backup to `target`, which is there whole or not at all.

    Sealed to the people of `places.recipients`; not sealed, and for its owner alone, when there are none. With `try_it`
    the database is put back in a scratch place while it is written, for nothing on this machine opens it afterwards.
    Raises ServiceError when the database cannot be read or the disk is full, ConflictError when what was put back is
    not whole, and InvalidInputError for a wrong public key.
    """
    public_keys(places.recipients)
    with (
        only_one(places.data),  # of two at once the second would take away what the first has half done
        snapshot(office.store, places.data) as taken,
        packed(target, places.recipients) as packing,
    ):
        tried = try_it and _add_and_try(office.store.url, places.data, packing, taken)
        if not tried:
            packing.add_stream(DATABASE, taken.stream)
            taken.require_whole()
        files = sum(1 for path in _files(places) if _add(packing, places.content, path))
        packing.finish(_facts(office, taken), office.keys)
    made = Made(target, target.stat().st_size, files, sum(taken.rows.values()), tried)
    detail = {"files": files, "rows": made.rows, "octets": made.size, "tried": tried}
    with office.store.transaction() as session:
        audit.record(session, MADE, "installation", detail=detail)
    return made


def _add_and_try(url: str, folder: Path, packing: Packing, taken: Snapshot) -> bool:
    """False when there is no scratch place; then nothing was read."""

    def feed(sink: IO[bytes]) -> None:
        packing.add_stream(DATABASE, cast(IO[bytes], Doubled(taken.stream, sink)))
        taken.require_whole()

    with ExitStack() as stack:
        try:
            place = stack.enter_context(scratch(url, folder))
        except NoPlaceError:
            return False
        try_out(place, feed, taken.rows)
    return True


def _facts(office: Office, taken: Snapshot) -> dict[str, Any]:
    return {
        "made_at": now().isoformat(),
        "version": version("postduif"),
        "schema": SCHEMA,
        "revision": taken.revision,
        "database": kind_of(office.store.url),
        "installation": taken.installation,
        "keys": taken.keys,
        "rows": taken.rows,
    }


def night_due(office: Office) -> date | None:
    """The day of the organisation for which a backup is still to be made; None before three, or when it is there."""
    with office.store.reading() as session:
        at, last = on_the_wall(session, office.clock()), backed_up(session)
        if at.time() < NIGHT or (last is not None and on_the_wall(session, last).date() >= at.date()):
            return None
    return at.date()


def check(office: Office, person: Person, file: Path, identity: Path | None) -> dict[str, Any]:
    """Open a backup as after a disaster, into a scratch place that is thrown away; returns what is in it.

    That this person did it is written down. Raises DamagedError, KeysError, InvalidInputError; ConflictError and
    NoPlaceError as `look_inside`.
    """
    with look(office, person, Permission.KEEP_BACKUPS):
        pass  # before the file is read
    manifest = manifest_of(file, identity, office.keys)
    look_inside(office.store, file, identity, manifest)
    with deed(office, person, Permission.KEEP_BACKUPS) as session:
        audit.record(session, CHECKED, person.uid, detail={"made_at": manifest["made_at"]})
    return manifest


def look_inside(store: Store, file: Path, identity: Path | None, manifest: dict[str, Any]) -> None:
    """Put the database of a backup in a scratch place, and look whether it is whole: as many rows as its list says.

    Raises ConflictError, also for a backup of a kind of database that is not here, and NoPlaceError.
    """
    kind = manifest["database"]
    if kind != kind_of(store.url) and kind != "sqlite":
        raise ConflictError(
            _("Deze back-up is van {kind}, en die is hier niet. Controleer hem waar zij wel is.", kind=kind)
        )

    def feed(sink: IO[bytes]) -> None:
        unpack(file, identity, lambda name, _size, source: _append(sink, name, source))

    with (
        tempfile.TemporaryDirectory(prefix="postduif-check-") as folder,
        scratch("sqlite://" if kind == "sqlite" else store.url, Path(folder)) as place,
    ):
        try_out(place, feed, manifest["rows"])


def _append(out: Any, name: str, source: Any) -> None:
    if name.startswith(f"{DATABASE}/"):
        shutil.copyfileobj(source, out)


def name_at(at: datetime, *, sealed: bool) -> str:
    """The name of a backup made at a moment; names sort as moments do."""
    return f"postduif-{at:%Y%m%dT%H%M%SZ}{SEALED_END if sealed else PLAIN_END}"


def forget_old(folder: Path, before: datetime, *, sealed: bool) -> int:
    """Take away the backups in a folder that were made before a moment; how many. The newest sealed one stays."""
    end = SEALED_END if sealed else PLAIN_END
    found = sorted(path for path in folder.glob(f"postduif-*{end}") if path.is_file())
    old = [path for path in (found[:-1] if sealed else found) if path.name < name_at(before, sealed=sealed)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def require_two(recipients: Sequence[str]) -> None:
    """One person may be ill, or gone with the key. Raises InvalidInputError."""
    if len(set(recipients)) < 2:
        raise InvalidInputError(
            _(
                "Zet in postduif.toml onder [backup] bij recipients de publieke sleutels van twee mensen. Maak ze met: "
                "postduif backup key BESTAND"
            )
        )


def _files(places: Places) -> Iterator[Path]:
    apart = {path.resolve() for path in places.apart}
    for folder, names, files in os.walk(places.content):
        here = Path(folder)
        names[:] = sorted(
            name
            for name in names
            if name not in LEFT_OUT and not (here / name).is_symlink() and (here / name).resolve() not in apart
        )
        for name in sorted(files):
            path = here / name
            if path.is_file() and not path.is_symlink() and not name.endswith((SEALED_END, PLAIN_END, ".part")):
                yield path


def _add(packing: Packing, content: Path, path: Path) -> bool:
    """False for a file that went away meanwhile: someone saved a new one in its place, or threw it away."""
    try:
        with path.open("rb") as source:
            packing.add(f"{CONTENT}/{path.relative_to(content).as_posix()}", os.fstat(source.fileno()).st_size, source)
    except FileNotFoundError:
        return False
    return True
