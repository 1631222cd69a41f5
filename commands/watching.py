"""Health and numbers beside the pages, alarms without a worker, and `postduif alarm` for systemd."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Annotated

import typer

from commands.desk import desk
from commands.telling import tell
from commands.words import say
from wording import _
from wording.errors import InvalidInputError, ServiceError

if TYPE_CHECKING:
    from mailer.bootstrap import Parts
    from mailer.services.notices.watch import Watchman
    from web.health import Health

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two looks for a worker."""
_UNIT = re.compile(r"postduif[a-z0-9@_-]{0,60}(?:\.(?:service|timer|target))?")


def register(app: typer.Typer) -> None:
    app.command(help=say(_("Mail de beheerders dat een onderdeel op de server is gestopt; systemd vraagt dit.")))(alarm)


def alarm(
    context: typer.Context, unit: Annotated[str, typer.Argument(help=say(_("De naam van het onderdeel.")))]
) -> None:
    from mailer.bootstrap import watchman

    if not _UNIT.fullmatch(unit):
        raise InvalidInputError(_("‘{unit}’ is geen onderdeel van Postduif.", unit=unit))
    if watchman(desk(context).parts).unit_failed(unit):
        tell(_("De beheerders krijgen een mail over {unit}.", unit=unit))
    else:
        tell(_("De beheerders kregen vandaag al een mail over {unit}.", unit=unit))


def address(typed: str) -> tuple[str, int]:
    """ "127.0.0.1:8081" or "[::1]:8081" as host and port. Raises InvalidInputError."""
    host, colon, port = typed.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and int(port) < 65_536):
        raise InvalidInputError(_("‘{typed}’ is geen adres met een poort, zoals 127.0.0.1:8081.", typed=typed))
    return host.strip("[]"), int(port)


@contextmanager
def watched(parts: Parts, typed: str) -> Iterator[Health]:
    """A listener for who watches, at an address such as "127.0.0.1:8081". Raises ServiceError when it cannot listen."""
    from importlib.metadata import version

    from mailer.bootstrap import relays_from
    from mailer.services.administration.watching import Numbers, why_not_ready
    from web.health import Health, answering

    host, port = address(typed)
    names = [relay.name for relay in relays_from(parts.settings)]
    numbers = Numbers(parts.store, names, version("postduif"))
    health = Health(lambda: why_not_ready(parts.store), numbers.text)
    try:
        with answering(health, host, port):
            yield health
            health.stopping.set()
    except OSError as error:
        why = error.strerror or str(error)
        raise ServiceError(_("Op {typed} kan niemand bewaken: {why}.", typed=typed, why=why)) from None


@contextmanager
def guarded_by(watchman: Watchman, every: float = EVERY) -> Iterator[None]:
    """Someone looks whether a worker is there, as long as the block runs."""
    over = Event()
    thread = Thread(target=_looking, args=(watchman.look, over, every), name="postduif-watchman", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)


def _looking(look: Callable[[], object], over: Event, every: float) -> None:
    while not over.wait(every):
        try:
            look()
        except Exception:
            log.exception("the clock could not ring")  # the database is away: looked at again in a minute
