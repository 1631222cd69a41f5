"""`postduif addressees`: who gets post, from a list, and the centres where they are."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import post_readers
from commands.access import allowed
from commands.desk import desk
from commands.telling import tell
from commands.words import say
from staff.roles import Role
from wording import _, ngettext

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from mailer.bootstrap import Parts
    from subscribers.importing.addressees import AddresseeLine

app = typer.Typer(help=say(_("Wie er post krijgt, en de centra waar zij zijn.")), no_args_is_help=True)

post_readers.register(app)

AsPerson = Annotated[str, typer.Option("--as", help=say(_("Wie dit doet: naam of e-mailadres van een medewerker.")))]


@app.command("import", help=say(_("Bekijk een lijst (CSV), en neem haar over met --apply.")))
def bring_in(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say(_("Het CSV-bestand.")))],
    person: AsPerson,
    audience: Annotated[str, typer.Option(help=say(_("De doelgroep.")))] = "detention",
    *,
    apply: Annotated[bool, typer.Option("--apply", help=say(_("Neem de lijst echt over.")))] = False,
) -> None:
    from database.audit import Event, record
    from subscribers.importing import addressees
    from subscribers.importing.source import table_from

    parts = desk(context).parts
    who, table = allowed(parts, person, Role.POSTAL), table_from(file)
    locales = frozenset(parts.house.audiences[audience].locales)
    with parts.store.transaction() as session:
        rows = addressees.look(session, table, audience=audience, locales=locales)
        _tell_unprintable(parts, session, rows)
        _tell_rows(rows)
        count = addressees.bring(session, table, date.today(), audience=audience, locales=locales) if apply else 0  # noqa: DTZ011
        if apply:
            record(session, Event.IMPORT, who.uid, detail={"addressees": count})
    if apply:
        tell(ngettext("{count} geadresseerde toegevoegd.", "{count} geadresseerden toegevoegd.", count))
    else:
        tell(_("Er is niets gewijzigd. Geef --apply mee om de lijst over te nemen."))


@app.command(help=say(_("Toon de centra, hun adres en wanneer dat is nagevraagd.")))
def centres(context: typer.Context) -> None:
    from subscribers.repository import centres as all_centres

    with desk(context).parts.store.reading() as session:
        for one in all_centres(session).values():
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
    person: AsPerson,
    *,
    registration: Annotated[bool, typer.Option(help=say(_("Het centrum vraagt een registratienummer.")))] = False,
    checked_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], show_default=say(_("vandaag")), help=say(_("Nagevraagd op."))),
    ] = None,
) -> None:
    from database.audit import Event, record
    from mailer.artefacts.paper.addresses import postal_lines
    from subscribers.addressee import Centre
    from subscribers.postal import save_centre

    parts = desk(context).parts
    who, day = allowed(parts, person, Role.POSTAL), checked_on.date() if checked_on else date.today()  # noqa: DTZ011
    with parts.store.transaction() as session:
        save_centre(session, Centre(key, name, tuple(postal_lines(tuple(line))), registration, day))
        record(session, Event.EDIT, who.uid, detail={"centre": key})
    tell(_("Het centrum {name} staat in de lijst.", name=name))


def _tell_unprintable(parts: Parts, session: Session, rows: list[AddresseeLine]) -> None:
    from mailer.bootstrap import print_options
    from mailer.services.post.envelopes import unprintable
    from subscribers.repository import centres as all_centres

    people = {row.number: row.new for row in rows if row.new}
    options, day = print_options(parts), date.today()  # noqa: DTZ011
    for line in unprintable(parts.typesetter.pdfs, all_centres(session), people, options, day):
        text = _(
            "deze naam is niet te printen, en zou een hele printopdracht tegenhouden: schrijf hem anders of korter."
        )
        tell(_("regel {line}: {text}", line=line, text=text))


def _tell_rows(rows: list[AddresseeLine]) -> None:
    """By line and never by name."""
    for row in rows:
        if text := row.why or row.warning:
            tell(_("regel {line}: {text}", line=row.number, text=text))
    counted = {fate: sum(row.fate == fate for row in rows) for fate in ("new", "known", "wrong")}
    tell(_("{new} nieuw, {known} bekend, {wrong} fout.", **counted))
