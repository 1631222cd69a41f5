"""`postduif worker`: send and print what waits, until it is told to stop."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.desk import desk
from commands.telling import tell
from commands.words import say
from wording import _


def register(app: typer.Typer) -> None:
    app.command(help=say(_("Verstuur en druk wat wacht, tot Ctrl+C of SIGTERM.")))(worker)


def worker(
    context: typer.Context,
    queues: Annotated[str, typer.Option(help=say(_("Welke wachtrijen, gescheiden door komma’s.")))] = "send,print,mail",
    processes: Annotated[int, typer.Option(help=say(_("Hoeveel processen; alleen met een broker als Redis.")))] = 1,
) -> None:
    from commands.sending import until_stopped
    from worker.running import embedded, run_worker

    parts = desk(context).parts
    broker, master = parts.settings.storage.broker, parts.settings.storage.broker_master
    tell(_("De werker draait; stop met Ctrl+C."))
    if broker.startswith("memory"):
        with until_stopped() as stop, embedded(parts.worker_office):
            stop.wait()
    else:
        # No connection to the database may be shared by the processes that a worker forks.
        parts.store.close()
        chosen = queues.split(",")
        raise typer.Exit(run_worker(broker, parts.worker_office, queues=chosen, processes=processes, master=master))
