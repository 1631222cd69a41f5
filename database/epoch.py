"""Which keys are in use, asked at the begin of each transaction: a process that runs never writes under the wrong one.

The row of the installation names the active keys, and its epoch goes up with each change. While one transaction writes,
no key becomes active: SQLite has one writer at a time, and on PostgreSQL everyone who writes shares a lock that whoever
changes the keys wants alone. So of two processes none writes under the old key when the other does under the new one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from database.keys import KeyRing
from database.session import Store

_LOCK = 0x6B657973
"""PostgreSQL's advisory lock; the number is "keys" in ASCII."""
_ASK = "SELECT epoch, active FROM installation WHERE id = 1"


class Epoch:
    """Keeps the ring of one process as the database says, with the files in `folder`."""

    def __init__(self, keys: KeyRing, folder: Path) -> None:
        self._keys, self._folder = keys, folder
        self._known = -1

    def __call__(self, session: Session) -> None:
        """Raises KeysError when a key that is active is not in the folder: then nothing may be written here."""
        connection = session.connection()
        # The driver's own: this is asked thousands of times a minute, and SQLAlchemy costs more than the answer.
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "postgresql":
            driver.execute("SELECT pg_advisory_xact_lock_shared(%s)", (_LOCK,))
        row = driver.execute(_ASK).fetchone()
        if row is not None and row[0] != self._known:
            active = json.loads(row[1]) if isinstance(row[1], str) else row[1]
            self._keys.renew(self._folder, active)
            self._known = row[0]


def follow(store: Store, keys: KeyRing, folder: Path) -> None:
    """From now on each transaction of this store asks which keys are in use."""
    store.follow = Epoch(keys, folder)


def alone(session: Session) -> None:
    """Until the end of the transaction no one else writes: for whoever changes which keys are active."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
