"""`postduif breach report`: after a leak, what could be read and what was."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

import typer

from commands.desk import desk
from commands.moments import moment_of
from commands.staff import As, person_called
from commands.telling import tell, tell_json
from commands.worded import word_of
from commands.words import say
from mailer.planning import instant
from wording import _

app = typer.Typer(help=say(_("Datalek: wat de toezichthouder binnen 72 uur wil weten.")), no_args_is_help=True)

_FORMATS = ["%Y-%m-%d", *(f"%Y-%m-%d{gap}%H:%M{rest}" for rest in ("", ":%S", "%z", ":%S%z") for gap in "T ")]


def _instant(zone: str, typed: datetime) -> datetime:
    """The moment (UTC) of what was typed: by the clock on the wall, unless it says its own distance from UTC."""
    return typed.astimezone(UTC) if typed.tzinfo is not None else instant(typed, zone)


@app.callback()
def group() -> None:
    """Keeps `report` a word of its own while it is the only one."""


@app.command(help=say(_("Tel welke gegevens gelezen konden worden en welke bekeken zijn.")))
def report(
    context: typer.Context,
    start: Annotated[
        datetime,
        typer.Option(
            "--from",
            metavar="MOMENT",
            formats=_FORMATS,
            help=say(_("Vanaf, op de klok van de organisatie; met een Z erachter in UTC.")),
        ),
    ],
    end: Annotated[
        datetime,
        typer.Option(
            "--to", metavar="MOMENT", formats=_FORMATS, help=say(_("Tot en met; van een dag zonder tijd alles."))
        ),
    ],
    person: As,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
) -> None:
    from mailer.services.administration import records

    if end.tzinfo is None and end == datetime.combine(end, time.min):
        end += timedelta(days=1, microseconds=-1)
    shop = desk(context)
    actor = person_called(shop.parts, person)
    within = [_instant(shop.office.house.time_zone, typed) for typed in (start, end)]
    found = records.report_breach(shop.office, actor, *within)
    if as_json:
        tell_json({"from": f"{within[0]:%FT%TZ}", "to": f"{within[1]:%FT%TZ}", **asdict(found)})
        return
    there = [moment_of(shop.office.house, at) for at in within]
    tell(
        _(
            "Van {start} tot en met {end}, op de klok van {zone}.",
            start=there[0],
            end=there[1],
            zone=shop.office.house.time_zone,
        )
    )
    tell(_("In UTC: van {start} tot en met {end}.", start=f"{within[0]:%F %H:%M}", end=f"{within[1]:%F %H:%M}"))
    tell(_("Kon gelezen worden door wie de sleutels had; zonder sleutels is het onleesbaar:"))
    for name, count in found.readable.items():
        tell(f"{count:>8}  {word_of(records.READABLE_WORDS, name)}")
    tell(_("Is bekeken, volgens het logboek:"))
    for name, count in found.seen.items():
        tell(f"{count:>8}  {word_of(records.LOOKED_WORDS, name)}")
    tell(_("Door (nummers van medewerkers, of een deel van het systeem):"))
    for name, count in found.actors.items():
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
