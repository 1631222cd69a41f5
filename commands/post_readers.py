"""People who get post, one by one: `addressees list`, `add`, `confirm`, `stop`, `change`. Names never stand in argv."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import desk
from commands.staff import As, person_called
from commands.telling import tell, tell_json
from commands.worded import known_of, reader_of, word_of
from commands.words import say
from mailer.services.post.words import ON_AN_ENVELOPE, REASONS
from subscribers.addressee import ASKED, AskedBy, SuspendedBecause
from wording import Text, _

if TYPE_CHECKING:
    from mailer.services.office import Office
    from mailer.services.post.addressees import Kept, Listed
    from staff.people import Person

Code = Annotated[str, typer.Argument(metavar="CODE", help=say(_("De code van de lijst.")))]
Codes = Annotated[list[str], typer.Argument(metavar="CODE…", help=say(_("De codes van de lijst.")))]
CentreKey = Annotated[str | None, typer.Option("--centre", help=say(_("Het centrum, zoals in `addressees centres`.")))]
Language = Annotated[str | None, typer.Option(help=say(_("De taal van de brief.")))]
Large = Annotated[bool | None, typer.Option("--large/--normal", show_default=False, help=say(_("Grote letters.")))]
Audience = Annotated[str | None, typer.Option(show_default=say(_("de enige per post")), help=say(_("De doelgroep.")))]


Because = Annotated[
    str,
    typer.Option(
        parser=reader_of(ON_AN_ENVELOPE), metavar=known_of(ON_AN_ENVELOPE), help=say(_("Waarom de post stopt."))
    ),
]


def register(app: typer.Typer) -> None:
    app.command("list", help=say(_("Toon wie er post krijgt; namen alleen met --names, en dat komt in het logboek.")))(
        show
    )
    app.command("search", help=say(_("Zoek iemand op naam; die wordt gevraagd. Dit komt in het logboek.")))(search)
    app.command(help=say(_("Voeg iemand toe die om de brief vroeg; de naam wordt gevraagd.")))(add)
    app.command(help=say(_("Van deze mensen is iets gehoord: zij zijn er nog en willen de brief.")))(confirm)
    app.command(help=say(_("Stop de post van iemand die weg is; na 14 dagen wordt alles gewist.")))(stop)
    app.command(help=say(_("Verbeter wat van iemand bewaard wordt.")))(change)


def show(
    context: typer.Context,
    person: As,
    *,
    names: Annotated[bool, typer.Option("--names", help=say(_("Met de namen voluit.")))] = False,
    unheard: Annotated[
        bool, typer.Option("--unheard", help=say(_("Alleen van wie 30 dagen niets is gehoord.")))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
) -> None:
    from mailer.services.post import addressees

    _tell(addressees.everyone(*_at_work(context, person), names=names, unheard=unheard), as_json=as_json)


def search(context: typer.Context, person: As) -> None:
    from mailer.services.post import addressees

    office, who = _at_work(context, person)
    _tell(addressees.search(office, who, _ask(_("Naam, of een deel ervan"))), as_json=False)


def add(
    context: typer.Context,
    person: As,
    centre: Annotated[str, typer.Option(help=say(_("Het centrum, zoals in `addressees centres`.")))],
    language: Annotated[str, typer.Option(help=say(_("De taal van de brief.")))],
    asked_by: Annotated[
        str,
        typer.Option(parser=reader_of(ASKED), metavar=known_of(ASKED), help=say(_("Hoe iemand erom vroeg."))),
    ],
    audience: Audience = None,
    *,
    large: Large = False,
) -> None:
    from mailer.services.post import addressees

    office, who = _at_work(context, person)
    addressees.posted_audience(office.house, audience)  # what is wrong with it is said before a name is asked
    asks = _asks_registration(office, who, centre)
    name = _ask(_("Naam, zoals op de envelop"))
    number = _ask_registration() if asks else None
    new = addressees.NewReader(name, centre, language, AskedBy(asked_by), audience, number, bool(large))
    kept = addressees.add(office, who, new)
    _warn(kept)
    tell(_("Toegevoegd met code {code}.", code=kept.code))


def confirm(context: typer.Context, codes: Codes, person: As) -> None:
    from mailer.services.post import addressees

    addressees.confirm(*_at_work(context, person), codes)
    tell(_("Genoteerd: vandaag iets gehoord. Over 60 dagen stopt de post, tenzij je weer iets hoort."))


def stop(
    context: typer.Context,
    codes: Codes,
    because: Because,
    person: As,
) -> None:
    from mailer.services.post import addressees

    addressees.stop(*_at_work(context, person), codes, SuspendedBecause(because))
    tell(_("Er gaat geen post meer heen. Een printopdracht waar iemand van hen in zit, kan niet meer op de post."))


def change(
    context: typer.Context,
    code: Code,
    person: As,
    centre: CentreKey = None,
    language: Language = None,
    *,
    large: Large = None,
    name: Annotated[bool, typer.Option("--name", help=say(_("Ook de naam; die wordt gevraagd.")))] = False,
) -> None:
    from mailer.services.post import addressees

    office, who = _at_work(context, person)
    asks = centre is not None and _asks_registration(office, who, centre)
    correction = addressees.Correction(
        name=_ask(_("Naam, zoals op de envelop")) if name else None,
        centre=centre,
        locale=language,
        registration=_ask_registration() if asks else None,
        large_print=large,
    )
    _warn(addressees.correct(office, who, code, correction))
    tell(_("Verbeterd."))


def _at_work(context: typer.Context, called: str) -> tuple[Office, Person]:
    return desk(context).office, person_called(desk(context).parts, called)


def _asks_registration(office: Office, who: Person, centre: str) -> bool:
    from mailer.services.post.centres import centres

    place = centres(office, who).get(centre)
    return place is not None and place.asks_registration


def _warn(kept: Kept) -> None:
    if kept.warning:
        tell(kept.warning)


def _tell(found: Sequence[Listed], *, as_json: bool) -> None:
    rows = [_row(one) for one in found]
    if as_json:
        tell_json(rows)
        return
    for row in rows:
        row["stopped"] = word_of(REASONS, row["stopped"])
        tell("  ".join(str(value) for value in row.values() if value not in (None, False)))
    unheard = sum(one.unheard for one in found)
    tell(_("{count} op de lijst; van {unheard} al 30 dagen niets gehoord.", count=len(found), unheard=unheard))


def _row(one: Listed) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "centre": one.centre,
        "language": one.locale,
        "large": say(_("groot")) if one.large_print else None,
        "confirmed_on": one.confirmed_on.isoformat(),
        "stopped": one.suspended_because,
    }


def _ask_registration() -> str:
    return _ask(_("Registratienummer (geen V-nummer)"))


def _ask(what: Text) -> str:
    """A line that is typed, so that it stands in no history of commands and no list of processes."""
    return " ".join(str(typer.prompt(say(what))).split())
