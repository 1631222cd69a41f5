"""`postduif demo`: the main job on the example issues, from Markdown to a Maildir and a folder to print."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.desk import desk
from commands.words import say
from wording import _

if TYPE_CHECKING:
    from mailer.settings import Settings

FOLDER = Path("var") / "demo"


def register(app: typer.Typer) -> None:
    app.command(help=say(_("Doe het hele werk voor: post naar een Maildir, boekjes en etiketten om te printen.")))(demo)


def demo(
    context: typer.Context,
    readers: Annotated[int, typer.Option(help=say(_("Hoeveel verzonnen lezers.")))] = 300,
    addressees: Annotated[int, typer.Option(help=say(_("Hoeveel verzonnen geadresseerden.")))] = 40,
) -> None:
    from rich.console import Console

    from commands.demonstration import Demonstration
    from commands.local_mail import maildir_server
    from database.keys import KeyRing
    from mailer.bootstrap import wired
    from mailer.settings import settings_from

    content = desk(context).content
    folder = content / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    settings = settings_from(content)
    with maildir_server(folder / "Maildir") as port:
        settings = _for_demo(settings, port)
        KeyRing.create(content / settings.storage.keys)
        parts = wired(settings, content, f"sqlite:///{(folder / 'postduif.sqlite').resolve()}")
        is_right = Demonstration(parts, folder, Console()).run(readers, addressees)
    if not is_right:
        raise typer.Exit(1)


def _for_demo(settings: Settings, port: int) -> Settings:
    """The organisation's settings, with the demo's own mail server, database and keys."""
    smtp = settings.smtp.model_copy(update={"host": "127.0.0.1", "port": port, "security": "none", "user": ""})
    storage = settings.storage.model_copy(update={"broker": "memory://", "data": FOLDER, "keys": FOLDER / "keys"})
    return settings.model_copy(update={"smtp": smtp, "storage": storage})
