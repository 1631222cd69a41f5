"""`postduif retention`: what is kept too long, and the register of what is kept at all."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.desk import desk
from commands.telling import tell, tell_json
from commands.words import say
from wording import _

app = typer.Typer(help=say(_("Bewaartermijnen.")), no_args_is_help=True)


@app.command(help=say(_("Doe weg wat te lang bewaard is. De werker doet dit elke dag.")))
def run(
    context: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say(_("Alleen tellen.")))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
) -> None:
    from database.base import now
    from subscribers import retention

    with desk(context).parts.store.transaction() as session:
        done = retention.run(session, now(), dry=dry_run)
    if as_json:
        tell_json({one.name: one.count for one in done})
        return
    for one in done:
        tell(f"{one.count:>8}  {say(one.what)}")
    if dry_run:
        tell(_("Er is niets veranderd."))


@app.command(help=say(_("Toon het register van verwerkingen (AVG art. 30), gemaakt uit de tabellen zelf.")))
def register(
    context: typer.Context, *, as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False
) -> None:
    from database import register as processing

    _parts = desk(context).parts  # imports every table
    entries = processing.register()
    if as_json:
        tell_json(
            [
                {
                    "table": entry.table,
                    "columns": entry.columns,
                    "sealed": entry.sealed,
                    "hashed": entry.hashed,
                    "purpose": say(entry.declared.purpose),
                    "ground": say(entry.declared.ground),
                    "retention": say(entry.declared.retention),
                }
                for entry in entries
            ]
        )
        return
    for entry in entries:
        tell(f"{entry.table}: {', '.join(entry.columns)}")
        tell(_("  doel: {purpose}", purpose=entry.declared.purpose))
        tell(_("  grond: {ground}", ground=entry.declared.ground))
        tell(_("  bewaard: {retention}", retention=entry.declared.retention))
        tell(_("  bescherming: {protection}", protection=processing.protection_of(entry)))
