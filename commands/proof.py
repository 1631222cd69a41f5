"""`postduif proof`: an edition to colleagues, marked as a test, before anyone approves it."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.approving import Slug
from commands.desk import desk
from commands.staff import As, acting, person_called
from commands.telling import tell
from commands.words import say
from wording import _


def register(app: typer.Typer) -> None:
    """Give the application its command."""
    app.command(help=say(_("Stuur één editie als proef naar collega’s, met [TEST] in het onderwerp.")))(proof)


def proof(
    context: typer.Context,
    slug: Slug,
    audience: Annotated[str, typer.Option(help=say(_("De doelgroep.")))],
    locale: Annotated[str, typer.Option(help=say(_("De taal.")))],
    to: Annotated[list[str], typer.Option(help=say(_("Een medewerker: naam of e-mailadres; mag vaker.")))],
    who: As,
) -> None:
    from mailer.services.writing.proofs import send_proof

    office, person = acting(context, who)
    people = [person_called(desk(context).parts, name) for name in to]
    outcomes = send_proof(office, person, slug, audience=audience, locale=locale, to=people)
    for one in outcomes:
        if one.accepted:
            tell(_("De proef voor {name} is aangenomen.", name=one.name))
        else:
            tell(_("De proef voor {name} is niet aangenomen: {answer}", name=one.name, answer=one.answer))
    if not all(one.accepted for one in outcomes):
        raise typer.Exit(1)
