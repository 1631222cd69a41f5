"""What stands in a file of settings, as it is now: read again when the file is another, the last good one kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from database.session import Store
from mailer.ledger import kept_settings
from wording.errors import SettingsError

Mark = tuple[int, int, int]
"""Of a file: when it was written, its number and its length; a file that is replaced has another."""
S = TypeVar("S")
P = TypeVar("P")


class AsWritten(Generic[S]):
    """The answer of the settings as they are now: `read` is asked again when `file` is another than before.

    While they cannot be read, what they said last; `wrong` says why. The answer is the same object while it is equal.
    """

    def __init__(self, file: Path, read: Callable[[], S], *, first: S) -> None:
        self._file, self._read, self._answer = file, read, first
        self.first = first
        self._seen: Mark | None = None
        self._wrong: SettingsError | None = None
        self._lock = Lock()

    def __call__(self) -> S:
        mark = _mark(self._file)
        if mark is None or mark == self._seen:
            return self._answer
        with self._lock:
            try:
                found = self._read()
            except SettingsError as error:
                self._wrong = error
            else:
                self._wrong = None
                if found != self._answer:
                    self._answer = found
            self._seen = mark
            return self._answer

    def wrong(self) -> SettingsError | None:
        """Why the file as it is now is not what is gone by; None when it is."""
        self()
        return self._wrong


class AsKept(AsWritten[S]):
    """The same on a machine without the content folder: by what is kept in the database, once there is anything.

    `read` makes the answer of the text that is kept.
    """

    def __init__(self, store: Store, read: Callable[[str], S], *, first: S) -> None:
        self.first = self._answer = first
        self._store, self._made = store, read
        self._known = ""
        self._wrong: SettingsError | None = None
        self._lock = Lock()

    def __call__(self) -> S:
        with self._store.reading() as session:
            if kept_settings.known(session) in {"", self._known}:
                return self._answer
            known, text = kept_settings.kept(session)
        with self._lock:
            try:
                self._answer, self._wrong = self._made(text), None
            except SettingsError as error:
                self._wrong = error
            self._known = known
            return self._answer


class Living(Generic[S, P]):
    """What is made of settings, as they are now: `anew` makes the next of the one before."""

    def __init__(self, written: AsWritten[S], first: P, anew: Callable[[P, S], P]) -> None:
        self._written, self._now, self._anew = written, first, anew
        self._made_from: S = written.first
        self._lock = Lock()

    def __call__(self) -> P:
        """The same object while nothing changed; of the last good settings while those of now cannot be read."""
        written = self._written()
        with self._lock:
            if written is not self._made_from:
                self._now, self._made_from = self._anew(self._now, written), written
            return self._now

    def wrong(self) -> SettingsError | None:
        """Why the file as it is now is not gone by."""
        return self._written.wrong()


def _mark(path: Path) -> Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
