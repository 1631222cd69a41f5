"""`postduif returns`: why mail came back, what followed, and what was read wrongly."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import desk
from commands.mailing import AsJson
from commands.moments import moment_of
from commands.staff import As, person_called
from commands.telling import tell, tell_json
from commands.words import say
from mailer.returns.reasons import REASONS, Kind
from mailer.returns.why import RULES, WITNESSES
from wording import Text, _
from wording.errors import InvalidInputError

if TYPE_CHECKING:
    from mailer.returns.verdict import Verdict

app = typer.Typer(help=say(_("Teruggekomen mail.")), no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAAM", help=say(_("Hoe het bericht heet in `returns list`.")))]


@app.command(help=say(_("Lees bestanden met teruggekomen mail en zeg waarom; zonder database.")))
def explain(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help=say(_("Een of meer bestanden met een bericht.")))
    ],
    *,
    as_json: AsJson = False,
) -> None:
    from mailer.services.readers.explaining import explained

    read = zip(files, explained(map(_octets, files)), strict=True)
    found = [(file, verdict) for file, verdicts in read for verdict in verdicts]
    if as_json:
        tell_json([_row(file, verdict) for file, verdict in found])
        return
    for file, verdict in found:
        _tell(file, verdict)


@app.command("list", help=say(_("Toon wat het laatst terugkwam en wat daarop volgde.")))
def list_(
    context: typer.Context,
    person: As,
    *,
    most: Annotated[int, typer.Option(min=1, help=say(_("Hooguit zoveel.")))] = 50,
    as_json: AsJson = False,
) -> None:
    from mailer.services.readers import returns

    shop = desk(context)
    rows = returns.latest(shop.office, person_called(shop.parts, person), most)
    if as_json:
        tell_json([asdict(row) for row in rows])
        return
    for row in rows:
        line = f"{row.name}  {moment_of(shop.office.house, row.at)}  {say(_kind(row.kind))}  {say(row.sentence)}"
        followed = say(_outcome(row.outcome))
        wrong = [say(_("fout gelezen: {kind}", kind=say(_kind(row.should_be))))] if row.should_be else []
        tell("  ".join([line, followed, *wrong]))


@app.command(help=say(_("Zeg dat een bericht fout gelezen is; wat het de lezer deed wordt hersteld.")))
def wrong(
    context: typer.Context,
    name: Name,
    should_be: Annotated[Kind, typer.Option(help=say(_("Wat het had moeten zijn.")))],
    person: As,
) -> None:
    from mailer.services.readers import returns

    shop = desk(context)
    done = returns.read_wrongly(shop.office, person_called(shop.parts, person), name, should_be)
    tell(_("Bewaard: {name} is {kind}.", name=done.report.name, kind=say(_kind(should_be))))
    if done.goes_on:
        tell(_("De lezer stond daardoor stil en krijgt weer mail."))


@app.command(help=say(_("Geef wat fout gelezen is als JSON, zonder iets van personen: om door te geven.")))
def export(context: typer.Context, person: As) -> None:
    from mailer.services.readers import returns

    shop = desk(context)
    tell_json([asdict(row) for row in returns.to_give_on(shop.office, person_called(shop.parts, person))])


def _octets(file: Path) -> bytes:
    from mailer.returns.limits import OCTETS

    try:
        with file.open("rb") as opened:
            return opened.read(OCTETS)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidInputError(_("{file} is niet te lezen: {reason}.", file=str(file), reason=reason)) from None


def _row(file: Path, verdict: Verdict) -> dict[str, Any]:
    return {
        "file": str(file),
        "kind": str(verdict.kind),
        "reason": verdict.reason,
        "recipient": verdict.original or verdict.recipient,
        "code": verdict.code,
        "why": str(verdict.why),
    }


def _tell(file: Path, verdict: Verdict) -> None:
    tell(f"{file}: {say(_kind(verdict.kind))} ({verdict.reason}): {say(REASONS[verdict.reason][1])}")
    if who := verdict.original or verdict.recipient:
        tell(_("  over {who}", who=who))
    why = verdict.why
    told = f"{say(RULES[why.rule])}{f' “{why.said}”' if why.said else ''}"
    witness = f"; {say(WITNESSES[why.witness])}" if why.witness else ""
    tell(_("  omdat: {why}", why=f"{told}{witness}"))


def _kind(kind: str) -> Text:
    words = {
        "hard": _("blijvend"),
        "soft": _("tijdelijk"),
        "policy": _("over ons"),
        "complaint": _("klacht"),
        "ignored": _("geen fout"),
        "unknown": _("onbekend"),
        "left": _("afgemeld"),
    }
    return words[kind]


def _outcome(outcome: str) -> Text:
    words = {
        "note": _("genoteerd"),
        "count": _("telt mee"),
        "stop": _("geen mail meer"),
        "": _("niet bewaard"),
    }
    return words[outcome]
