"""`postduif upgrade`: bring the database to this version of the program, after a backup."""

from __future__ import annotations

import typer

from commands.desk import desk
from commands.telling import tell
from commands.words import say
from wording import _


def register(app: typer.Typer) -> None:
    app.command(help=say(_("Werk de database bij na een nieuwe versie van het programma; eerst komt er een back-up.")))(
        upgrade
    )


def upgrade(context: typer.Context) -> None:
    from mailer.bootstrap import backup_places, wire, wire_as_it_is
    from mailer.services.keeping import upgrade as keeping
    from mailer.services.office import Silence
    from mailer.services.publishing.upgraded import fallen_approvals

    here = desk(context)
    parts = wire_as_it_is(here.content, here.database)
    try:
        folder = here.content / parts.settings.backup.folder
        done = keeping.upgrade(parts.office(Silence()), backup_places(parts), folder)
    finally:
        parts.store.close()
    if done.backup is None:
        tell(_("De database is al bij."))
        return
    tell(_("Van tevoren is een back-up gemaakt: {file}", file=done.backup.file))
    if not done.is_sealed:
        tell(
            _(
                "Die is niet verzegeld, want in [backup] staan geen recipients. Namen en adressen erin zijn "
                "versleuteld. Hij verdwijnt na zeven dagen."
            )
        )
    for mailing in done.sending:
        tell(_("Verzending {id} is onderweg. Herstart de werkers; wat op de lijn is, gaat eerst af.", id=mailing))
    parts = wire(here.content, here.database)
    try:
        for fallen in fallen_approvals(parts.office(Silence())):
            tell(
                _(
                    "{slug}: de goedkeuring door {by} geldt niet meer voor {editions}. Deze versie maakt die anders "
                    "op. Laat opnieuw goedkeuren.",
                    slug=fallen.slug,
                    by=fallen.by,
                    editions=", ".join(fallen.editions),
                )
            )
    finally:
        parts.store.close()
    tell(_("De database is bijgewerkt. Herstart alles wat draait."))
