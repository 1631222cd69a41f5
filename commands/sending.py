"""Begin a mailing: ring for a worker, or deliver inside the command."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

from commands.progress import counted, watch
from commands.telling import tell
from wording import _, ngettext

if TYPE_CHECKING:
    from mailer.bootstrap import Parts
    from mailer.services.sending import Doorbell


def begin(parts: Parts, mailing_id: int, *, now: bool) -> None:
    """Start a mailing that was opened. With `now` it is delivered here, with progress; else a worker is rung for."""
    from mailer.services import sending

    bell = sending.Silence() if now else doorbell(parts)
    sending.start(parts.store, bell, mailing_id)
    if now:
        deliver_now(parts, mailing_id)
        return
    settled, readers = counted(parts.store, [mailing_id])
    if settled < readers and not sending.has_worker(parts.store):
        waiting = ngettext("{count} bezorging wacht.", "{count} bezorgingen wachten.", readers - settled)
        tell(_("{waiting} Start `postduif serve` of `postduif worker`, of geef voortaan --now mee.", waiting=waiting))


def doorbell(parts: Parts) -> Doorbell:
    """The bell of the configured broker; the broker in memory reaches no other process, so there it stays silent."""
    from mailer.services.sending import Silence

    broker = parts.settings.storage.broker
    if broker.startswith("memory"):
        return Silence()
    from mailer.services.doorbell import CeleryDoorbell
    from worker.app import make_app

    return CeleryDoorbell(make_app(broker))


def deliver_now(parts: Parts, mailing_id: int) -> None:
    """Hand over all that is due of one mailing, and tell how it went."""
    from rich.console import Console

    from mailer.services.sending import Silence

    with ThreadPoolExecutor(1) as pool, closing(parts.office(Silence())) as office:
        going = pool.submit(office.deliver_now, mailing_id)
        watch(parts.store, [mailing_id], Console(stderr=True), going.done)
        going.result()
    settled, readers = counted(parts.store, [mailing_id])
    tell(
        _(
            "{settled} van {readers} lezers zijn afgehandeld; zie `postduif mailing show {id}`.",
            settled=settled,
            readers=readers,
            id=mailing_id,
        )
    )
