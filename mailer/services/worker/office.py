"""What a worker does, for one process: it sends, it makes print runs, and it does the chores between."""

from __future__ import annotations

from dataclasses import dataclass

from mailer.services.office import Office
from mailer.services.post import runs
from mailer.services.sending.delivering import Delivered, SendingOffice
from mailer.services.sending.doorbell import CeleryDoorbell


@dataclass(frozen=True)
class WorkerOffice:
    """Wired once per process; every task calls one of these."""

    sending: SendingOffice
    office: Office

    def begin(self) -> None:
        """This process lives from now on."""
        self.sending.begin()

    def deliver_batch(self, mailing_id: int, batch: int) -> object:
        return self.sending.deliver_batch(mailing_id, batch)

    def deliver_now(self, mailing_id: int) -> Delivered:
        return self.sending.deliver_now(mailing_id)

    def mail(self) -> None:
        self.sending.mail()

    def make_print_run(self, run_id: int) -> None:
        if self.sending.look():
            runs.make(self.office, run_id)

    def sweep(self) -> object:
        """Once per half minute: ring for what waits, and empty the files that have been kept long enough."""
        swept = self.sending.sweep()
        if swept is not None:
            runs.erase_old_files(self.office)
            if isinstance(self.sending.bell, CeleryDoorbell):
                for run in runs.ordered(self.office):
                    self.sending.bell.ring_for_print(run)
        return swept

    def close(self) -> None:
        """Say goodbye to the relays."""
        self.sending.close()
