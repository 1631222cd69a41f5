"""`postduif backup` and `postduif restore`: a copy of all but the keys, sealed to two people, and back again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from commands import nightly
from commands.desk import desk
from commands.staff import As, acting
from commands.telling import tell, tell_aside
from commands.words import say
from wording import _

app = typer.Typer(help=say(_("Back-up van de database en de inhoudsmap, zonder de sleutels.")))

Identity = Annotated[
    Path | None,
    typer.Option("--identity", help=say(_("Het bestand met de geheime sleutel van een van de twee mensen."))),
]
File = Annotated[Path, typer.Argument(metavar="FILE", help=say(_("De back-up.")))]


def register(app: typer.Typer) -> None:
    app.command(help=say(_("Zet een back-up terug in een lege map. Daarna staat alles stil tot iemand keek.")))(restore)


@app.callback(invoke_without_command=True)
def make(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("-o", help=say(_("Het bestand; zonder komt het in backup.folder.")))
    ] = None,
    *,
    each_night: Annotated[
        bool, typer.Option("--each-night", help=say(_("Blijf draaien en maak er elke nacht een, na drie uur.")))
    ] = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    if each_night:
        nightly.each_night(desk(context).parts, lambda: _make(context, None))
    else:
        _make(context, output)


def _make(context: typer.Context, output: Path | None) -> None:
    from database.base import now
    from mailer.bootstrap import backup_places
    from mailer.services.keeping import backup

    parts = desk(context).parts
    settings = parts.settings.backup
    backup.require_two(settings.recipients)
    folder = parts.content.folder / settings.folder
    target = output or folder / backup.name_at(now(), sealed=True)
    made = backup.make(desk(context).office, backup_places(parts), target, try_it=True)
    tell(_("{file}: {rows} rijen en {files} bestanden.", file=made.file, rows=made.rows, files=made.files))
    if made.tried:
        tell(_("De database erin is op proef teruggezet en nageteld."))
    else:
        tell_aside(_("Niet op proef teruggezet: Postduif mag in PostgreSQL geen database maken. Zie postduif doctor."))
    if output is None:
        backup.forget_old(folder, now() - timedelta(days=settings.days), sealed=True)


@app.command(help=say(_("Maak een geheime sleutel voor één van de mensen die een back-up kunnen openen.")))
def key(file: Annotated[Path, typer.Argument(metavar="FILE", help=say(_("Het nieuwe bestand.")))]) -> None:
    from mailer.services.keeping.parcel import new_identity

    public = new_identity(file)
    tell(public)
    tell_aside(_("Bewaar {file} niet op deze machine. Zet de regel hierboven in [backup] bij recipients.", file=file))


@app.command(help=say(_("Controleer een back-up: open hem en zet hem terug op een plek die daarna verdwijnt.")))
def check(context: typer.Context, file: File, person: As, identity: Identity = None) -> None:
    from mailer.services.keeping import backup

    office, actor = acting(context, person)
    found = backup.check(office, actor, file, identity)
    tell(_("Deze back-up is heel. Gemaakt op {at}.", at=found["made_at"]))


def restore(
    context: typer.Context,
    file: File,
    identity: Identity = None,
    keys: Annotated[
        Path | None, typer.Option(help=say(_("De map met de sleutels; zonder de gewone plaats bij deze map.")))
    ] = None,
) -> None:
    from database.keys import KeyRing
    from mailer.bootstrap import database_url
    from mailer.places import default_keys
    from mailer.services.keeping.restore import restore as put_back
    from mailer.settings import settings_in

    here = desk(context)
    ring = KeyRing.from_folder(keys or default_keys(here.content))
    content = here.content.resolve()
    manifest = put_back(
        file, identity, ring, content, lambda written: here.database or database_url(settings_in(written), content)
    )
    tell(_("Teruggezet in {folder}: de back-up van {at}.", folder=content, at=manifest["made_at"]))
    tell(_("Alles staat stil. Ga verder met: postduif hold show --as NAAM"))
