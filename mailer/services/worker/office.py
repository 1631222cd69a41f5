"""What a worker does, for one process: it sends, it makes print runs, and it does the chores between."""

from __future__ import annotations

import logging
from dataclasses import dataclass

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
