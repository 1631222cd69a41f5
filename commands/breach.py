"""`postduif breach report`: after a leak, what could be read and what was."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

import typer

from commands.desk import desk
from commands.staff import As, person_called
from commands.telling import tell, tell_json
from commands.words import say
from wording import _

app = typer.Typer(help=say(_("Datalek: wat de toezichthouder binnen 72 uur wil weten.")), no_args_is_help=True)

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


@app.callback()
def group() -> None:
    """Keeps `report` a word of its own while it is the only one."""


@app.command(help=say(_("Tel welke gegevens gelezen konden worden en welke bekeken zijn; tijden in UTC.")))
def report(
    context: typer.Context,
    start: Annotated[datetime, typer.Option("--from", formats=_FORMATS, help=say(_("Vanaf.")))],
    end: Annotated[
        datetime, typer.Option("--to", formats=_FORMATS, help=say(_("Tot en met; van een dag zonder tijd alles.")))
    ],
    person: As,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
) -> None:
    from mailer.services.administration import records

    if end == datetime.combine(end, time.min):
        end += timedelta(days=1, microseconds=-1)
    shop = desk(context)
    actor = person_called(shop.parts, person)
    found = records.report_breach(shop.office, actor, start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
    if as_json:
        tell_json(asdict(found))
        return
    tell(_("Kon gelezen worden door wie de sleutels had; zonder sleutels is het onleesbaar:"))
    for name, count in found.readable.items():
        tell(f"{count:>8}  {name}")
    tell(_("Is bekeken, volgens het logboek:"))
    for name, count in (*found.seen.items(), *found.actors.items()):
        tell(f"{count:>8}  {name}")
    tell(
        _(
            "Regels in exporten: {rows}; mensen van wie de eigen gegevens zijn bekeken: {people}",
            rows=found.rows_exported,
            people=found.subjects,
        )
    )
    if not found.chain_fits:
        tell(_("Let op: het logboek is veranderd, dus dit kan onvolledig zijn."))
