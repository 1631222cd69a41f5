"""`postduif keys`: make keys, replace them, check them, and put them on paper."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import desk
from commands.staff import As, person_called
from commands.telling import tell, tell_json
from commands.words import say
from wording import _, ngettext
from wording.errors import SettingsError

if TYPE_CHECKING:
    from database.rotation import KeyUse
    from database.session import Store

app = typer.Typer(
    help=say(_("Sleutels: zonder deze bestanden is de lijst van lezers onleesbaar.")), no_args_is_help=True
)


@app.command(help=say(_("Maak sleutels voor een nieuwe installatie; bestaande worden nooit overschreven.")))
def create(context: typer.Context) -> None:
    from database.keys import KeyRing

    folder = _folder(context)
    KeyRing.create(folder)
    tell(_("In {folder} staan nieuwe sleutels. Zet ze nu op papier: postduif keys paper", folder=folder))


@app.command(help=say(_("Vervang een sleutel. Mag halverwege stoppen: herhaal dan met --resume.")))
def rotate(
    context: typer.Context,
    root: Annotated[str, typer.Argument(help=say(_("data, index, links, audit of session.")))],
    person: As,
    *,
    resume: Annotated[
        bool, typer.Option("--resume", help=say(_("Ga verder met de nieuwste sleutel die er al is.")))
    ] = False,
) -> None:
    from database import audit
    from database.keys import ROOTS, write_key
    from staff.permissions import Permission, require

    if root not in ROOTS:
        raise SettingsError(_("‘{root}’ is geen sleutel. Bekend: {known}.", root=root, known=", ".join(ROOTS)))
    shop = desk(context)
    actor = person_called(shop.parts, person)
    require(actor, Permission.KEEP_KEYS)
    if not resume:
        write_key(_folder(context), root, shop.parts.keys.current(root) + 1)
    fresh = type(shop)(shop.content, shop.database).parts  # opens the ring again, with the new key in it
    with fresh.store.transaction() as session:
        audit.record(session, audit.Event.KEY, actor.uid, detail={"root": root, "key": fresh.keys.current(root)})
    tell(ngettext("{count} waarde vernieuwd.", "{count} waarden vernieuwd.", _renewed(fresh.store, root)))
    tell(_("Herstart alles wat draait; kijk daarna met `postduif keys check` welke sleutel weg kan."))


@app.command(help=say(_("Controleer of elke waarde opengaat, en welke sleutels nog nodig zijn.")))
def check(
    context: typer.Context, *, as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON.")))] = False
) -> None:
    from database import audit
    from database.rotation import uses

    with desk(context).parts.store.reading() as session:
        found, chain = uses(session), audit.verify(session)
    if as_json:
        tell_json(
            {"keys": [_as_json(use) for use in found], "audit": {"rows": chain.rows, "broken_at": chain.broken_at}}
        )
    else:
        for use in found:
            state = _("kan weg") if use.retirable else _("oud, nog nodig") if use.old else _("in gebruik")
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
    from database import audit, rotation
    from staff.permissions import Permission, require

    parts = desk(context).parts
    actor = person_called(parts, person)
    require(actor, Permission.KEEP_KEYS)
    root, _dot, kid = key.partition(".")
    with parts.store.transaction() as session:
        rotation.retire(session, root, int(kid) if kid.isdecimal() else 0)
        audit.record(session, audit.Event.KEY, actor.uid, detail={"root": root, "retired": kid})
    (_folder(context) / key).unlink()
    tell(_("{key} is weg. Back-ups van voor vandaag zijn er nog mee versleuteld.", key=key))


@app.command(
    help=say(_("Toon de sleutels om op papier te bewaren, of controleer met --verify wat er op papier staat."))
)
def paper(
    context: typer.Context,
    *,
    verify: Annotated[bool, typer.Option("--verify", help=say(_("Typ de regels over op de standaardinvoer.")))] = False,
) -> None:
    from database.keys import KeyRing
    from database.paper import paper as on_paper
    from database.paper import wrong_on_paper

    keys = KeyRing.from_folder(_folder(context))
    if not verify:
        for line in on_paper(keys):
            tell(line)
        return
    if wrong := list(wrong_on_paper(keys, sys.stdin)):
        raise SettingsError(_("Op papier ontbreekt of klopt niet: {keys}.", keys=", ".join(wrong)))
    tell(_("Het papier klopt."))


def _folder(context: typer.Context) -> Path:
    from mailer.settings import settings_from

    content = desk(context).content
    return content / settings_from(content).storage.keys


def _renewed(store: Store, root: str) -> int:
    """Renew what the keys of this root made, with a bar that counts rows. Returns how many values."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from database.rotation import reseal
    from subscribers.reindex import reindex

    renew = {"data": reseal, "index": reindex}.get(root)
    if renew is None:
        return 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(say(_("Vernieuwen")), total=None)
        return renew(store, lambda rows: progress.advance(bar, rows))


def _as_json(use: KeyUse) -> dict[str, Any]:
    return {"key": f"{use.root}.{use.kid}", "values": use.values, "old": use.old, "retirable": use.retirable}
