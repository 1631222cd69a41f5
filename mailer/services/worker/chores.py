"""What a worker does every half minute beside sending: single mails out, returned mail in, old things away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from database.base import now
from mailer.carriers.inbox import Inbox
from mailer.ledger.returned import forget_returned
from mailer.ledger.slots import take_slot
from mailer.ledger.writing import forget_drafts
from mailer.services.notices import alarms
from mailer.services.notices.outbox import deliver_notices
from mailer.services.sending.delivering import OpenCarrier
from mailer.services.sending.returned import ReturnDesk, count_refusals, read
from staff.forgetting import forget
from subscribers import retention

OpenInbox = Callable[[], AbstractContextManager[Inbox]]
"""Opens the mailbox for returned mail. Raises CarrierError."""

ALARMS_EVERY = RETURNS_EVERY = timedelta(minutes=5)
STANDING_EVERY = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


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
    clock: Callable[[], datetime] = now

    def __call__(self) -> None:
        """Do what is due; however many workers ask, each thing is done by one."""
        deliver_notices(self.desk.store, self.desk.house, self.carriers, self.clock())
        if self._mine("alarms", ALARMS_EVERY):
            with self.desk.store.transaction() as session:
                alarms.sound(session, self.desk.house, self.clock())
        if self._mine("drafts", HOUR):
            self.drafts(self.clock())
        if self._mine("sessions", HOUR):
            with self.desk.store.transaction() as session:
                forget(session, self.clock())
        if self._mine("retention", DAY):
            self._forget()
        if self._mine("standing", STANDING_EVERY):
            self.standing()
        if self._mine("returns", RETURNS_EVERY):  # last: strangers decide how much there is
            count_refusals(self.desk.store, self.clock() - DAY)
            self._read_returns()

    def _read_returns(self) -> None:
        if self.inbox is not None:
            with self.inbox() as inbox:
                read(self.desk, inbox)

    def _mine(self, job: str, every: timedelta) -> bool:
        with self.desk.store.transaction() as session:
            return take_slot(session, job, every, self.clock())

    def _forget(self) -> None:
        with self.desk.store.transaction() as session:
            retention.run(session, self.clock())
            forget_returned(session, self.clock() - retention.QUARTER)
            forget_drafts(session, self.clock())
