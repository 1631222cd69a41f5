"""The `postduif` command. Its exit codes stand in `commands.telling`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer._click.core import Context
from typer._click.exceptions import ClickException

from commands import (
    addressees,
    approving,
    archive,
    audience,
    backup,
    breach,
    bringing,
    delivery,
    demo,
    doctor,
    hold,
    issue,
    keys,
    mailing,
    printing,
    proof,
    retention,
    returns,
    serve,
    staff,
    subject,
    subscribers,
    translation,
    upgrade,
    watching,
    worker,
)
from commands.desk import Desk
from commands.mistyped import Spoken, tell_mistyped
from commands.telling import tell, tell_aside
from commands.words import say
from wording import ExplainedError, _
from wording.errors import InvalidInputError

app = typer.Typer(
    name="postduif",
    help=say(
        _("Eén nummer in Markdown wordt de juiste editie, in de juiste taal, langs de juiste weg, voor elke lezer.")
    ),
    no_args_is_help=True,
    rich_markup_mode=None,  # Rich costs 60 ms at each start
    pretty_exceptions_enable=False,
)


def tell_version(asked: bool) -> None:
    """The version of the wheel, or of the checkout."""
    if asked:
        from importlib.metadata import version

        tell(version("postduif"))
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    content: Annotated[
        Path,
        typer.Option(envvar="POSTDUIF_CONTENT", help=say(_("De map met postduif.toml, issues/ en translations/."))),
    ] = Path(),
    database: Annotated[
        str,
        typer.Option(
            envvar="POSTDUIF_DATABASE",
            show_default="sqlite:///var/postduif.sqlite",
            help=say(_("Waar de database staat, als SQLAlchemy-URL.")),
        ),
    ] = "",
    log: Annotated[
        str,
        typer.Option(
            envvar="POSTDUIF_LOG", help=say(_("json: vertel op stderr wat er gebeurt, met nummers en zonder namen."))
        ),
    ] = "",
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=tell_version, help=say(_("Zeg welke versie dit is.")))
    ] = False,
) -> None:
    from commands import logs

    context.obj = Desk(content, database, logs.start(log))
    context.call_on_close(context.obj.close)


for module in (issue, approving, proof, demo, worker, serve, backup, upgrade, doctor, watching):
    module.register(app)

GROUPS = {
    "archive": archive.app,
    "audience": audience.app,
    "backup": backup.app,
    "breach": breach.app,
    "delivery": delivery.app,
    "hold": hold.app,
    "issue": bringing.app,
    "keys": keys.app,
    "mailing": mailing.app,
    "print": printing.app,
    "addressees": addressees.app,
    "retention": retention.app,
    "returns": returns.app,
    "staff": staff.app,
    "subject": subject.app,
    "subscribers": subscribers.app,
    "translation": translation.app,
}
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


def main() -> None:
    """Run the command; an error a person can mend is told in their language, never as a traceback."""
    try:
        _check_words(sys.argv)
        Context.formatter_class = Spoken
        sys.exit(app(prog_name="postduif", standalone_mode=False))
    except ClickException as error:
        tell_mistyped(error)
        sys.exit(error.exit_code)
    except typer.Abort:
        tell_aside(_("Afgebroken; er is niets gedaan."))
        sys.exit(1)
    except ExplainedError as error:
        from commands.telling import exit_code, tell_error

        tell_error(error)
        sys.exit(exit_code(error))


def _check_words(words: Sequence[str]) -> None:
    """Raises InvalidInputError for bytes that are not UTF-8: no column and no screen could hold them."""
    for word in words:
        shown = word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if shown != word:
            raise InvalidInputError(
                _("‘{word}’ is geen UTF-8. Zet de terminal op UTF-8 en typ het opnieuw.", word=shown)
            )


if __name__ == "__main__":
    main()
