"""People who get post, one by one: `addressees list`, `add`, `confirm`, `stop`, `change`. Names never stand in argv."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.access import allowed
from commands.desk import desk
from commands.staff import As
from commands.telling import tell, tell_json
from commands.words import say
from staff.roles import Role
from subscribers.addressee import OnAnEnvelope, SuspendedBecause
from wording import Text, _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from subscribers.listing import Listed
    from subscribers.postal import NewAddressee

Code = Annotated[str, typer.Argument(metavar="CODE", help=say(_("De code van de lijst.")))]
Codes = Annotated[list[str], typer.Argument(metavar="CODE…", help=say(_("De codes van de lijst.")))]
CentreKey = Annotated[str | None, typer.Option("--centre", help=say(_("Het centrum, zoals in `addressees centres`.")))]
Language = Annotated[str | None, typer.Option(help=say(_("De taal van de brief.")))]
Large = Annotated[bool | None, typer.Option("--large/--normal", show_default=False, help=say(_("Grote letters.")))]
Audience = Annotated[str, typer.Option(help=say(_("De doelgroep.")))]


def register(app: typer.Typer) -> None:
    app.command("list", help=say(_("Toon wie er post krijgt; namen alleen met --names, en dat komt in het logboek.")))(
        show
    )
    app.command("search", help=say(_("Zoek iemand op naam; die wordt gevraagd. Dit komt in het logboek.")))(search)
    app.command(help=say(_("Voeg iemand toe die om de brief vroeg; de naam wordt gevraagd.")))(add)
    app.command(help=say(_("Van deze mensen is gehoord: zij zijn er nog en willen de brief.")))(confirm)
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
    from database.audit import Event, record
    from subscribers.listing import listed

    parts = desk(context).parts
    who = allowed(parts, person, Role.POSTAL)
    with parts.store.transaction() as session:
        found = [one for one in listed(session) if not unheard or one.unheard(_today())]
        record(session, Event.VIEW_LIST, who.uid, detail={"addressees": len(found), "names": names})
    _tell(found, names=names, as_json=as_json)


def search(context: typer.Context, person: As) -> None:
    from database.audit import Event, record
    from subscribers.listing import found_by, listed

    parts = desk(context).parts
    who = allowed(parts, person, Role.POSTAL)
    words = _ask(_("Naam, of een deel ervan"))
    with parts.store.transaction() as session:
        found = found_by(listed(session), words)
        record(session, Event.SEARCH, who.uid, detail={"addressees": len(found)})
    _tell(found, names=True, as_json=False)


def add(
    context: typer.Context,
    person: As,
    centre: Annotated[str, typer.Option(help=say(_("Het centrum, zoals in `addressees centres`.")))],
    language: Annotated[str, typer.Option(help=say(_("De taal van de brief.")))],
    asked_by: Annotated[str, typer.Option(help=say(_("Hoe iemand erom vroeg: phone, letter, visit of lawyer.")))],
    audience: Audience = "detention",
    *,
    large: Large = False,
) -> None:
    from database.audit import Event, record
    from subscribers.postal import AddresseeError, AskedBy, NewAddressee, add_addressee

    parts = desk(context).parts
    who = allowed(parts, person, Role.POSTAL)
    _check_language(language, parts.house.audiences[audience].locales)
    if asked_by not in list(AskedBy):
        raise AddresseeError(_("‘gevraagd via’ is een van: {known}.", known=", ".join(AskedBy)))
    name = _ask(_("Naam, zoals op de envelop"))
    new = NewAddressee(name, centre, language, None, bool(large), AskedBy(asked_by), audience)
    with parts.store.transaction() as session:
        new = _with_registration(session, new)
        uid = add_addressee(session, new, _today())
        record(session, Event.EDIT, who.uid, uid, detail={"step": "added"})
    tell(_("Toegevoegd met code {code}.", code=uid.hex[:8]))


def confirm(context: typer.Context, codes: Codes, person: As) -> None:
    from subscribers.postal import confirm_addressee

    _each(context, codes, person, "confirmed", lambda session, uid: confirm_addressee(session, uid, _today()))
    tell(_("Genoteerd: vandaag van gehoord. Over 60 dagen stopt de post, tenzij u weer iets hoort."))


def stop(
    context: typer.Context,
    codes: Codes,
    because: Annotated[OnAnEnvelope, typer.Option(help=say(_("Waarom: meestal departed of transferred.")))],
    person: As,
) -> None:
    from subscribers.postal import suspend_addressee

    why = SuspendedBecause(because)
    _each(context, codes, person, "stopped", lambda session, uid: suspend_addressee(session, uid, why, _today()))
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
    from database.audit import Event, record
    from subscribers.listing import addressee_called, as_kept, change_addressee

    parts = desk(context).parts
    who = allowed(parts, person, Role.POSTAL)
    with parts.store.transaction() as session:
        uid = addressee_called(session, code)
        kept = as_kept(session, uid)
        if language:
            _check_language(language, parts.house.audiences[kept.audience].locales)
        changed = replace(
            kept,
            name=_ask(_("Naam, zoals op de envelop")) if name else kept.name,
            centre=centre or kept.centre,
            locale=language or kept.locale,
            large_print=kept.large_print if large is None else large,
        )
        if changed.centre != kept.centre:
            changed = _with_registration(session, replace(changed, registration=None))
        change_addressee(session, uid, changed)
        record(session, Event.EDIT, who.uid, uid, detail={"step": "changed"})
    tell(_("Verbeterd."))


def _each(context: typer.Context, codes: list[str], person: str, step: str, act: Any) -> None:
    """All of them or, when one code is wrong, none."""
    from database.audit import Event, record
    from subscribers.listing import addressee_called

    parts = desk(context).parts
    who = allowed(parts, person, Role.POSTAL)
    with parts.store.transaction() as session:
        for uid in [addressee_called(session, code) for code in codes]:
            act(session, uid)
            record(session, Event.EDIT, who.uid, uid, detail={"step": step})


def _with_registration(session: Session, new: NewAddressee) -> NewAddressee:
    """Asked for only where the centre asks for it."""
    from subscribers.postal import v_number_warning
    from subscribers.repository import centres

    place = centres(session).get(new.centre)
    number = _ask(_("Registratienummer (geen V-nummer)")) if place and place.asks_registration else None
    if warning := v_number_warning(new.name, number):
        tell(warning)
    return replace(new, registration=number)


def _tell(found: list[Listed], *, names: bool, as_json: bool) -> None:
    rows = [_row(one, one.name if names else one.masked) for one in found]
    if as_json:
        tell_json(rows)
        return
    for row in rows:
        tell("  ".join(str(value) for value in row.values() if value not in (None, False)))
    tell(_("{count} op de lijst, {unheard} al 30 dagen niet gehoord.", count=len(found), unheard=_unheard(found)))


def _row(one: Listed, name: str) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": name,
        "centre": one.centre,
        "language": one.locale,
        "large": say(_("groot")) if one.large_print else None,
        "confirmed_on": one.confirmed_on.isoformat(),
        "stopped": one.suspended_because,
    }


def _unheard(found: list[Listed]) -> int:
    return sum(one.unheard(_today()) for one in found)


def _check_language(code: str, known: tuple[str, ...]) -> None:
    from subscribers.postal import AddresseeError

    if code not in known:
        raise AddresseeError(_("De taal is onbekend. Bekend: {known}.", known=", ".join(sorted(known))))


def _ask(what: Text) -> str:
    """A line that is typed, so that it stands in no history of commands and no list of processes."""
    return " ".join(str(typer.prompt(say(what))).split())


def _today() -> date:
    return date.today()  # noqa: DTZ011 — the desk's own calendar day
