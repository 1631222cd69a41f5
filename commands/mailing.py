"""`postduif mailing`: what was sent to whom, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import desk
from commands.telling import tell, tell_json
from commands.words import say
from mailer.errors import SettingsError
from wording import _, ngettext

if TYPE_CHECKING:
    from mailer.ledger.overview import EditionOverview

app = typer.Typer(help=say(_("Verzendingen.")), no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help=say(_("Als JSON, voor een script.")))]


@app.command("list", help=say(_("Toon alle verzendingen.")))
def list_(context: typer.Context, *, as_json: AsJson = False) -> None:
    from sqlalchemy import select

    from mailer.ledger.tables import Mailing

    with desk(context).parts.store.reading() as session:
        mailings = list(session.scalars(select(Mailing).order_by(Mailing.id)))
    if as_json:
        tell_json([{"id": one.id, "issue": one.issue_slug, "state": one.state} for one in mailings])
        return
    for one in mailings:
        tell(f"{one.id}  {one.issue_slug}  {one.state}")


@app.command(help=say(_("Toon hoe het met één verzending staat, per editie.")))
def show(
    context: typer.Context,
    mailing: Annotated[int, typer.Argument(metavar="ID", help=say(_("Het nummer van de verzending.")))],
    *,
    as_json: AsJson = False,
) -> None:
    from mailer.ledger.mailings import accounting
    from mailer.ledger.overview import overview

    with desk(context).parts.store.reading() as session:
        try:
            account = accounting(session, mailing)
        except LookupError:
            raise SettingsError(_("Verzending {id} is er niet.", id=mailing)) from None
        editions = overview(session, mailing)
    rows: list[dict[str, Any]] = [
        {"audience": one.audience, "locale": one.locale, "channel": one.channel, "readers": one.readers, **_states(one)}
        for one in editions
    ]
    if as_json:
        tell_json({"id": mailing, "readers": account.readers, "balances": account.balances, "editions": rows})
        return
    tell(ngettext("{count} lezer.", "{count} lezers.", account.readers))
    for row in rows:
        tell("  ".join(f"{key} {value}" if isinstance(value, int) else str(value) for key, value in row.items()))


def _states(edition: EditionOverview) -> dict[str, int]:
    return {str(state): count for state, count in sorted(edition.states.items())}
