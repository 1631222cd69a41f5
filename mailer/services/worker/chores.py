"""What a worker does every half minute beside sending: single mails out, returned mail in, old things away."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from database import audit
from database.base import now
from mailer.carriers.inbox import Inbox
from mailer.ledger import boxes, installation, notices
from mailer.ledger.returned import forget_returned
from mailer.ledger.slots import release_slot, take_slot
from mailer.ledger.writing import forget_drafts
from mailer.planning import QuietHours
from mailer.services.notices import alarms, trail
from mailer.services.notices.digests import write_digests
from mailer.services.notices.mailing_news import write_news
from mailer.services.notices.outbox import deliver_notices
from mailer.services.readers.week import AWAY, OPENED
from mailer.services.sending.delivering import OpenCarrier
from mailer.services.sending.returned import ReturnDesk, count_refusals, read
from staff.forgetting import forget
from subscribers import retention, tidying
from subscribers.tidying import ClockError
from wording.errors import CarrierError

log = logging.getLogger(__name__)

OpenInbox = Callable[[], AbstractContextManager[Inbox]]
"""Opens the mailbox for returned mail. Raises CarrierError."""

ALARMS_EVERY = RETURNS_EVERY = WATCH_EVERY = timedelta(minutes=5)
STANDING_EVERY = NEWS_EVERY = timedelta(minutes=1)
RETENTION_TRIED = timedelta(minutes=10)
"""How soon a rule that failed is tried again."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
WHILE_HELD = frozenset({"watch", "alarms", "digests", "notices", "sessions"})
"""Done while everything is held back; mail that waited when the hold began is left out by its own query."""


def _no_drafts(_at: datetime) -> None:
    """Nothing to open."""


@dataclass(frozen=True)
class Chores:
    """Wired once per process. `inbox` is None where no mailbox for returned mail is set."""

    desk: ReturnDesk
    carriers: OpenCarrier
    inbox: OpenInbox | None = None
    drafts: Callable[[datetime], object] = _no_drafts
    """Opens the drafts whose day comes near (`services.drafting.open_drafts`)."""
    standing: Callable[[], object] = bool
    """Renews the standing of issues of which a file changed (`services.publishing.renewing.renew_changed`)."""
    copies: Callable[[], object] = bool
    """Takes away copies of the database that were kept long enough (`services.keeping.backup.forget_old`)."""
    erased: Callable[[], object] = bool
    """Keeps who was erased where no copy of the database has it (`services.readers.erased.keep_erased`)."""
    quiet: QuietHours | None = None
    """When staff get no mail about work."""
    watch: Callable[[], object] = bool
    """Looks for what an administrator must hear of (`services.notices.watch`)."""
    clock: Callable[[], datetime] = now
    has_content: bool = True
    """False on a machine without the content folder: what is done in it must be left to the one that has it."""

    def __call__(self) -> None:
        """Do what is due; however many workers ask, each thing is done by one.

        While everything is held back that is what the installation needs all the same: alarms, links for who signs in.
        """
        self._do_all(
            ("watch", WATCH_EVERY, self.watch),
            ("alarms", ALARMS_EVERY, self._sound),
            ("news", NEWS_EVERY, self._tell_of_mailings),
            ("digests", None, self._write_digests),
            ("notices", None, self._deliver),
            ("sessions", HOUR, self._forget_sessions),
            ("retention_try", RETENTION_TRIED, self._tidy),
            ("trail", WEEK, lambda: trail.report(self.desk.store, self.desk.house, self.clock())),
            ("refusals", RETURNS_EVERY, lambda: count_refusals(self.desk.store, self.clock() - DAY)),
            ("returns", RETURNS_EVERY, self._read_returns),  # last: strangers decide how much there is
        )

    def write(self) -> None:
        """Do what is due in the content folder; nothing where it is not."""
        if self.has_content:
            self._do_all(
                ("drafts", HOUR, lambda: self.drafts(self.clock())),
                ("standing", STANDING_EVERY, self.standing),
                ("copies", DAY, self.copies),
                ("erased", HOUR, self.erased),
            )

    def _do_all(self, *chores: tuple[str, timedelta | None, Callable[[], object]]) -> None:
        with self.desk.store.reading() as session:
            held = installation.held(session) is not None
        for job, every, chore in chores:
            if not held or job in WHILE_HELD:
                self._do(job, every, chore)

    def _do(self, job: str, every: timedelta | None, chore: Callable[[], object]) -> None:
        """One that fails holds up no other, and is told once a day; a relay that is away is told elsewhere."""
        try:
            if every is None or self._mine(job, every):
                begun = time.monotonic()
                chore()
                if every is not None:
                    log.info("a chore was done", extra={"job": job, "seconds": round(time.monotonic() - begun, 3)})
        except CarrierError:
            log.warning("the chore %s waits for a server", job)
        except Exception:
            log.exception("the chore %s failed", job)
            if self._mine(f"{alarms.CHORE_FAILED} {job}", DAY):
                with self.desk.store.transaction() as session:
                    audit.record(session, alarms.CHORE_FAILED, "chores", detail={"job": job})

    def _deliver(self) -> None:
        deliver_notices(self.desk.store, self.desk.house, self.carriers, self.clock())

    def _sound(self) -> None:
        with self.desk.store.transaction() as session:
            alarms.sound(session, self.desk.house, self.clock())

    def _tell_of_mailings(self) -> None:
        with self.desk.store.transaction() as session:
            write_news(session, self.desk.house, self.clock())

    def _write_digests(self) -> None:
        write_digests(self.desk.store, self.desk.house, self.quiet, self.clock())

    def _forget_sessions(self) -> None:
        with self.desk.store.transaction() as session:
            forget(session, self.clock())

    def _tidy(self) -> None:
        """Once a day; sooner when a rule failed or the clock was odd."""
        if not self._mine("retention", DAY):
            return
        try:
            whole = not any(one.failed for one in tidying.run(self.desk.store, self.clock()))
            with self.desk.store.transaction() as session:
                forget_returned(session, self.clock() - retention.QUARTER)
                forget_drafts(session, self.clock())
                boxes.forget_old(session, self.clock())
                notices.forget_set_aside(session, self.clock() - retention.MONTH)
        except ClockError:
            whole = False  # the trail has it, and the alarm goes by that
        except Exception:
            self._give_back("retention")
            raise
        if not whole:
            self._give_back("retention")

    def _give_back(self, job: str) -> None:
        with self.desk.store.transaction() as session:
            release_slot(session, job)

    def _read_returns(self) -> None:
        if self.inbox is None:
            return
        try:
            with self.inbox() as inbox:
                self._mine(OPENED, RETURNS_EVERY)
                read(self.desk, inbox)
        except CarrierError:
            self._mine(AWAY, RETURNS_EVERY)
            raise

    def _mine(self, job: str, every: timedelta) -> bool:
        with self.desk.store.transaction() as session:
            return take_slot(session, job, every, self.clock())
