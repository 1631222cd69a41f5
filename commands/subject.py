"""`postduif subject`: what people may ask for about themselves, and what a restored backup must erase again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from commands.asking import ADDRESS, asked
from commands.desk import desk
from commands.files import whole_file
from commands.staff import As, person_called
from commands.telling import tell, tell_json
from commands.words import say
from wording import _, ngettext
from wording.errors import InvalidInputError

app = typer.Typer(help=say(_("Rechten van lezers: inzien en laten wissen.")), no_args_is_help=True)

Addressee = Annotated[
    str | None,
    typer.Option("--addressee", help=say(_("Lezer per post: de code. Zonder wordt een e-mailadres gevraagd."))),
]


@app.command(help=say(_("Toon alles wat van iemand bewaard wordt, als JSON.")))
def export(context: typer.Context, person: As, addressee: Addressee = None) -> None:
    from mailer.services.readers import rights

    shop, (one, by_post) = desk(context), _subject(addressee)
    disclose = rights.disclose_addressee if by_post else rights.disclose_reader
    tell_json(disclose(shop.office, person_called(shop.parts, person), one))


@app.command(help=say(_("Wis iemand. Er blijft een code, zodat een teruggezette back-up het opnieuw doet.")))
def erase(context: typer.Context, person: As, addressee: Addressee = None) -> None:
    from mailer.services.readers import rights

    shop, (one, by_post) = desk(context), _subject(addressee)
    erase_one = rights.erase_addressee if by_post else rights.erase_reader
    erase_one(shop.office, person_called(shop.parts, person), one)
    tell(_("Gewist. In back-ups staat het nog hoogstens 30 dagen; in het logboek alleen een code, 13 maanden."))


@app.command(help=say(_("Schrijf de lijst van gewiste lezers; bewaar die apart van de back-ups.")))
def tombstones(
    context: typer.Context, person: As, output: Annotated[Path, typer.Option("-o", help=say(_("Het bestand.")))]
) -> None:
    from mailer.services.readers import rights

    shop = desk(context)
    stones = rights.tombstones(shop.office, person_called(shop.parts, person))
    with whole_file(output) as file:
        file.write(json.dumps(stones, indent=1) + "\n")
    tell(ngettext("{count} gewiste lezer.", "{count} gewiste lezers.", len(stones)))


@app.command(help=say(_("Wis na het terugzetten van een back-up opnieuw wie op de lijst staat.")))
def replay(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=say(_("De lijst van gewiste lezers.")))],
    person: As,
) -> None:
    from mailer.services.readers import rights

    shop = desk(context)
    count, waiting = rights.replay(shop.office, person_called(shop.parts, person), _stones(file))
    tell(ngettext("{count} lezer opnieuw gewist.", "{count} lezers opnieuw gewist.", count))
    if waiting:
        tell(
            ngettext(
                "{count} verzending wacht op een mens: zie `postduif mailing list`.",
                "{count} verzendingen wachten op een mens: zie `postduif mailing list`.",
                waiting,
            )
        )


def _stones(file: Path) -> list[dict[str, str]]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, list):
        raise InvalidInputError(_("{file} is geen lijst van gewiste lezers.", file=file))
    return found


def _subject(addressee: str | None) -> tuple[str, bool]:
    """Whom it is about, and whether that is a reader by post."""
    return (asked(ADDRESS), False) if addressee is None else (addressee, True)
