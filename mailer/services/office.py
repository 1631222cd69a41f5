"""What every use case works with, and the bell it rings once its transaction is committed.

A door is one function `name(office, person, …)` in a room of `mailer.services`: it asks `require`, does its work in the
short transaction that `deed` opens, writes the audit row, rings after the commit, raises only the tree of
`wording.errors`, and returns a frozen value. A command or a page parses its input, calls one door, and shows what it
returns.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Semaphore
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from database.base import now
from database.keys import KeyRing
from database.session import Store
from mailer.artefacts.paper.job import Typeset
from mailer.artefacts.paper.pieces import PrintOptions
from mailer.artefacts.paper.postage import Rate
from mailer.carriers.relay import Relay
from mailer.content import Content
from mailer.counted import Counts
from mailer.kept import Kept
from mailer.organisation import House
from mailer.planning import QuietHours
from mailer.translation.memory import Memories
from staff.people import Person
from staff.permissions import Permission, require, require_now
from wording.errors import SettingsError

log = logging.getLogger(__name__)

_SHOWN = 4
"""Issues that are kept as they were rendered: some megabytes each."""
BOOKLETS = 12
"""Booklets that are kept while an issue is written: a few megabytes."""
RENDERINGS = 2
"""Renderings at once in a process."""


class Doorbell(Protocol):
    """Tells a worker that something waits. It may be lost, doubled or late; the sweep rings again.

    Each method returns False if it could not ring now, and never raises: no use case depends on it.
    """

    def ring(self, mailing_id: int, batch: int) -> bool:
        """One batch of a mailing is due."""

    def ring_for_print(self, run_id: int) -> bool:
        """The files of a print run are to be made."""

    def ring_for_mail(self) -> bool:
        """Someone waits for a confirmation or a link."""


class Silence:
    """No worker: the process that opens a mailing delivers it."""

    def ring(self, mailing_id: int, batch: int) -> bool:
        return False

    def ring_for_print(self, run_id: int) -> bool:
        return False

    def ring_for_mail(self) -> bool:
        return False


def _nothing() -> None:
    """There is nothing wrong."""


@dataclass(frozen=True)
class Policy:
    """What the organisation decided about its own work."""

    asks_second: Callable[[], bool]
    """Whether a second person approves what is published. Asked anew each time: an administrator may change it."""
    rates: Sequence[Rate]
    printing: PrintOptions
    quiet: QuietHours | None = None
    """When no newsletter is handed over."""
    house_in: Callable[[bytes], House] | None = None
    """What a postduif.toml with these octets would say here. Raises SettingsError. None: no such file is read here."""
    wrong: Callable[[], SettingsError | None] = _nothing
    """Why postduif.toml as it is now is not gone by, but the one before; None when it is."""

    @property
    def four_eyes(self) -> bool:
        """A second person approves what is published."""
        return self.asks_second()


@dataclass(frozen=True)
class Press:
    """What turns an issue into artefacts. It needs no database and no keys."""

    house: House
    content: Content
    typeset: Typeset
    turns: Semaphore = field(default_factory=lambda: Semaphore(RENDERINGS), kw_only=True, repr=False, compare=False)
    """Taken while an issue is rendered or typeset; a third waits, so that pages keep a processor to be answered by."""


@dataclass(frozen=True)
class Office(Press):
    """The parts of one installation, wired once per process."""

    store: Store
    keys: KeyRing
    relays: Sequence[Relay]
    """The preferred one first."""
    bell: Doorbell
    policy: Policy
    clock: Callable[[], datetime] = now
    counts: Counts = field(default_factory=Counts, kw_only=True, repr=False, compare=False)
    """What takes long to count of readers and deliveries."""
    shown: Kept[Any] = field(default_factory=lambda: Kept(_SHOWN), kw_only=True, repr=False, compare=False)
    """Issues that were rendered to be looked at (`publishing.renewing.rendered_to_look_at`)."""
    booklets: Kept[bytes] = field(default_factory=lambda: Kept(BOOKLETS), kw_only=True, repr=False, compare=False)
    """Booklets of texts that are being written (`writing.booklets`), by what they are made from."""
    archived: Kept[Any] = field(default_factory=lambda: Kept(1), kw_only=True, repr=False, compare=False)
    """The public archive as it was read last, with the pages that were made of it (`publishing.shelving`)."""
    memories: Memories = field(default_factory=Memories, kw_only=True, repr=False, compare=False)
    """What was translated before, by locale."""

    def today(self) -> date:
        """The day it is where the organisation works."""
        return self.clock().astimezone(ZoneInfo(self.house.time_zone)).date()


@contextmanager
def deed(office: Office, person: Person, permission: Permission, *, of: str | None = None) -> Iterator[Session]:
    """The transaction in which a person does something, or sees what is written down that they saw.

    Asks `require` before it touches anything, and again of the person as they are in the transaction: anyone who was
    deactivated or lost the role since they were looked up is refused, and nothing has changed. Raises NotAllowedError.
    See docs/decisions/0011-people-who-act.md.
    """
    require(person, permission, of=of)
    with office.store.transaction() as session:
        require_now(session, person, permission, of=of)
        yield session
    log.info("a deed was done", extra={"permission": permission, "person": person.uid})


@contextmanager
def look(office: Office, person: Person, permission: Permission, *, of: str | None = None) -> Iterator[Session]:
    """As `deed`, to read and change nothing; no one who deactivates the person waits for it."""
    require(person, permission, of=of)
    with office.store.reading() as session:
        require_now(session, person, permission, of=of, hold=False)
        yield session
