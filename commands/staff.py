"""`postduif staff`: who edits, translates, approves and prints; and finding the person behind `--as`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.asking import ADDRESS, asked
from commands.desk import desk
from commands.telling import tell, tell_json
from commands.worded import known_of, reader_of
from commands.words import say
from staff.roles import ROLE_WORDS, Role
from wording import _

if TYPE_CHECKING:
    from mailer.bootstrap import Parts
    from mailer.services.office import Office
    from staff.people import Person

app = typer.Typer(help=say(_("Medewerkers en vrijwilligers.")), no_args_is_help=True)

As = Annotated[str, typer.Option("--as", help=say(_("Wie dit doet: naam of e-mailadres van een medewerker.")))]
Called = Annotated[str, typer.Argument(metavar="NAME", help=say(_("Naam of e-mailadres van een medewerker.")))]
Roles = Annotated[
    list[str],
    typer.Option(
        "--role",
        parser=reader_of(ROLE_WORDS),
        metavar=known_of(ROLE_WORDS),
        help=say(_("Wat iemand doet; mag vaker.")),
    ),
]
Languages = Annotated[list[str] | None, typer.Option("--language", help=say(_("Taal van een vertaler; mag vaker.")))]


@app.command(
    help=say(_("Voeg iemand toe; het e-mailadres wordt gevraagd. De eerste, een beheerder, kan dat zonder --as."))
)
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=say(_("Naam.")))],
    role: Roles,
    language: Languages = None,
    person: Annotated[
        str | None, typer.Option("--as", help=say(_("Wie dit doet: een beheerder. Alleen de eerste keer leeg.")))
    ] = None,
) -> None:
    from mailer.services.administration import staff

    parts = desk(context).parts
    actor = person_called(parts, person) if person else None
    newcomer = staff.Newcomer(name, asked(ADDRESS), frozenset(map(Role, role)), tuple(language or ()))
    added = staff.add(desk(context).office, actor, newcomer)
    tell(_("{name} is toegevoegd.", name=added.name))


@app.command("list", help=say(_("Toon wie er zijn, ook wie niet meer actief is.")))
def show(
    context: typer.Context,
    person: As,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
) -> None:
    from mailer.services.administration import staff

    shop = desk(context)
    everyone = staff.everyone(shop.office, person_called(shop.parts, person))
    if as_json:
        tell_json([_as_json(one) for one in everyone])
        return
    for one in everyone:
        what = ", ".join([*_words_of(one), *one.languages])
        tell(f"{one.name}  {what}" if one.active else _("{name}  niet actief ({what})", name=one.name, what=what))


@app.command(help=say(_("Geef iemand andere rollen en talen, in plaats van die van nu.")))
def roles(context: typer.Context, name: Called, role: Roles, person: As, language: Languages = None) -> None:
    from mailer.services.administration import staff

    shop = desk(context)
    actor = person_called(shop.parts, person)
    changed = staff.change_roles(
        shop.office, actor, staff.find(shop.office, actor, name), [*map(Role, role)], language or ()
    )
    tell(_("{name} heeft nu: {roles}.", name=changed.name, roles=", ".join([*_words_of(changed), *(language or ())])))


@app.command(help=say(_("Neem iemand alle rechten af, meteen. Wat die persoon goedkeurde, blijft goedgekeurd.")))
def deactivate(context: typer.Context, name: Called, person: As) -> None:
    from mailer.services.administration import staff

    shop = desk(context)
    actor = person_called(shop.parts, person)
    changed = staff.deactivate(shop.office, actor, staff.find(shop.office, actor, name))
    tell(_("{name} is niet meer actief.", name=changed.name))


@app.command(help=say(_("Geef iemand die niet meer actief was de oude rollen terug.")))
def activate(context: typer.Context, name: Called, person: As) -> None:
    from mailer.services.administration import staff

    shop = desk(context)
    actor = person_called(shop.parts, person)
    changed = staff.activate(shop.office, actor, staff.find(shop.office, actor, name))
    tell(_("{name} is weer actief: {roles}.", name=changed.name, roles=", ".join(_words_of(changed))))


@app.command(
    "sign-in", help=say(_("Maak een inloglink voor iemand, zolang er geen mail uitgaat: 15 minuten, één keer."))
)
def sign_in(
    context: typer.Context,
    name: Called,
    *,
    anew: Annotated[
        bool,
        typer.Option("--new-second-step", help=say(_("Haal ook de tweede stap weg: telefoon en papier zijn kwijt."))),
    ] = False,
    port: Annotated[int, typer.Option(help=say(_("De poort van `postduif serve`.")))] = 8080,
) -> None:
    from commands.serve import staff_pages
    from mailer.services.administration import signing_in

    shop = desk(context)
    pages = staff_pages(shop.parts.house.base_url, port)
    tell(signing_in.link_for(shop.office, person_called(shop.parts, name), pages=pages, anew=anew))


@app.command("reset-second-step", help=say(_("Haal de tweede stap weg van iemand die de telefoon kwijt is.")))
def reset_second_step(context: typer.Context, name: Called, person: As) -> None:
    from mailer.services.administration import staff

    shop = desk(context)
    actor = person_called(shop.parts, person)
    subject = staff.find(shop.office, actor, name)
    staff.take_second_step(shop.office, actor, subject)
    tell(_("{name} stelt bij de volgende keer inloggen een nieuwe tweede stap in.", name=subject.name))


def acting(context: typer.Context, called: str) -> tuple[Office, Person]:
    """What a door takes first: the office, and the person behind `--as`."""
    here = desk(context)
    return here.office, person_called(here.parts, called)


def person_called(parts: Parts, called: str) -> Person:
    """The member of staff with this name or address. Raises NotFoundError, or InvalidInputError for more than one."""
    from mailer.services.administration import staff
    from mailer.services.office import Silence

    return staff.acting(parts.office(Silence()), called)


def _words_of(one: Person) -> list[str]:
    return [say(words) for role, words in ROLE_WORDS.items() if role in one.roles]


def _as_json(one: Person) -> dict[str, object]:
    return {"name": one.name, "roles": sorted(one.roles), "languages": list(one.languages), "active": one.active}
