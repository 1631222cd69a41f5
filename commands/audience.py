"""`postduif audience`: who is in, how many that are, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.access import allowed
from commands.desk import desk
from commands.staff import As
from commands.telling import tell, tell_json
from commands.words import say
from staff.roles import Role
from wording import _, ngettext
from wording.errors import SettingsError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from mailer.bootstrap import Parts
    from subscribers.tables import Subscriber

app = typer.Typer(help=say(_("Doelgroepen: regels over lezers.")), no_args_is_help=True)

Key = Annotated[str, typer.Argument(metavar="AUDIENCE", help=say(_("De doelgroep, zoals legal-aid.")))]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help=say(_("Het e-mailadres van de lezer.")))]
Issue = Annotated[str | None, typer.Option("--issue", help=say(_("Met de keuzes voor dit nummer.")))]


@app.command("list", help=say(_("Toon de doelgroepen met hoeveel lezers er nu bij horen.")))
def list_(
    context: typer.Context,
    issue: Issue = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
) -> None:
    from mailer.organisation import Channel
    from subscribers.repository import addressees_of, readers_of

    parts = desk(context).parts
    with parts.store.reading() as session:
        counts = {
            key: len(
                readers_of(session, key, issue=issue) if one.channel is Channel.EMAIL else addressees_of(session, key)
            )
            for key, one in parts.house.audiences.items()
        }
    if as_json:
        tell_json(counts)
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
    from database import audit
    from subscribers.audience import Rule
    from subscribers.repository import readers_of
    from subscribers.rules import set_rule

    parts = desk(context).parts
    actor = allowed(parts, person, Role.ADMIN)
    members = tuple(member or [audience])
    for key in (audience, *members):
        _known(parts, key)
    made = Rule(members, tuple(language or ()), tuple(region or ()), tuple(role or ()))
    with parts.store.transaction() as session:
        set_rule(session, audience, made)
        audit.record(session, audit.Event.CONFIG, actor.uid, detail={"audience": audience})
        count = len(readers_of(session, audience))
    tell(ngettext("De regel geldt nu voor {count} lezer.", "De regel geldt nu voor {count} lezers.", count))


@app.command(help=say(_("Laat één lezer een nummer wel of niet krijgen, wat de regel ook zegt.")))
def pick(
    context: typer.Context,
    audience: Key,
    email: Email,
    person: As,
    issue: Annotated[str, typer.Option(help=say(_("Het nummer.")))],
    *,
    include: Annotated[
        bool | None, typer.Option("--include/--exclude", help=say(_("Toevoegen of weglaten; zonder: keuze wissen.")))
    ] = None,
) -> None:
    from database import audit
    from subscribers import rules
    from subscribers.repository import readers_of

    parts = desk(context).parts
    actor = allowed(parts, person, Role.ADMIN)
    _known(parts, audience)
    with parts.store.transaction() as session:
        row = _reader(session, email)
        rules.pick(session, issue, audience, row.uid, include)
        audit.record(session, audit.Event.EDIT, actor.uid, row.uid, detail={"issue": issue, "audience": audience})
        count = len(readers_of(session, audience, issue=issue))
    tell(ngettext("{issue} gaat nu naar {count} lezer.", "{issue} gaat nu naar {count} lezers.", count, issue=issue))


@app.command(help=say(_("Waarom hoort iemand er wel of niet bij?")))
def why(context: typer.Context, audience: Key, email: Email, person: As, issue: Issue = None) -> None:
    from database import audit
    from subscribers import rules

    parts = desk(context).parts
    actor = allowed(parts, person, Role.ADMIN)
    _known(parts, audience)
    with parts.store.transaction() as session:
        row = _reader(session, email)
        audit.record(session, audit.Event.VIEW_ONE, actor.uid, row.uid)
        answer, reasons = rules.why(session, row, audience, issue, datetime.now(UTC).date())
    tell(_("Krijgt de nieuwsbrief: deze lezer…") if answer else _("Krijgt de nieuwsbrief niet: deze lezer…"))
    for reason in reasons:
        tell(f"  {say(reason)}")


def _known(parts: Parts, key: str) -> None:
    if key not in parts.house.audiences:
        known = ", ".join(parts.house.audiences)
        raise SettingsError(_("De doelgroep ‘{key}’ is onbekend. Bekend: {known}.", key=key, known=known))


def _reader(session: Session, email: str) -> Subscriber:
    from subscribers.address import address_from
    from subscribers.repository import subscriber_with

    row = subscriber_with(session, address_from(email))
    if row is None:
        raise SettingsError(_("Met dit adres is er geen lezer."))
    return row
