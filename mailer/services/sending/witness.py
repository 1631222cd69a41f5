"""Notices that the database is another one, or as it was before: a copy that was put back, an old replica.

Each sweep counts one in the database and then in a file that lies beside neither the database nor its backups. A
database that is behind the file, or that another machine counted and this one never saw, was put back: by whom or when
does not matter. A kill between the two leaves the file behind, which is no sign of anything.

The file is read before the database: read after it, it could be ahead because of a sweep in between.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from uuid import UUID

from sqlalchemy.orm import Session

from database.session import Store
from mailer.files import only_one, write_whole
from mailer.ledger import installation
from mailer.ledger.installation import Seen, seen
from wording import _
from wording.errors import OutdatedError

_END = ".swept"


@dataclass(frozen=True)
class Kept:
    """The folder in which this machine keeps how far each database was."""

    folder: Path

    def all(self) -> dict[UUID, int]:
        """How often each database was swept that this machine knows. A damaged file knows nothing."""
        found = {}
        for path in self.folder.glob(f"*{_END}") if self.folder.is_dir() else ():
            with suppress(ValueError, OSError):
                found[UUID(path.name.removesuffix(_END))] = int(path.read_text("ascii"))
        return found

    def keep(self, uid: UUID, swept: int) -> None:
        """Write down that it was swept so often; what is kept never goes back. Raises OSError."""
        with only_one(self.folder):
            if self.all().get(uid, -1) < swept:
                write_whole(self.folder / f"{uid}{_END}", b"%d\n" % swept)


def is_put_back(found: Seen, known: int | None) -> bool:
    """Whether a database was put back, from how often this machine knows that it was swept (None: it does not)."""
    return found.witnessed if known is None else found.swept < known


class Witness:
    """What one process knows of its database.

    `kept` is None where nothing is kept: in a test of sending alone, or on a machine that does not sweep. Such a
    machine waits until the one that sweeps has counted once more: before it counts, that one has looked.
    """

    def __init__(self, kept: Kept | None = None, *, sweeps: bool = True) -> None:
        self.kept = kept
        self.sweeps = sweeps
        self._first: Seen | None = None
        self._seen: Seen | None = None
        self._lock = Lock()

    def look(self, store: Store, when_another: Callable[[Callable[[Seen | None], bool]], object]) -> bool:
        """Look, and remember; calls `when_another` when this is not what was there, gone on. Returns whether this
        process may go on with what it finds.

        `when_another` is given what judges, to ask again of the row that it has locked: it may have been put right.
        What it raises is raised: then nothing is remembered, and the next look finds the same. Other threads wait until
        it is done, so that none of them goes on with a database that no one has acted on. Raises OutdatedError.
        """
        with self._lock:  # of two threads the one that looked first would else know less than what is remembered
            known = self._known()
            with store.reading() as session:
                found = seen(session)
            if found is not None and found.schema > installation.SCHEMA:
                raise OutdatedError(_("De database is bijgewerkt voor een nieuwere versie van Postduif. Start die."))
            if self._is_another(found, known):
                when_another(lambda locked: self._is_another(locked, self._known()))
            elif found is not None and self.kept is not None:
                self._keep(store, found, known)
            self._seen = found
            self._first = self._first or found
            return self.sweeps or found is None or self._first is None or found.swept > self._first.swept

    def write(self, session: Session) -> None:
        """A person says that this is the database to go on with: this machine keeps it as such, before the commit.

        Should the commit fail, the database is behind the file, and is held.
        """
        found = seen(session)
        if found is None or self.kept is None:
            return
        swept = max(found.swept, self.kept.all().get(found.uid, 0)) + 1
        self.kept.keep(found.uid, swept)
        installation.witness(session, swept)

    def _known(self) -> dict[UUID, int]:
        return self.kept.all() if self.kept is not None else {}

    def _is_another(self, found: Seen | None, known: dict[UUID, int]) -> bool:
        if self._seen is not None and (found is None or self._seen.is_ahead_of(found)):
            return True
        return found is not None and self.kept is not None and is_put_back(found, known.get(found.uid))

    def _keep(self, store: Store, found: Seen, known: dict[UUID, int]) -> None:
        """The file first: a kill before the row says so leaves a file for a database that needs none yet."""
        if self.kept is not None and known.get(found.uid, -1) < found.swept:
            self.kept.keep(found.uid, found.swept)
        if not found.witnessed:
            with store.transaction() as session:
                installation.witness(session)
