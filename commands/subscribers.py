"""`postduif subscribers`: import readers, export them, show on what ground a reader is mailed, bar an address."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.asking import ADDRESS, asked
from commands.desk import desk
from commands.files import whole_file
from commands.staff import As, person_called
from commands.telling import tell, tell_aside, tell_json
from commands.words import say
from wording import Text, _, ngettext
from wording.errors import InvalidInputError

if TYPE_CHECKING:
    from mailer.services.readers.imports import Imported

app = typer.Typer(help=say(_("Lezers per e-mail.")), no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help=say(_("Als JSON, voor een script.")))]


@app.command(
    "import", help=say(_("Lees lezers in uit CSV, ook de export van een ander programma; kijkt eerst alleen."))
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
        str | None, typer.Option(help=say(_("Tekenset, zoals cp1252; anders zoekt de opdracht het uit.")))
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="KOLOM[:WAARDE]=BETEKENIS",
            help=say(_("Wat een kolom, of een waarde daarin, betekent; leeg is overslaan.")),
        ),
    ] = None,
    status: Annotated[
        str, typer.Option(help=say(_("Wat iedereen in dit bestand is, zoals uitgeschreven of opgeschoond.")))
    ] = "",
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help=say(_("Doe het ook; zonder deze optie verandert er niets.")))
    ] = False,
) -> None:
    from mailer.services.readers import imports

    shop = desk(context)
    actor = person_called(shop.parts, person)
    readers = imports.ReaderFile(
        path=file,
        source=source,
        audiences=tuple(audience or ()),
        language=language,
        wording=wording,
        encoding=encoding,
        columns=_meanings(mapped or []),
        status=status,
    )
    with _counting(_("Bekijken")) as counted:
        found = imports.preview(shop.office, actor, readers, counted)
    _tell_fates(found)
    if not apply:
        tell(_("Er is niets veranderd. Klopt dit? Herhaal de opdracht met --apply."))
        raise typer.Exit(1 if found.refused or found.stops else 0)
    with _counting(_("Inlezen")) as counted:
        done = imports.apply(shop.office, actor, readers, counted, say)
    tell(_("Ingelezen."))
    if done.aside is not None:
        tell(_("Wat niet kon, staat in {file}; verbeter die regels en lees dat bestand in.", file=done.aside))


@app.command(help=say(_("Schrijf lezers naar een bestand; wie dat deed staat in het logboek.")))
def export(
    context: typer.Context,
    person: As,
    audience: Annotated[str | None, typer.Option(help=say(_("Alleen deze doelgroep.")))] = None,
    form: Annotated[str, typer.Option("--format", help=say(_("csv of json.")))] = "csv",
    output: Annotated[Path | None, typer.Option("-o", help=say(_("Bestand; anders de standaarduitvoer.")))] = None,
) -> None:
    from mailer.services.readers import people

    shop = desk(context)
    actor = person_called(shop.parts, person)
    with whole_file(output) if output else nullcontext(sys.stdout) as file:
        done = people.export(shop.office, actor, file, audience, form)
    if output:
        tell(ngettext("{count} lezer weggeschreven.", "{count} lezers weggeschreven.", done.count))
    tell_aside(
        _(
            "Het logboek eindigt hierbij op {row}:{code}. Bewaar dat bij de export.",
            row=done.trail.row,
            code=done.trail.code,
        )
    )


@app.command(help=say(_("Toon het bewijs dat iemand toestemming gaf; het adres wordt gevraagd.")))
def consent(context: typer.Context, person: As, *, as_json: AsJson = False) -> None:
    from dataclasses import asdict

    from mailer.services.readers import people

    shop = desk(context)
    events = people.consent(shop.office, person_called(shop.parts, person), asked(ADDRESS))
    if as_json:
        tell_json([asdict(event) for event in events])
        return
    for event in events:
        tell(f"{event.at}  {event.event}  {', '.join(event.audiences)}  {event.source}")
        if words := event.wording:
            tell(f"    “{words.text}”  ({words.version}, sha256 {words.sha256[:16]}…)")


@app.command(help=say(_("Mail een adres nooit meer; het wordt gevraagd.")))
def suppress(context: typer.Context, person: As) -> None:
    from mailer.services.readers import people

    shop = desk(context)
    people.suppress(shop.office, person_called(shop.parts, person), asked(ADDRESS))
    tell(_("Dit adres wordt niet meer gemaild."))


def _meanings(mapped: list[str]) -> dict[str, str]:
    found = {}
    for one in mapped:
        column, equals, word = one.rpartition("=")
        if not equals or not column.strip():
            raise InvalidInputError(_('Schrijf --map als kolom=betekenis, zoals --map "Datum inschrijving=since".'))
        found[" ".join(column.split()).casefold()] = word.strip().casefold()
    return found


@contextmanager
def _counting(what: Text) -> Iterator[Callable[[int], None]]:
    """A bar that counts rows."""
    from rich.progress import Progress

    with Progress(transient=True) as progress:
        bar = progress.add_task(say(what), total=None)
        yield lambda rows: progress.advance(bar, rows)


def _tell_fates(found: Imported) -> None:
    from mailer.services.readers.imports import FATE_WORDS

    for fate, count in found.fates.items():
        tell(f"{count:>8}  {say(FATE_WORDS[fate])}")
    if found.is_guessed:
        tell(_("Het bestand is gelezen als cp1252 (een oude Excel). Zie je rare letters? Bewaar het als ‘CSV UTF-8’."))
    for line, fate, address in found.kept_out:
        where = say(_("regel {line}: {why}", line=line, why=address))
        tell(f"{where}  {say(FATE_WORDS[fate])}")
    for line, why in (*found.stops, *found.refused):
        tell_aside(_("regel {line}: {why}", line=line, why=why))
