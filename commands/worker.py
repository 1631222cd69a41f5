"""`postduif worker`: send and print what waits, until it is told to stop."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from commands.desk import desk
from commands.telling import announce
from commands.words import say
from wording import _
from wording.errors import InvalidInputError

log = logging.getLogger(__name__)


def register(app: typer.Typer) -> None:
    app.command(help=say(_("Verstuur en druk wat wacht, tot Ctrl+C of SIGTERM.")))(worker)


def worker(
    context: typer.Context,
    queues: Annotated[
        str,
        typer.Option(help=say(_("Welke wachtrijen, gescheiden door komma’s.")), show_default="send,print,mail,write"),
    ] = "",
    processes: Annotated[int, typer.Option(help=say(_("Hoeveel processen; alleen met een broker als Redis.")))] = 1,
) -> None:
    from commands.sending import until_stopped
    from worker.running import embedded, run_worker

    parts = desk(context).parts
    broker, master = parts.settings.storage.broker, parts.settings.storage.broker_master
    chosen = chosen_queues(queues, has_content=parts.settings.storage.sweeps)
    announce(_("De werker draait; stop met Ctrl+C."))
    log.info("the worker begins")
    if broker.startswith("memory"):
        with until_stopped() as stop, embedded(parts.worker_office):
            stop.wait()
        log.info("the worker stops")
    else:
        # No connection to the database may be shared by the processes that a worker forks.
        parts.store.close()
        code = run_worker(broker, parts.worker_office, queues=chosen, processes=processes, master=master)
        log.info("the worker stops")
        raise typer.Exit(code)


def chosen_queues(typed: str, *, has_content: bool) -> list[str]:
    """The queues that were typed; all that can be served here when none were.

    Raises InvalidInputError for one that is not there, or that needs the content folder where that is not.
    """
    from mailer.broker import QUEUES, WRITE_QUEUE

    if not typed:
        return [name for name in QUEUES if has_content or name != WRITE_QUEUE]
    chosen = [name.strip() for name in typed.split(",")]
    if unknown := [name for name in chosen if name not in QUEUES]:
        known = ", ".join(QUEUES)
        raise InvalidInputError(_("‘{name}’ is geen wachtrij. Bekend: {known}.", name=unknown[0], known=known))
    if WRITE_QUEUE in chosen and not has_content:
        raise InvalidInputError(
            _("De wachtrij write hoort bij de machine met de inhoudsmap; hier is storage.sweeps uit.")
        )
    return chosen
