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
    pass

FOLDER = Path("var") / "demo"


def register(app: typer.Typer) -> None:
    app.command(help=say(_("Doe het hele werk voor met de voorbeelden: post naar een Maildir, boekjes en etiketten.")))(
        demo
    )


def demo(
    context: typer.Context,
    readers: Annotated[int, typer.Option(help=say(_("Hoeveel verzonnen lezers.")))] = 300,
    addressees: Annotated[int, typer.Option(help=say(_("Hoeveel verzonnen geadresseerden.")))] = 40,
) -> None:
    from rich.console import Console

    content = desk(context).content
    folder = content / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    outcome = Demonstration(content, folder, Console()).run(readers, addressees)
    if not outcome.is_right:
        raise typer.Exit(1)
