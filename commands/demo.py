"""`postduif demo`: the main job on the example issues, from Markdown to a Maildir and a folder to print."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.desk import desk
from commands.telling import tell
from commands.words import say
from wording import _
from wording.errors import SettingsError

if TYPE_CHECKING:
    from mailer.bootstrap import Parts
    from mailer.settings import Settings

FOLDER = Path("var") / "demo"


def register(app: typer.Typer) -> None:
    app.command(help=say(_("Doe het hele werk voor: post naar een Maildir, boekjes en etiketten om te printen.")))(demo)


def demo(
    context: typer.Context,
    readers: Annotated[int, typer.Option(help=say(_("Hoeveel verzonnen lezers.")))] = 300,
    addressees: Annotated[int, typer.Option(help=say(_("Hoeveel verzonnen geadresseerden.")))] = 40,
    port: Annotated[int, typer.Option(help=say(_("Poort om op te luisteren.")))] = 8080,
    *,
    serve: Annotated[bool, typer.Option("--serve", help=say(_("Laat het daarna zien in een browser.")))] = False,
) -> None:
    from rich.console import Console

    try:
        from commands.local_mail import maildir_server
    except ModuleNotFoundError as error:
        text = _("Voor de proef is meer nodig: `pip install --require-hashes -r requirements-demo.txt`")
        raise SettingsError(text) from error
    from commands.demonstration import Demonstration
    from database.keys import KeyRing
    from mailer.bootstrap import wired
    from mailer.places import demo_keys
    from mailer.settings import settings_from

    content = desk(context).content
    folder = content / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    keys = demo_keys(content)
    shutil.rmtree(keys, ignore_errors=True)
    settings = settings_from(content)
    with maildir_server(folder / "Maildir") as relay:
        settings = _for_demo(settings, relay, keys)
        KeyRing.create(keys)
        parts = wired(settings, content, f"sqlite:///{(folder / 'postduif.sqlite').resolve()}")
        is_right = Demonstration(parts, folder, Console()).run(readers, addressees)
        tell(_("De sleutels van deze proef staan buiten de inhoudsmap, in {keys}.", keys=_from_home(keys)))
        if is_right and serve:
            _show(parts, port)
        parts.store.close()
    if not is_right:
        raise typer.Exit(1)
    if not serve:
        tell(_("Bekijk het in een browser: postduif demo --serve"))


def _from_home(path: Path) -> str:
    """As people write it, and as it is the same on every machine."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):  # elsewhere, or a user without a home
        return str(path)


def _show(parts: Parts, port: int) -> None:
    """The pages over what the demo made, with a page to choose whom to be; on this machine alone."""
    from commands.demo_people import DemoPeople
    from commands.serve import listening, pages_of, until_stopped
    from web.front import Front

    with pages_of(parts, "127.0.0.1", port, worker=True, demo=DemoPeople(parts.store)) as app:
        front = Front()
        front.follow(app)
        server = listening(front, "127.0.0.1", port)
        tell(_("Kies wie je bent: {link} ; stop met Ctrl+C.", link=f"http://localhost:{port}/staff/demo"))
        until_stopped(server)


def _for_demo(settings: Settings, port: int, keys: Path) -> Settings:
    """The organisation's settings, with the demo's own mail server, database and keys."""
    smtp = settings.smtp.model_copy(update={"host": "127.0.0.1", "port": port, "security": "none", "user": ""})
    storage = settings.storage.model_copy(
        update={"broker": "memory://", "data": FOLDER, "keys": keys, "witness": FOLDER / "witness"}
    )
    # the address of the example is no one's: the pages are reached on this machine
    return settings.model_copy(update={"smtp": smtp, "storage": storage, "relays": {}})
