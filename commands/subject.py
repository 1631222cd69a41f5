"""`postduif subject`: what somebody may ask for about themselves, and what a restored backup must erase again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    from uuid import UUID

    from sqlalchemy.orm import Session

app = typer.Typer(help=say(_("Rechten van lezers: inzien en laten wissen.")), no_args_is_help=True)

Email = Annotated[str | None, typer.Option("--email", help=say(_("Lezer per e-mail: het adres.")))]
Addressee = Annotated[str | None, typer.Option("--addressee", help=say(_("Lezer per post: de code van de lijst.")))]


@app.command(help=say(_("Toon alles wat van iemand bewaard wordt, als JSON.")))
def export(context: typer.Context, person: As, email: Email = None, addressee: Addressee = None) -> None:
    from database import audit
    from subscribers import rights

    parts = desk(context).parts
    actor = allowed(parts, person, Role.ADMIN if email else Role.POSTAL)
    with parts.store.transaction() as session:
        uid, kind = _subject(session, email, addressee)
        audit.record(session, audit.Event.EXPORT, actor.uid, uid, detail={"kind": kind, "rows": 1})
        data = (
            rights.data_of_subscriber(session, uid) if kind == "subscriber" else rights.data_of_addressee(session, uid)
        )
    tell_json(data)


@app.command(help=say(_("Wis iemand. Er blijft een code, zodat een teruggezette back-up het opnieuw doet.")))
def erase(context: typer.Context, person: As, email: Email = None, addressee: Addressee = None) -> None:
    from subscribers import rights

    parts = desk(context).parts
    actor = allowed(parts, person, Role.ADMIN if email else Role.POSTAL)
    with parts.store.transaction() as session:
        uid, kind = _subject(session, email, addressee)
        (rights.erase_subscriber if kind == "subscriber" else rights.erase_addressee)(session, uid, actor.uid)
    tell(_("Gewist. In back-ups staat het nog hoogstens 30 dagen; in het logboek alleen een code, 13 maanden."))


@app.command(help=say(_("Schrijf de lijst van gewisten; bewaar die apart van de back-ups.")))
def tombstones(
    context: typer.Context, output: Annotated[Path, typer.Option("-o", help=say(_("Het bestand.")))]
) -> None:
    from subscribers import rights

    with desk(context).parts.store.reading() as session:
        stones = rights.tombstones(session)
    output.write_text(json.dumps(stones, indent=1) + "\n", "utf-8")
    tell(ngettext("{count} gewiste lezer.", "{count} gewiste lezers.", len(stones)))


@app.command(help=say(_("Wis na het terugzetten van een back-up opnieuw wie op de lijst staat.")))
def replay(
    context: typer.Context, file: Annotated[Path, typer.Argument(help=say(_("De lijst van gewisten.")))]
) -> None:
    from mailer.services.sending import orders
    from subscribers import rights

    store = desk(context).parts.store
    try:
        stones: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
        with store.transaction() as session:
            count = rights.replay(session, stones)
    except (OSError, ValueError, KeyError, TypeError):
        raise SettingsError(_("{file} is geen lijst van gewisten.", file=file)) from None
    tell(ngettext("{count} lezer opnieuw gewist.", "{count} lezers opnieuw gewist.", count))
    if waiting := orders.ask_after_restore(store, "subject replay"):
        tell(
            ngettext(
                "{count} verzending wacht op een mens: zie `postduif mailing list`.",
                "{count} verzendingen wachten op een mens: zie `postduif mailing list`.",
                waiting,
            )
        )


def _subject(session: Session, email: str | None, addressee: str | None) -> tuple[UUID, str]:
    from subscribers.address import address_from
    from subscribers.listing import addressee_called
    from subscribers.repository import subscriber_with

    if (email is None) == (addressee is None):
        raise SettingsError(_("Geef --email of --addressee."))
    if email is not None:
        row = subscriber_with(session, address_from(email))
        if row is not None:
            return row.uid, "subscriber"
        raise SettingsError(_("Met dit adres is er geen lezer."))
    return addressee_called(session, addressee or ""), "addressee"
