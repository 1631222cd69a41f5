"""`postduif archive`: which issues anybody may read on the web, and the static files of that archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.desk import desk
from commands.telling import tell, tell_json
from commands.words import say
from wording import _, ngettext

app = typer.Typer(help=say(_("Het openbare archief op internet.")), no_args_is_help=True)

Slug = Annotated[str, typer.Argument(metavar="ISSUE", help=say(_("Het nummer, zoals los-2026-24.")))]


@app.command(help=say(_("Zet een verstuurd nummer in het archief.")))
def show(
    context: typer.Context, slug: Slug, audience: Annotated[str, typer.Option(help=say(_("De doelgroep.")))]
) -> None:
    from mailer.services.publishing import archive

    parts = desk(context).parts
    archive.show(parts.press, parts.store, slug, audience)
    tell(_("{slug} staat in het archief.", slug=slug))


@app.command(help=say(_("Haal een nummer uit het archief.")))
def withdraw(context: typer.Context, slug: Slug) -> None:
    from mailer.services.publishing import archive

    archive.withdraw(desk(context).parts.store, slug)
    tell(_("{slug} staat niet meer in het archief.", slug=slug))


@app.command("list", help=say(_("Toon wat er in het archief staat.")))
def contents(
    context: typer.Context, *, as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False
) -> None:
    from mailer.ledger import archive

    with desk(context).parts.store.reading() as session:
        rows = [{"issue": row.issue_slug, "audience": row.audience, "at": row.at} for row in archive.on_show(session)]
    if as_json:
        tell_json(rows)
        return
    for row in rows:
        tell(f"{row['issue']}  {row['audience']}  {row['at']:%Y-%m-%d}")


@app.command(help=say(_("Schrijf de bestanden van het archief.")))
def build(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", help=say(_("De map om in te schrijven.")))],
) -> None:
    from mailer.services.publishing import archive

    parts = desk(context).parts
    count = archive.build(parts.house, parts.store, output)
    tell(ngettext("{count} bestand geschreven.", "{count} bestanden geschreven.", count))
