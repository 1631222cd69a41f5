"""`postduif hold`: why nothing leaves the house after a copy was put back, and to go on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import desk
from commands.staff import As, acting, person_called
from commands.telling import tell, tell_json
from commands.words import say
from wording import _, ngettext

if TYPE_CHECKING:
    from mailer.services.keeping.holding import Shown

app = typer.Typer(
    help=say(_("Stilstand na een teruggezette back-up: er gaat niets uit voordat iemand keek.")), no_args_is_help=True
)

Logs = Annotated[
    list[Path] | None,
    typer.Option("--log", help=say(_("Een logboek van de mailserver, sinds de back-up; mag vaker."))),
]


@app.command(help=say(_("Toon waarom alles stilstaat, wat onderweg was en wat de mailserver sindsdien aannam.")))
def show(
    context: typer.Context,
    person: As,
    log: Logs = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
) -> None:
    from mailer.services.keeping import holding

    office, actor = acting(context, person)
    found = holding.show(office, actor, log or ())
    if as_json:
        tell_json(None if found is None else _plain(found))
    elif found is None:
        tell(_("Er staat niets stil."))
    else:
        _tell(found, with_log=bool(log))


@app.command(help=say(_("Hef de stilstand op. Elke verzending wacht dan nog tot iemand ermee verder gaat.")))
def lift(
    context: typer.Context,
    person: As,
    log: Logs = None,
    *,
    nobody_erased: Annotated[
        bool, typer.Option("--nobody-erased", help=say(_("Sinds de back-up is niemand gewist; er is dus geen lijst.")))
    ] = False,
) -> None:
    from mailer.services.keeping import holding

    shop = desk(context)
    actor = person_called(shop.parts, person)
    if (before := holding.show(shop.office, actor, log or ())) is not None:
        _tell(before, with_log=bool(log))
    done = holding.lift(shop.office, actor, shop.parts.witness, log or (), nobody_erased=nobody_erased)
    tell(_("De stilstand is opgeheven."))
    if log:
        tell(
            _(
                "Volgens het logboek al aangenomen, en nu ook hier afgehandeld: {letters} nieuwsbrieven, {mails} losse "
                "mails.",
                letters=done.settled,
                mails=done.notices,
            )
        )
    if done.waiting:
        tell(
            ngettext(
                "{count} verzending wacht op een mens: zie `postduif mailing list`.",
                "{count} verzendingen wachten op een mens: zie `postduif mailing list`.",
                done.waiting,
            )
        )


def _tell(found: Shown, *, with_log: bool) -> None:
    from mailer.services.sending.words import word_for

    tell(_("Alles staat stil. {why}", why=found.why))
    for one in found.mailings:
        tell(
            _(
                "Verzending {id}, {issue} ({state}): {waiting} wachten, {uncertain} onzeker, {post} per post.",
                id=one.mailing,
                issue=one.issue,
                state=word_for(one.state),
                waiting=one.waiting,
                uncertain=one.uncertain,
                post=one.post,
            )
        )
    for run in found.runs:
        tell(_("Printopdracht {run} was nog niet gepost.", run=run))
    for kind, count in sorted(found.notices.items()):
        tell(_("Losse mails die wachten ({kind}): {count}", kind=kind, count=count))
    if with_log:
        tell(
            _(
                "Volgens het logboek van de mailserver al aangenomen: {letters} van de nieuwsbrieven die hier wachten, "
                "{mails} van de losse mails.",
                letters=found.taken,
                mails=found.taken_notices,
            )
        )
        if found.unknown:
            tell(
                _(
                    "In het logboek staan {count} brieven die deze database niet kent: na de back-up is er nog een "
                    "nummer uitgegeven. Geef dat niet opnieuw uit voordat je daar keek.",
                    count=found.unknown,
                )
            )
    else:
        tell(_("Wat de mailserver sindsdien aannam staat in zijn logboek: geef dat mee met --log."))
    if not found.replayed:
        tell(_("Wie na de back-up gewist is, moet nog opnieuw gewist worden: `postduif subject replay BESTAND`."))


def _plain(found: Shown) -> dict[str, Any]:
    return {
        "since": found.since and found.since.isoformat(),
        "why": say(found.why),
        "replayed": found.replayed,
        "mailings": [
            {
                "id": one.mailing,
                "issue": one.issue,
                "state": one.state,
                "waiting": one.waiting,
                "uncertain": one.uncertain,
                "post": one.post,
            }
            for one in found.mailings
        ],
        "print_runs": list(found.runs),
        "notices": dict(found.notices),
        "taken": {"letters": found.taken, "notices": found.taken_notices, "unknown": found.unknown},
    }
