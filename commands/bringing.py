"""`postduif issue`: an issue from a text that was written elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.staff import As, acting
from commands.telling import tell, tell_aside, tell_json
from commands.words import say
from wording import _
from wording.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailer.intake.losses import Loss
    from mailer.services.writing.bringing import Brought

app = typer.Typer(help=say(_("Nummers beginnen met een tekst van elders.")), no_args_is_help=True)


@app.command("from", help=say(_("Begin een nummer met een Word-bestand (.docx) of een opgeslagen webpagina (.html).")))
def from_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=say(_("Het bestand.")))],
    person: As,
    publication: Annotated[
        str, typer.Option(help=say(_("De nieuwsbrief; mag weg als er maar een is.")), show_default=False)
    ] = "",
    slug: Annotated[
        str, typer.Option(help=say(_("Hoe het nummer heet; anders het volgende.")), show_default=False)
    ] = "",
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say(_("Toon alleen de tekst en wat wegviel; begin geen nummer.")))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say(_("Als JSON, voor een script.")))] = False,
) -> None:
    from mailer.intake.kinds import Kind
    from mailer.services.writing import bringing

    office, who = acting(context, person)
    series = publication or _only(tuple(office.house.publications))
    try:
        data = file.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidInputError(_("{file} is niet te lezen: {reason}.", file=file, reason=reason)) from error
    made = bringing.bring(office, who, data, Kind.FILE, file.name)
    begun = "" if dry_run else bringing.issue_from(office, who, series, made, slug=slug)
    if as_json:
        tell_json(_as_data(made, begun))
        return
    _tell(made.losses)
    if dry_run:
        sys.stdout.buffer.write(made.markdown.encode())
    else:
        tell(_("{slug} is begonnen, in issues/{slug}/issue.md. Kijk het na met: postduif check {slug}", slug=begun))


def _only(publications: Sequence[str]) -> str:
    """Raises InvalidInputError when there are several to choose from."""
    if len(publications) != 1:
        raise InvalidInputError(_("Kies een nieuwsbrief met --publication: {known}.", known=", ".join(publications)))
    return publications[0]


def _tell(losses: Sequence[Loss]) -> None:
    """What fell away and where, to standard error: a script reads the text."""
    from mailer.intake.saying import said

    for one in filter(None, map(said, losses)):
        where = f" {say(one.where)}" if one.where else ""
        words = "".join(f" “{word}”" for word in one.words)
        tell_aside(f"{say(one.what)}{where}:{words} {say(one.why)}")


def _as_data(made: Brought, begun: str) -> dict[str, object]:
    losses = [{"what": one.what, "times": one.times, "under": one.under, "words": one.words} for one in made.losses]
    pictures = [one.name for one in made.pictures]
    return {"issue": begun, "title": made.title, "markdown": made.markdown, "losses": losses, "pictures": pictures}
