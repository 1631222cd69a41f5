"""`postduif doctor`: what is wrong with this installation and what to do; `postduif records`: what to set in DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.desk import desk
from commands.telling import tell, tell_json
from commands.words import say
from wording import _
from wording.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailer.doctor.finding import Check, Finding

SIGNS = {"ok": "✓", "note": "i", "warn": "!", "fail": "✗", "skip": "?"}
AsJson = Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))]


def register(app: typer.Typer) -> None:
    app.command(help=say(_("Kijk of deze installatie gezond is, en zeg wat er te doen is.")))(doctor)
    app.command(help=say(_("Zeg wat er in DNS en bij de mailserver ingesteld moet worden.")))(records)


def doctor(
    context: typer.Context,
    only: Annotated[list[str] | None, typer.Option("--only", help=say(_("Alleen deze controle; mag vaker.")))] = None,
    *,
    loop: Annotated[
        bool, typer.Option("--loop", help=say(_("Stuur ook een brief aan onszelf, en wacht tot hij terug is.")))
    ] = False,
    as_json: AsJson = False,
) -> None:
    from mailer.doctor.finding import examine, exit_code
    from mailer.surroundings import world_of

    checks = chosen(only or [], loop=loop)
    shop = desk(context)
    found = examine(world_of(shop.content, shop.database), checks)
    show(found, as_json=as_json)
    raise typer.Exit(exit_code(found))


def chosen(only: list[str], *, loop: bool) -> Mapping[str, Check]:
    """The checks of these names, or all. Raises InvalidInputError for a name that is none."""
    from mailer.doctor.checks import CHECKS
    from mailer.doctor.loop import loop as around

    checks: dict[str, Check] = {**CHECKS, "loop": around}
    if unknown := [name for name in only if name not in checks]:
        known = ", ".join(checks)
        raise InvalidInputError(_("‘{name}’ is geen controle. Bekend: {known}.", name=unknown[0], known=known))
    names = [*only, *(["loop"] if loop else [])] if only else [*CHECKS, *(["loop"] if loop else [])]
    return {name: check for name, check in checks.items() if name in names}


def show(found: list[Finding], *, as_json: bool) -> None:
    if as_json:
        tell_json(
            [
                {
                    "check": one.check,
                    "level": one.level.value,
                    "said": say(one.said),
                    "remedy": say(one.remedy) if one.remedy else None,
                }
                for one in found
            ]
        )
        return
    for one in found:
        tell(f"{SIGNS[one.level]} {one.check:<10} {say(one.said)}")
        if one.remedy is not None:
            tell(f"{'':<12} → {say(one.remedy)}")


def records(context: typer.Context, *, as_json: AsJson = False) -> None:
    from mailer.doctor.records import records as needed
    from mailer.surroundings import world_of
    from wording.errors import Place, Problem, SettingsError

    shop = desk(context)
    world = world_of(shop.content, shop.database)
    if not world.is_known:
        problems = [Problem(Place("postduif.toml"), one) for one in world.problems]
        raise SettingsError(_("De instellingen kloppen niet."), problems)
    found = list(needed(world))
    if as_json:
        tell_json(
            [
                {"topic": one.topic, "kind": one.kind, "name": one.name, "value": one.value, "why": say(one.why)}
                for one in found
            ]
        )
        return
    for one in found:
        tell(f"{one.kind:<8} {one.name}  {one.value}".rstrip())
        tell(f"{'':<8} {say(one.why)}")
    tell(_("Kijk daarna met `postduif doctor`, en met `postduif doctor --loop` of het werkt."))
