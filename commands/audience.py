"""`postduif audience`: who is in, how many that are, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.asking import ADDRESS, asked
from commands.desk import desk
from commands.staff import As, person_called
from commands.telling import tell, tell_json
from commands.words import say
from wording import _, ngettext

app = typer.Typer(help=say(_("Doelgroepen: regels over lezers.")), no_args_is_help=True)

Key = Annotated[str, typer.Argument(metavar="AUDIENCE", help=say(_("De doelgroep, zoals legal-aid.")))]
Issue = Annotated[str | None, typer.Option("--issue", help=say(_("Met de keuzes voor dit nummer.")))]


@app.command("list", help=say(_("Toon de doelgroepen met hoeveel lezers er nu bij horen.")))
def list_(
    context: typer.Context,
    person: As,
    issue: Issue = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
) -> None:
    from mailer.services.readers import audiences

    shop = desk(context)
    counts = audiences.sizes(shop.office, person_called(shop.parts, person), issue)
    if as_json:
        tell_json(dict(counts))
        return
    for key, count in counts.items():
        tell(f"{count:>8}  {key}")


@app.command(help=say(_("Geef een doelgroep een regel; wat leeg blijft telt niet mee.")))
def rule(
    context: typer.Context,
    audience: Key,
    person: As,
    member: Annotated[list[str] | None, typer.Option(help=say(_("Lid van deze doelgroep; mag vaker.")))] = None,
    language: Annotated[list[str] | None, typer.Option(help=say(_("Leest deze taal; mag vaker.")))] = None,
    region: Annotated[list[str] | None, typer.Option(help=say(_("Hoort bij deze regio; mag vaker.")))] = None,
    role: Annotated[list[str] | None, typer.Option(help=say(_("Heeft deze rol; mag vaker.")))] = None,
) -> None:
    from mailer.services.readers import audiences
    from subscribers.audience import Rule

    shop = desk(context)
    actor = person_called(shop.parts, person)
    made = Rule(tuple(member or [audience]), tuple(language or ()), tuple(region or ()), tuple(role or ()))
    count = audiences.set_rule(shop.office, actor, audience, made)
    tell(ngettext("De regel geldt nu voor {count} lezer.", "De regel geldt nu voor {count} lezers.", count))


@app.command(help=say(_("Laat één lezer een nummer wel of niet krijgen; het adres wordt gevraagd.")))
def pick(
    context: typer.Context,
    audience: Key,
    person: As,
    issue: Annotated[str, typer.Option(help=say(_("Het nummer.")))],
    *,
    include: Annotated[
        bool | None, typer.Option("--include/--exclude", help=say(_("Toevoegen of weglaten; zonder: keuze wissen.")))
    ] = None,
) -> None:
    from mailer.services.readers import audiences

    shop = desk(context)
    actor = person_called(shop.parts, person)
    count = audiences.pick(shop.office, actor, audience, asked(ADDRESS), issue, included=include)
    tell(ngettext("{issue} gaat nu naar {count} lezer.", "{issue} gaat nu naar {count} lezers.", count, issue=issue))


@app.command(help=say(_("Waarom hoort iemand er wel of niet bij? Het adres wordt gevraagd.")))
def why(context: typer.Context, audience: Key, person: As, issue: Issue = None) -> None:
    from mailer.services.readers import audiences

    shop = desk(context)
    answer = audiences.why(shop.office, person_called(shop.parts, person), audience, asked(ADDRESS), issue)
    tell(_("Krijgt de nieuwsbrief: deze lezer…") if answer.receives else _("Krijgt de nieuwsbrief niet: deze lezer…"))
    for reason in answer.reasons:
        tell(f"  {say(reason)}")
