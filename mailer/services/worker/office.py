"""What a worker does, for one process: it sends, it makes print runs, and it does the chores between."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from mailer.ledger.states import DeliveryEvent
from mailer.services.office import Office
from mailer.services.post import runs
from mailer.services.sending.delivering import Delivered, SendingOffice
from mailer.services.sending.doorbell import CeleryDoorbell

log = logging.getLogger(__name__)


def _counts(done: Delivered) -> dict[str, int]:
    names = {
        DeliveryEvent.ACCEPT: "accepted",
        DeliveryEvent.DEFER: "deferred",
        DeliveryEvent.REFUSE: "refused",
        DeliveryEvent.LOSE_ANSWER: "uncertain",
    }
    return {name: done.counted[event] for event, name in names.items()}


@dataclass(frozen=True)
class WorkerOffice:
    """Wired once per process; every task calls one of these."""

    sending: SendingOffice
    office: Office

    def begin(self, queues: str = "") -> None:
        """This process lives from now on."""
        self.sending.begin(queues)

    def deliver_batch(self, mailing_id: int, batch: int) -> object:
        done = self.sending.deliver_batch(mailing_id, batch)
        if done.counted:
            log.info("a batch was delivered", extra={"mailing": mailing_id, "batch": batch, **_counts(done)})
        return done

    def deliver_now(self, mailing_id: int) -> Delivered:
        return self.sending.deliver_now(mailing_id)

    def mail(self) -> None:
        self.sending.mail()

    def write(self) -> None:
        """What is done in the content folder."""
        self.sending.write()

    def make_print_run(self, run_id: int) -> None:
        if self.sending.look():
            runs.make(self.office, run_id)
            log.info("a print run was made", extra={"run": run_id})

    def sweep(self) -> object:
        """Once per half minute: ring for what waits, and empty the files that have been kept long enough."""
        swept = self.sending.sweep()
        if swept is not None:
            log.info("swept", extra={"rung": swept.rung, "uncertain": swept.uncertain})
            runs.erase_old_files(self.office)
            if isinstance(self.sending.bell, CeleryDoorbell):
                for run in runs.ordered(self.office):
                    self.sending.bell.ring_for_print(run)
        return swept

    def close(self) -> None:
        """Say goodbye to the relays."""
        self.sending.close()


T = TypeVar("T")


class Renewing(Generic[T]):
    """A worker that goes by what the settings are when a task begins. Connections and its heart stay as they are.

    `living` gives what an office is made from, the same object while nothing changed; `anew` makes the next office of
    the one before and that. `made_from` is what `first` was made from.
    """

    def __init__(
        self,
        first: WorkerOffice,
        living: Callable[[], T],
        anew: Callable[[WorkerOffice, T], WorkerOffice],
        *,
        made_from: T,
    ) -> None:
        self._now, self._living, self._anew = first, living, anew
        self._made_from = made_from
        self._lock = Lock()

    def now(self) -> WorkerOffice:
        """The office by the settings of this moment."""
        made_from = self._living()
        with self._lock:
            if made_from is not self._made_from:
                self._now, self._made_from = self._anew(self._now, made_from), made_from
            return self._now

    @property
    def sending(self) -> SendingOffice:
        return self.now().sending

    @property
    def office(self) -> Office:
        return self.now().office

    def begin(self, queues: str = "") -> None:
        """This process lives from now on."""
        self.now().begin(queues)

    def deliver_batch(self, mailing_id: int, batch: int) -> object:
        return self.now().deliver_batch(mailing_id, batch)

    def deliver_now(self, mailing_id: int) -> Delivered:
        return self.now().deliver_now(mailing_id)

    def mail(self) -> None:
        self.now().mail()

    def write(self) -> None:
        """What is done in the content folder."""
        self.now().write()

    def make_print_run(self, run_id: int) -> None:
        self.now().make_print_run(run_id)

    def sweep(self) -> object:
        """As that of the office."""
        return self.now().sweep()

    def close(self) -> None:
        """Say goodbye to the relays."""
        self._now.close()
