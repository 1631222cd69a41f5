"""`postduif addressees`: who gets post, from a list, and the centres where they are."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import post_readers
from commands.desk import desk
from commands.staff import As, person_called
from commands.telling import tell
from commands.words import say
from wording import _, ngettext

if TYPE_CHECKING:
    from mailer.services.post.importing import Preview

app = typer.Typer(help=say(_("Wie er post krijgt, en de centra waar zij zijn.")), no_args_is_help=True)

post_readers.register(app)


@app.command("import", help=say(_("Bekijk een lijst (CSV), en neem haar over met --apply.")))
def from_list(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say(_("Het CSV-bestand.")))],
    person: As,
    audience: post_readers.Audience = None,
    *,
    apply: Annotated[bool, typer.Option("--apply", help=say(_("Neem de lijst echt over.")))] = False,
) -> None:
    from mailer.services.post import importing
    from subscribers.importing.source import table_from

    office, who = desk(context).office, person_called(desk(context).parts, person)
    table = table_from(file)
    _tell_preview(importing.preview(office, who, table, audience))
    if apply:
        count = importing.apply(office, who, table, audience)
        tell(ngettext("{count} geadresseerde toegevoegd.", "{count} geadresseerden toegevoegd.", count))
    else:
        tell(_("Er is niets gewijzigd. Geef --apply mee om de lijst over te nemen."))


@app.command(help=say(_("Toon de centra, hun adres en wanneer dat is nagevraagd.")))
def centres(context: typer.Context, person: As) -> None:
    from mailer.services.post.centres import centres as all_centres

    for one in all_centres(desk(context).office, person_called(desk(context).parts, person)).values():
        asks = say(_("registratienummer nodig")) if one.asks_registration else ""
        tell("  ".join(filter(None, (one.key, one.name, ", ".join(one.postal_lines), str(one.checked_on), asks))))


@app.command(help=say(_("Voeg een centrum toe, of verander het.")))
def centre(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help=say(_("Een kort woord voor het centrum.")))],
    name: Annotated[str, typer.Option(help=say(_("De naam.")))],
    line: Annotated[
        list[str], typer.Option(help=say(_("Een adresregel onder de naam; de laatste is postcode en plaats.")))
    ],
    person: As,
    *,
    registration: Annotated[bool, typer.Option(help=say(_("Het centrum vraagt een registratienummer.")))] = False,
    checked_on: Annotated[
        datetime | None,
        typer.Option(
            metavar="DAY", formats=["%Y-%m-%d"], show_default=say(_("vandaag")), help=say(_("Nagevraagd op."))
        ),
    ] = None,
) -> None:
    from mailer.services.post import centres as book

    saved = book.save(
        desk(context).office,
        person_called(desk(context).parts, person),
        key=key,
        name=name,
        lines=tuple(line),
        asks_registration=registration,
        checked_on=checked_on.date() if checked_on else None,
    )
    tell(_("Het centrum {name} staat in de lijst.", name=saved.name))


def _tell_preview(found: Preview) -> None:
    """By line and never by name."""
    for remark in (*found.unprintable, *found.remarks):
        tell(_("regel {line}: {text}", line=remark.line, text=remark.text))
    tell(_("{new} nieuw, {known} bekend, {wrong} fout.", new=found.new, known=found.known, wrong=found.wrong))
