"""The doorbell as a Celery message: two numbers, sent by the task's name, forgotten when it is late."""

from __future__ import annotations

import logging

from celery import Celery
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

DELIVER_BATCH = "postduif.deliver_batch"
SWEEP = "postduif.sweep"
MAIL = "postduif.mail"
MAKE_PRINT_RUN = "postduif.make_print_run"
WRITE = "postduif.write"
PRESENT = "postduif.present"

EXPIRES = 60
"""Seconds; two sweeps. A bell that is older has been rung anew, so the queue stays bounded whatever happens."""


class CeleryDoorbell:
    """Rings through a broker; knows no worker."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def ring(self, mailing_id: int, batch: int) -> bool:
        """Ask for one batch; False if the broker cannot be reached. The sweep will find the rows."""
        return self._send(DELIVER_BATCH, "send", mailing_id, batch)

    def ring_for_print(self, run_id: int) -> bool:
        """Ask for the files of a print run; the sweep asks again while they are not made."""
        return self._send(MAKE_PRINT_RUN, "print", run_id)

    def ring_for_sweep(self) -> bool:
        return self._send(SWEEP, "send")

    def ring_for_mail(self) -> bool:
        """Somebody waits for a confirmation or a link."""
        return self._send(MAIL, "mail")

    def tick(self) -> bool:
        """The half minute is over. Who prints has nothing to do by the clock, and says that it is there (`Heart`)."""
        return (
            self.ring_for_sweep()
            and self.ring_for_mail()
            and self._send(WRITE, "write")
            and self._send(PRESENT, "print")
        )

    def _send(self, task: str, queue: str, *ids: int) -> bool:
        try:
            self._app.send_task(task, ids, queue=queue, expires=EXPIRES, retry=False, ignore_result=True)
        except OperationalError as error:
            log.warning("the doorbell did not ring: %s", error)
            return False
        return True
