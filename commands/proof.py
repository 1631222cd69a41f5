"""`postduif proof`: an edition to colleagues, marked as a test, before anybody approves it."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.desk import desk
from commands.staff import person_called
from commands.telling import tell
from commands.words import say
from wording import _


def register(app: typer.Typer) -> None:
    """Give the application its command."""
    app.command(help=say(_("Stuur één editie als proef naar collega’s, met [TEST] in het onderwerp.")))(proof)


def proof(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="ISSUE", help=say(_("Het nummer, zoals los-2026-24.")))],
    audience: Annotated[str, typer.Option(help=say(_("De doelgroep.")))],
    locale: Annotated[str, typer.Option(help=say(_("De taal.")))],
    to: Annotated[list[str], typer.Option(help=say(_("Een medewerker: naam of e-mailadres; mag vaker.")))],
) -> None:
    from database.base import now
    from mailer.bootstrap import relays_from
    from mailer.carriers.carrier import Accepted
    from mailer.carriers.smtp import SmtpCarrier
    from mailer.services.writing.proofs import send_proof

    parts = desk(context).parts
    people = [person_called(parts, name) for name in to]
    carrier = SmtpCarrier(relays_from(parts.settings)[0])
    try:
        outcomes = send_proof(parts.press, carrier, people, slug=slug, audience=audience, locale=locale, clock=now)
    finally:
        carrier.close()
    for one, outcome in zip(people, outcomes, strict=True):
        if isinstance(outcome, Accepted):
            tell(_("De proef voor {name} is aangenomen.", name=one.name))
        else:
            tell(_("De proef voor {name} is niet aangenomen: {answer}", name=one.name, answer=outcome.answer.words))
    if not all(isinstance(outcome, Accepted) for outcome in outcomes):
        raise typer.Exit(1)
