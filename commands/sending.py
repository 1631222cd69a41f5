"""Begin a mailing: ring for a worker, or deliver inside the command."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from signal import SIGINT, SIGQUIT, SIGTERM, signal
from threading import Event
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from commands.progress import watch
from commands.telling import tell
from wording import Text, _, ngettext

if TYPE_CHECKING:
    from database.session import Store
    from mailer.bootstrap import Parts
    from mailer.services.office import Doorbell
    from mailer.services.sending.delivering import Delivered
    from staff.people import Person


def begin(parts: Parts, person: Person, mailing_id: int, *, now: bool) -> None:
    """Start a mailing that was opened. With `now` it is delivered here, with progress; else a worker is rung for."""
    from mailer.services.office import Silence
    from mailer.services.sending import orders

    orders.start(parts.office(Silence() if now else doorbell(parts)), person, mailing_id)
    if now:
        deliver_now(parts, mailing_id)
        return
    if (waiting := waits_for_a_worker(parts.store, mailing_id)) is not None:
        tell(_("{waiting} Start `postduif serve` of `postduif worker`, of geef voortaan --now mee.", waiting=waiting))


def tell_if_nobody_sends(store: Store, mailing_id: int) -> None:
    """After an order that lets a mailing go on: that nothing happens before a worker is started."""
    if (waiting := waits_for_a_worker(store, mailing_id)) is not None:
        tell(_("{waiting} Start `postduif serve` of `postduif worker`.", waiting=waiting))


def waits_for_a_worker(store: Store, mailing_id: int) -> Text | None:
    """How much waits; None when nothing does, or a worker is there."""
    from mailer.services.sending.overview import waiting

    count = waiting(store, mailing_id)
    return ngettext("{count} bezorging wacht.", "{count} bezorgingen wachten.", count) if count else None


def doorbell(parts: Parts) -> Doorbell:
    """The bell of the configured broker; the broker in memory reaches no other process, so there it stays silent."""
    from mailer.services.office import Silence

    storage = parts.settings.storage
    if storage.broker.startswith("memory"):
        return Silence()
    from mailer.services.sending.doorbell import CeleryDoorbell
    from worker.app import make_app

    return CeleryDoorbell(make_app(storage.broker, storage.broker_master))


def deliver_now(parts: Parts, mailing_id: int) -> None:
    """Hand over all that is due of one mailing, and tell how it went."""
    from rich.console import Console

    from mailer.services.office import Silence
    from mailer.services.sending.overview import settled

    with (
        until_stopped() as stop,
        ThreadPoolExecutor(1) as pool,
        closing(parts.worker_office(Silence(), stop.is_set)) as office,
    ):
        office.begin()
        going = pool.submit(office.deliver_now, mailing_id)
        watch(parts.store, [mailing_id], Console(stderr=True), going.done)
        done = going.result()
    found = settled(parts.store, [mailing_id])
    tell(
        _(
            "{settled} van {readers} lezers zijn afgehandeld; zie `postduif mailing show {id}`.",
            settled=found.settled,
            readers=found.readers,
            id=mailing_id,
        )
    )
    if stop.is_set():
        tell_if_nobody_sends(parts.store, mailing_id)
    elif found.waiting and (rest := _rest(parts, mailing_id, done)) is not None:
        tell(rest)
        tell(_("`postduif serve` of `postduif worker` doet dat vanzelf, als het dan draait."))


@contextmanager
def until_stopped() -> Iterator[Event]:
    """Set by Ctrl+C, SIGTERM or SIGQUIT; they end nothing by themselves, because letters on the wire must end."""
    stop = Event()
    numbers = SIGINT, SIGTERM, SIGQUIT
    before = {number: signal(number, lambda _number, _frame: stop.set()) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal(number, handler)


def _rest(parts: Parts, mailing_id: int, done: Delivered) -> Text | None:
    """Why not every reader is settled, and when it goes on; None when it does not by itself."""
    from mailer.services.sending.delivering import StoppedBy
    from mailer.services.sending.overview import next_try

    at = done.again_at or next_try(parts.store, mailing_id)
    if at is None:
        return None
    moment = f"{at.astimezone(ZoneInfo(parts.house.time_zone)):%Y-%m-%d %H:%M}"
    if done.stopped_by is StoppedBy.QUIET:
        return _("Het zijn stille uren: er gaat niets uit tot {moment}.", moment=moment)
    if done.stopped_by is StoppedBy.LIMIT:
        return _("De grens van wat per keer mag is bereikt; de rest kan vanaf {moment}.", moment=moment)
    return _("De rest is uitgesteld; de volgende poging is om {moment}.", moment=moment)
