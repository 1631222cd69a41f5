"""`postduif upgrade`: bring the database to this version of the program, after a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from commands.desk import desk
from commands.standing import said_of
from commands.telling import tell
from commands.words import say
from wording import _

if TYPE_CHECKING:
    from mailer.services.keeping.backup import Made
    from mailer.services.keeping.upgrade import Upgraded


def register(app: typer.Typer) -> None:
    app.command(help=say(_("Werk de database bij na een nieuwe versie van het programma; eerst komt er een back-up.")))(
        upgrade
    )


def upgrade(context: typer.Context) -> None:
    from mailer.bootstrap import backup_places, wire, wire_as_it_is
    from mailer.services.keeping import upgrade as keeping
    from mailer.services.office import Silence
    from mailer.services.publishing.falling import all_fallen

    here = desk(context)
    parts = wire_as_it_is(here.content, here.database)
    try:
        folder = here.content / parts.settings.backup.folder
        done = keeping.upgrade(parts.office(Silence()), backup_places(parts), folder)
    finally:
        parts.store.close()
    if done.backup is None:
        tell(_("De database is al bij."))
    else:
        _tell_changed(done.backup, done)
    parts = wire(here.content, here.database)
    try:
        for fell in all_fallen(parts.office(Silence())):  # also where only the program is new, and no table
            for said in said_of(fell):
                tell(said)
    finally:
        parts.store.close()
    if done.backup is not None:
        tell(_("De database is bijgewerkt. Herstart alles wat draait."))


def _tell_changed(backup: Made, done: Upgraded) -> None:
    tell(_("Van tevoren is een back-up gemaakt: {file}", file=backup.file))
    if not done.is_sealed:
        tell(
            _(
                "Die is niet verzegeld, want in [backup] staan geen recipients. Namen en adressen erin zijn "
                "versleuteld. Hij verdwijnt na zeven dagen."
            )
        )
    for mailing in done.sending:
        tell(_("Verzending {id} is onderweg. Herstart de werkers; wat op de lijn is, gaat eerst af.", id=mailing))
