"""`postduif retention`: what is kept too long, and the register of what is kept at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.desk import desk
from commands.staff import As, person_called
from commands.telling import tell, tell_json
from commands.words import say
from wording import _

if TYPE_CHECKING:
    from mailer.services.administration.records import Processing

app = typer.Typer(help=say(_("Bewaartermijnen.")), no_args_is_help=True)


@app.command(help=say(_("Doe weg wat te lang bewaard is. De werker doet dit elke dag.")))
def run(
    context: typer.Context,
    person: As,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say(_("Alleen tellen.")))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
) -> None:
    from mailer.services.administration import records

    shop = desk(context)
    actor = person_called(shop.parts, person)
    done = records.overdue(shop.office, actor) if dry_run else records.tidy(shop.office, actor)
    if as_json:
        tell_json({one.name: one.count for one in done})
        return
    for one in done:
        tell(f"{one.count:>8}  {say(one.what)}")
        if one.stopped is not None:
            tell(f"{'':>8}  {say(one.stopped)}")
        if one.failed:
            tell(f"{'':>8}  {say(_('Dit mislukte en wordt later opnieuw geprobeerd; kijk in het log.'))}")
    if any(one.stopped is not None for one in done):
        tell(_("Klopt het aantal? Dan gaat het verder met: postduif retention go-on"))
    if dry_run:
        tell(_("Er is niets veranderd."))


@app.command("go-on", help=say(_("Ga verder met wissen, na een blik op de klok en op de aantallen.")))
def go_on(context: typer.Context, person: As) -> None:
    from mailer.services.administration import records

    shop = desk(context)
    for why in records.go_on(shop.office, person_called(shop.parts, person)):
        tell(why)
    tell(_("De werker gaat de volgende keer verder; nu meteen kan met: postduif retention run"))


@app.command(help=say(_("Toon het register van verwerkingsactiviteiten (AVG art. 30), gemaakt uit de tabellen zelf.")))
def register(
    context: typer.Context,
    person: As,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
) -> None:
    from mailer.services.administration import records

    shop = desk(context)
    entries = records.processing(shop.office, person_called(shop.parts, person))
    if as_json:
        tell_json([_as_json(entry) for entry in entries])
        return
    for entry in entries:
        tell(f"{entry.table}: {', '.join(entry.columns)}")
        tell(_("  doel: {purpose}", purpose=entry.purpose))
        tell(_("  grond: {ground}", ground=entry.ground))
        tell(_("  bewaard: {retention}", retention=entry.retention))
        tell(_("  bescherming: {protection}", protection=entry.protection))


def _as_json(entry: Processing) -> dict[str, object]:
    return {
        "table": entry.table,
        "columns": entry.columns,
        "sealed": entry.sealed,
        "hashed": entry.hashed,
        "purpose": say(entry.purpose),
        "ground": say(entry.ground),
        "retention": say(entry.retention),
    }
