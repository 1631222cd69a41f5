"""`postduif archive`: which issues anyone may read on the web, and the static files of that archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.approving import Slug
from commands.moments import moment_of
from commands.staff import As, acting
from commands.telling import tell, tell_json
from commands.words import say
from wording import _, ngettext

app = typer.Typer(help=say(_("Het openbare archief op internet.")), no_args_is_help=True)


@app.command(help=say(_("Zet een verstuurd nummer in het archief.")))
def show(
    context: typer.Context, slug: Slug, who: As, audience: Annotated[str, typer.Option(help=say(_("De doelgroep.")))]
) -> None:
    from mailer.services.publishing import archive

    archive.show(*acting(context, who), slug, audience)
    tell(_("{slug} staat in het archief.", slug=slug))


@app.command(help=say(_("Haal een nummer uit het archief.")))
def withdraw(context: typer.Context, slug: Slug, who: As) -> None:
    from mailer.services.publishing import archive

    archive.withdraw(*acting(context, who), slug)
    tell(_("{slug} staat niet meer in het archief.", slug=slug))


@app.command("list", help=say(_("Toon wat er in het archief staat.")))
def contents(
    context: typer.Context,
    who: As,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
) -> None:
    from dataclasses import asdict

    from mailer.services.publishing import archive

    office, person = acting(context, who)
    found = archive.on_show(office, person)
    if as_json:
        tell_json([asdict(one) for one in found])
        return
    for one in found:
        tell(f"{one.issue}  {one.audience}  {moment_of(office.house, one.at)[:10]}")


@app.command(help=say(_("Schrijf de bestanden van het archief.")))
def build(
    context: typer.Context,
    who: As,
    output: Annotated[Path, typer.Option("-o", help=say(_("De map om in te schrijven.")))],
) -> None:
    from mailer.services.publishing import archive

    count = archive.build(*acting(context, who), output)
    tell(ngettext("{count} bestand geschreven.", "{count} bestanden geschreven.", count))
