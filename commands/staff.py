"""`postduif staff`: who edits, translates, approves and prints; and finding the person behind `--as`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.desk import desk
from commands.telling import tell, tell_json
from commands.words import say
from staff.roles import Role
from wording import _
from wording.errors import SettingsError

if TYPE_CHECKING:
    from mailer.bootstrap import Parts
    from staff.people import Person

app = typer.Typer(help=say(_("Medewerkers en vrijwilligers.")), no_args_is_help=True)

As = Annotated[str, typer.Option("--as", help=say(_("Wie dit doet: naam of e-mailadres van een medewerker.")))]


@app.command(help=say(_("Voeg iemand toe.")))
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=say(_("Naam.")))],
    email: Annotated[str, typer.Option(help=say(_("E-mailadres.")))],
    role: Annotated[list[Role], typer.Option(help=say(_("Wat iemand doet; mag vaker.")))],
    language: Annotated[list[str] | None, typer.Option(help=say(_("Taal van een vertaler; mag vaker.")))] = None,
) -> None:
    from staff.people import add_person
    from subscribers.address import address_from

    parts, address = desk(context).parts, address_from(email)
    for code in language or ():
        if code not in parts.house.locales:
            known = ", ".join(sorted(parts.house.locales))
            raise SettingsError(_("De taal ‘{code}’ is onbekend. Bekend: {known}.", code=code, known=known))
    with parts.store.transaction() as session:
        person = add_person(session, name, address.text, role, language or ())
    tell(_("{name} is toegevoegd.", name=person.name))


@app.command("list", help=say(_("Toon wie er zijn.")))
def show(
    context: typer.Context, *, as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False
) -> None:
    from staff.people import people

    with desk(context).parts.store.reading() as session:
        everyone = people(session)
    rows = [{"name": one.name, "roles": sorted(one.roles), "languages": list(one.languages)} for one in everyone]
    if as_json:
        tell_json(rows)
        return
    for row in rows:
        tell("  ".join([str(row["name"]), ", ".join([*row["roles"], *row["languages"]])]))


def person_called(parts: Parts, called: str) -> Person:
    """The member of staff with this name or address. Raises SettingsError when there is none, or more than one."""
    from staff.people import people

    wanted = called.strip().casefold()
    with parts.store.reading() as session:
        found = [one for one in people(session) if wanted in (one.name.casefold(), one.email.casefold())]
    if len(found) != 1:
        raise SettingsError(
            _("Er is geen medewerker ‘{called}’. Voeg iemand toe met `postduif staff add`.", called=called)
            if not found
            else _("Er zijn meer medewerkers die ‘{called}’ heten; gebruik het e-mailadres.", called=called)
        )
    return found[0]
