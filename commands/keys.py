"""`postduif keys`: make keys, replace them, check them, and put them on paper."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import desk
from commands.staff import As, acting, person_called
from commands.telling import tell, tell_json
from commands.words import say
from wording import _, ngettext
from wording.errors import InvalidInputError, SettingsError

if TYPE_CHECKING:
    from database import audit
    from database.rotation import KeyUse
    from database.session import Store

Root = Annotated[str, typer.Argument(help=say(_("data, index, links, audit of session.")))]

app = typer.Typer(
    help=say(_("Sleutels: zonder deze bestanden is de lijst van lezers onleesbaar.")), no_args_is_help=True
)


@app.command(help=say(_("Maak sleutels voor een nieuwe installatie; bestaande worden nooit overschreven.")))
def create(context: typer.Context) -> None:
    from database.keys import KeyRing

    folder = _folder(context)
    KeyRing.create(folder)
    tell(_("In {folder} staan nieuwe sleutels, buiten de inhoudsmap.", folder=folder))
    tell(_("Zet ze op papier zodra er een beheerder is: `postduif keys paper --as NAAM`"))


@app.command(help=say(_("Zet sleutels die nog in de inhoudsmap staan op hun nieuwe plaats, buiten die map.")))
def move(context: typer.Context, person: As) -> None:
    from database import audit
    from database.moving import move_keys
    from mailer.places import default_keys, inner_keys
    from mailer.settings import settings_from
    from staff.permissions import Permission, require

    shop = desk(context)
    actor = person_called(shop.parts, person)
    require(actor, Permission.KEEP_KEYS)
    if (chosen := settings_from(shop.content).storage.keys) is not None:
        text = _("storage.keys in postduif.toml noemt {folder}; die plaats kies je zelf.", folder=chosen)
        raise SettingsError(text)
    if (old := inner_keys(shop.content)) is None:
        tell(_("Er staan geen sleutels in de inhoudsmap."))
        return
    new = default_keys(shop.content)
    with shop.parts.store.transaction() as session:
        audit.record(session, audit.Event.KEY, actor.uid, detail={"step": "moved"})
    move_keys(old, new)
    tell(_("De sleutels staan nu in {folder}. Herstart alles wat draait.", folder=new))


@app.command(help=say(_("Vervang een sleutel. Mag halverwege stoppen: herhaal dan met --resume.")))
def rotate(
    context: typer.Context,
    root: Root,
    person: As,
    *,
    resume: Annotated[
        bool, typer.Option("--resume", help=say(_("Ga verder met de nieuwste sleutel die er al is.")))
    ] = False,
) -> None:
    from mailer.services.keeping import rotation

    office, actor = acting(context, person)
    _known(root)
    if not resume:
        rotation.prepare(office, actor, _folder(context), root)
    if not resume or office.keys.newest(root) != office.keys.current(root):
        rotation.activate_when_all_have_it(office, actor, root)
    tell(ngettext("{count} waarde vernieuwd.", "{count} waarden vernieuwd.", _renewed(office.store, root)))
    tell(_("Kijk met `postduif keys check` welke sleutel weg kan."))


@app.command(help=say(_("Zet een nieuwe sleutel klaar, die nog nergens voor gebruikt wordt.")))
def prepare(context: typer.Context, root: Root, person: As) -> None:
    from mailer.services.keeping import rotation

    office, actor = acting(context, person)
    _known(root)
    kid = rotation.prepare(office, actor, _folder(context), root)
    tell(
        _(
            "Sleutel {root}.{kid} staat klaar in {folder}. Zet hem ook op de andere machines en op papier; dan: "
            "postduif keys activate {root}",
            root=root,
            kid=kid,
            folder=_folder(context),
        )
    )


@app.command(help=say(_("Neem een klaargezette sleutel in gebruik, zodra alles wat draait hem heeft.")))
def activate(context: typer.Context, root: Root, person: As) -> None:
    from mailer.services.keeping import rotation

    office, actor = acting(context, person)
    _known(root)
    kid = rotation.activate_when_all_have_it(office, actor, root)
    tell(
        _(
            "Sleutel {root}.{kid} is in gebruik. Vernieuw nu met: postduif keys rotate {root} --resume",
            root=root,
            kid=kid,
        )
    )


@app.command(help=say(_("Controleer of elke waarde opengaat, en welke sleutels nog nodig zijn.")))
def check(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False,
    seen: Annotated[
        str, typer.Option(metavar="REGEL:CODE", help=say(_("Het einde van het logboek, uit een mail of een export.")))
    ] = "",
) -> None:
    from database import audit
    from database.rotation import uses

    with desk(context).parts.store.reading() as session:
        found, chain = uses(session), audit.verify(session)
        if seen and not audit.still_holds(session, _end(seen)):
            raise SettingsError(_("Het logboek is korter gemaakt: {seen} staat er niet meer in.", seen=seen))
    if as_json:
        tell_json(
            {"keys": [_as_json(use) for use in found], "audit": {"rows": chain.rows, "broken_at": chain.broken_at}}
        )
    else:
        for use in found:
            is_ahead = use.kid > desk(context).parts.keys.current(use.root)
            used = _("klaargezet") if is_ahead else _("in gebruik")
            state = _("kan weg") if use.retirable else _("oud, nog nodig") if use.old else used
            tell(f"{use.root}.{use.kid}  {use.values:>8}  {say(state)}")
        tell(_("Het logboek klopt: {rows} regels, {head}", rows=chain.rows, head=chain.head[:16]))
    if chain.broken_at is not None:
        raise SettingsError(_("Het logboek klopt niet vanaf regel {row}: er is iets veranderd.", row=chain.broken_at))


@app.command(help=say(_("Doe een oude sleutel weg die niets meer nodig heeft.")))
def retire(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help=say(_("Bijvoorbeeld data.1.")))],
    person: As,
) -> None:
    from mailer.services.keeping import rotation

    office, actor = acting(context, person)
    root, _dot, kid = key.partition(".")
    _known(root)
    rotation.retire(office, actor, _folder(context), root, int(kid) if kid.isdecimal() else 0)
    tell(_("{key} is weg. Back-ups van voor vandaag zijn er nog mee versleuteld.", key=key))


@app.command(
    help=say(_("Toon de sleutels om op papier te bewaren, of controleer met --verify wat er op papier staat."))
)
def paper(
    context: typer.Context,
    person: As,
    *,
    verify: Annotated[bool, typer.Option("--verify", help=say(_("Typ de regels over op de standaardinvoer.")))] = False,
) -> None:
    from mailer.services.administration import keys
    from mailer.services.office import Silence

    parts = desk(context).parts
    office, actor = parts.office(Silence()), person_called(parts, person)
    if not verify:
        for line in keys.on_paper(office, actor):
            tell(line)
        return
    if wrong := keys.wrong(office, actor, sys.stdin):
        raise SettingsError(_("Op papier ontbreekt of klopt niet: {keys}.", keys=", ".join(wrong)))
    tell(_("Het papier klopt."))


def _known(root: str) -> None:
    """Raises SettingsError."""
    from database.keys import ROOTS

    if root not in ROOTS:
        raise SettingsError(_("‘{root}’ is geen sleutel. Bekend: {known}.", root=root, known=", ".join(ROOTS)))


def _folder(context: typer.Context) -> Path:
    from mailer.places import keys_folder
    from mailer.settings import settings_from

    content = desk(context).content
    return keys_folder(settings_from(content).storage.keys, content)


def _renewed(store: Store, root: str) -> int:
    """Renew what the keys of this root made, with a bar that counts rows. Returns how many values."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from mailer.services.keeping.rotation import RENEWED

    renew = RENEWED.get(root)
    if renew is None:
        return 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(say(_("Vernieuwen")), total=None)
        return renew(store, lambda rows: progress.advance(bar, rows))


def _end(seen: str) -> audit.End:
    from database import audit

    row, _colon, code = seen.strip().partition(":")
    if not row.isdecimal() or len(row) > 9 or len(code) < 8:  # SQLite has no larger numbers of rows than PostgreSQL
        raise InvalidInputError(_("Schrijf --seen als regel:code, zoals in de mail."))
    return audit.End(int(row), code.lower())


def _as_json(use: KeyUse) -> dict[str, Any]:
    return {"key": f"{use.root}.{use.kid}", "values": use.values, "old": use.old, "retirable": use.retirable}
