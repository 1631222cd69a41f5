"""`postduif subscribers`: bring readers in, take them out as a file, show on what ground somebody is mailed."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.access import allowed
from commands.desk import desk
from commands.staff import As
from commands.telling import tell, tell_json
from commands.words import say
from staff.roles import Role
from wording import Text, _, ngettext
from wording.errors import SettingsError

if TYPE_CHECKING:
    from mailer.bootstrap import Parts
    from subscribers.importing.bringing import Provenance, Tally
    from subscribers.importing.columns import Standing
    from subscribers.importing.judging import Defaults
    from subscribers.importing.source import Table

app = typer.Typer(help=say(_("Lezers per e-mail.")), no_args_is_help=True)

Address = Annotated[str, typer.Argument(metavar="EMAIL", help=say(_("Het e-mailadres van de lezer.")))]
AsJson = Annotated[bool, typer.Option("--json", help=say(_("Als JSON, voor een script.")))]


@app.command(
    "import", help=say(_("Lees lezers in uit CSV (ook van Mailchimp, Laposta en listmonk); kijkt eerst alleen."))
)
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=say(_("Het bestand.")))],
    person: As,
    source: Annotated[str, typer.Option(help=say(_("Waar de lijst vandaan komt, met de datum; staat in het bewijs.")))],
    audience: Annotated[list[str] | None, typer.Option(help=say(_("Doelgroep voor rijen zonder; mag vaker.")))] = None,
    language: Annotated[str, typer.Option(help=say(_("Taal voor rijen zonder.")))] = "nl",
    wording: Annotated[
        str,
        typer.Option(
            help=say(_("De zin waarmee deze lezers instemden. Leeg: zij krijgen eerst een mail met een knop."))
        ),
    ] = "",
    encoding: Annotated[
        str | None, typer.Option(help=say(_("Tekenset, zoals cp1252; anders UTF-8 of UTF-16.")))
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="KOLOM=BETEKENIS", help=say(_("Wat een kolom betekent; leeg is overslaan."))),
    ] = None,
    status: Annotated[
        str, typer.Option(help=say(_("Wat iedereen in dit bestand is, zoals uitgeschreven of opgeschoond.")))
    ] = "",
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help=say(_("Doe het ook; zonder deze optie verandert er niets.")))
    ] = False,
) -> None:
    from subscribers.consent import AgreedWording
    from subscribers.importing.bringing import Provenance
    from subscribers.importing.source import table_from

    parts = desk(context).parts
    actor = allowed(parts, person, Role.ADMIN)
    defaults = replace(
        _defaults(parts, audience or [], language, evidence=bool(wording)),
        columns=_meanings(mapped or []),
        standing=_standing(status),
    )
    words = AgreedWording("import", language, wording) if wording else None
    provenance = Provenance(source, actor.uid, words)
    table = table_from(file, encoding)
    tally = _looked(parts, table, defaults)
    _tell_tally(tally)
    if not apply:
        tell(_("Er is niets veranderd. Klopt dit? Herhaal de opdracht met --apply."))
        raise typer.Exit(1 if tally.refused else 0)
    _brought(parts, table, defaults, provenance)
    tell(_("Ingelezen."))


@app.command(help=say(_("Schrijf lezers naar een bestand; wie dat deed staat in het logboek.")))
def export(
    context: typer.Context,
    person: As,
    audience: Annotated[str | None, typer.Option(help=say(_("Alleen deze doelgroep.")))] = None,
    form: Annotated[str, typer.Option("--format", help=say(_("csv of json.")))] = "csv",
    output: Annotated[Path | None, typer.Option("-o", help=say(_("Bestand; anders de standaarduitvoer.")))] = None,
) -> None:
    from subscribers import exporting

    if form not in ("csv", "json"):
        raise SettingsError(_("`--format` moet csv of json zijn."))
    parts = desk(context).parts
    actor = allowed(parts, person, Role.ADMIN)
    if output:
        output.touch(0o600)
        output.chmod(0o600)  # it may have been there
    opened = output.open("w", encoding="utf-8", newline="") if output else nullcontext(sys.stdout)
    with opened as file, parts.store.transaction() as session:
        count = exporting.export(session, audience, form, file, actor.uid)
    if output:
        tell(ngettext("{count} lezer geschreven.", "{count} lezers geschreven.", count))


@app.command(help=say(_("Toon het bewijs dat iemand toestemming gaf.")))
def consent(context: typer.Context, email: Address, person: As, *, as_json: AsJson = False) -> None:
    from database import audit
    from subscribers.address import address_from
    from subscribers.evidence import proof
    from subscribers.repository import subscriber_with

    parts = desk(context).parts
    actor = allowed(parts, person, Role.ADMIN)
    with parts.store.transaction() as session:
        row = subscriber_with(session, address_from(email))
        if row is None:
            raise SettingsError(_("Met dit adres is er geen lezer."))
        audit.record(session, audit.Event.VIEW_ONE, actor.uid, row.uid)
        events = proof(session, row.uid)
    if as_json:
        tell_json(events)
        return
    for event in events:
        tell(f"{event['at']}  {event['event']}  {', '.join(event['audiences'])}  {event['source']}")
        if words := event["wording"]:
            tell(f"    “{words['text']}”  ({words['version']}, sha256 {words['sha256'][:16]}…)")


@app.command(help=say(_("Mail dit adres nooit meer.")))
def suppress(context: typer.Context, email: Address, person: As) -> None:
    from subscribers import services
    from subscribers.consent import SuppressedBecause

    parts = desk(context).parts
    allowed(parts, person, Role.ADMIN)
    with parts.store.transaction() as session:
        services.suppress(session, email, SuppressedBecause.COMPLAINED, "staff")
    tell(_("Dit adres wordt niet meer gemaild."))


def _defaults(parts: Parts, audiences: list[str], language: str, *, evidence: bool) -> Defaults:
    from mailer.organisation import Channel
    from subscribers.importing.judging import Defaults

    known = frozenset(key for key, one in parts.house.audiences.items() if one.channel is Channel.EMAIL)
    for name in audiences:
        if name not in known:
            text = _("De doelgroep ‘{key}’ is onbekend. Bekend: {known}.", key=name, known=", ".join(sorted(known)))
            raise SettingsError(text)
    return Defaults(tuple(audiences), language, frozenset(parts.house.locales), known, evidence)


def _meanings(mapped: list[str]) -> dict[str, str]:
    found = {}
    for one in mapped:
        column, equals, word = one.rpartition("=")
        if not equals or not column.strip():
            raise SettingsError(_('Schrijf --map als kolom=betekenis, zoals --map "Datum inschrijving=since".'))
        found[" ".join(column.split()).casefold()] = word.strip().casefold()
    return found


def _standing(status: str) -> Standing | None:
    from subscribers.importing.columns import standing_from

    try:
        return standing_from(status) if status else None
    except ValueError:
        raise SettingsError(_("Die status kennen we niet; wel: uitgeschreven, opgeschoond, klacht.")) from None


def _looked(parts: Parts, table: Table, defaults: Defaults) -> Tally:
    from rich.progress import Progress

    from subscribers.importing.bringing import look

    with Progress(transient=True) as progress, parts.store.reading() as session:
        bar = progress.add_task(say(_("Bekijken")), total=None)
        return look(session, table, defaults, lambda rows: progress.advance(bar, rows))


def _brought(parts: Parts, table: Table, defaults: Defaults, provenance: Provenance) -> None:
    from rich.progress import Progress

    from mailer.services.notices.letters import ask_to_confirm
    from subscribers.importing.bringing import bring

    with Progress(transient=True) as progress, parts.store.transaction() as session:
        bar = progress.add_task(say(_("Inlezen")), total=None)
        bring(
            session,
            table,
            defaults,
            provenance,
            ask=lambda inside, needed: ask_to_confirm(inside, parts.house, needed),
            done=lambda rows: progress.advance(bar, rows),
        )


def _tell_tally(tally: Tally) -> None:
    for fate, count in sorted(tally.fates.items()):
        tell(f"{count:>8}  {say(_FATES[str(fate)])}")
    for line, why in tally.refused:
        sys.stderr.write(f"{say(_('regel {line}: {why}', line=line, why=why))}\n")


_FATES: dict[str, Text] = {
    "new": _("nieuw, met bewijs van toestemming"),
    "asked": _("krijgt een mail met een knop"),
    "changed": _("krijgt er een nieuwsbrief bij"),
    "unchanged": _("onveranderd"),
    "left": _("afgemeld en blijft dat"),
    "suppressed": _("mag niet gemaild worden; dat wisten we"),
    "barred": _("mag volgens dit bestand niet meer gemaild worden"),
    "refused": _("geweigerd"),
}
