"""`postduif print`: a print run for the postal desk, written to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.desk import desk
from commands.staff import As, person_called
from commands.telling import tell
from commands.words import say
from wording import _


def register(app: typer.Typer) -> None:
    app.command("print", help=say(_("Maak de boekjes, etiketten en paklijst van een uitgegeven nummer.")))(print_issue)


def print_issue(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="ISSUE", help=say(_("Het nummer, zoals meldpunt-2026-3.")))],
    person: As,
    output: Annotated[Path, typer.Option("-o", help=say(_("De map voor de bestanden; er staan namen in.")))] = Path(
        "print"
    ),
) -> None:
    from database.base import now
    from mailer.services import printing

    parts = desk(context).parts
    who, print_desk, options = person_called(parts, person), parts.print_desk, parts.print_options
    asked = printing.quote(print_desk, slug, options, who, now().date())
    tell(
        _(
            "{pieces} stuks, {grams} gram, {stamps} postzegels, € {cost}.",
            pieces=asked.pieces,
            grams=asked.grams,
            stamps=asked.stamps,
            cost=asked.cost,
        )
    )
    run = printing.order(print_desk, slug, options, who)
    printing.make(print_desk, run)
    output.mkdir(parents=True, exist_ok=True)
    for file in printing.files(print_desk, run, who):
        (output / file.name).write_bytes(file.data)
        tell(_("{file}: {copies} keer printen.", file=output / file.name, copies=file.copies))
