"""`postduif print`: what the postal desk does, from what it costs to what came back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from commands.desk import desk
from commands.moments import euros, moment_of
from commands.post_readers import Because
from commands.staff import person_called
from commands.telling import tell, tell_json
from commands.worded import word_of
from commands.words import say
from mailer.services.post.words import PIECES, REASONS, STEPS
from subscribers.addressee import SuspendedBecause
from wording import Text, _, ngettext

if TYPE_CHECKING:
    from mailer.artefacts.paper.pieces import PrintFile, PrintOptions
    from mailer.artefacts.paper.quotes import Quote
    from mailer.services.office import Office
    from mailer.services.post.overview import ListedRun
    from staff.people import Person


class IssueFirst(TyperGroup):
    """`postduif print ISSUE` means `postduif print run ISSUE`: what the desk does most needs the fewest words."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=IssueFirst, help=say(_("De post: boekjes, etiketten, paklijsten, en wat ermee gebeurde.")), no_args_is_help=True
)

Slug = Annotated[str, typer.Argument(metavar="ISSUE", help=say(_("Het nummer, zoals los-2026-24.")))]
Run = Annotated[int, typer.Argument(metavar="RUN", help=say(_("De printopdracht; zie `postduif print list`.")))]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help=say(_("Het nummer op het etiket.")))]
AsPerson = Annotated[str, typer.Option("--as", help=say(_("Wie dit doet: naam of e-mailadres van een medewerker.")))]
AsJson = Annotated[bool, typer.Option("--json", help=say(_("Als JSON, voor een script.")))]
Folder = Annotated[Path, typer.Option("-o", help=say(_("De map waarin elke opdracht haar eigen map krijgt.")))]
Letters = Annotated[
    bool | None,
    typer.Option(
        "--letters/--labels",
        show_default=say(_("zoals in postduif.toml")),
        help=say(_("Brieven voor een vensterenvelop, of etiketten.")),
    ),
]
Merged = Annotated[bool, typer.Option(help=say(_("Ook één dubbelzijdig bestand met alles op volgorde.")))]
Skip = Annotated[int, typer.Option(min=0, max=20, help=say(_("Zoveel etiketten van het eerste vel zijn al gebruikt.")))]
Shop = Annotated[bool, typer.Option(help=say(_("Ook de pagina’s voor een drukkerij, met snijtekens.")))]


@app.command(help=say(_("Toon wat de post gaat wegen en kosten; er wordt niets gemaakt.")))
def quote(
    context: typer.Context, slug: Slug, person: AsPerson, *, letters: Letters = None, as_json: AsJson = False
) -> None:
    from mailer.services.post import runs

    office, who = _at_work(context, person)
    found = runs.quote(office, who, slug, _options(context, letters))
    tell_json(_quoted(found)) if as_json else _tell_quote(found)


@app.command(help=say(_("Toon de kosten, maak de printopdracht en schrijf de bestanden weg.")))
def run(
    context: typer.Context,
    slug: Slug,
    person: AsPerson,
    folder: Folder = Path("post"),
    *,
    letters: Letters = None,
    merged: Merged = False,
    shop: Shop = False,
    skip: Skip = 0,
) -> None:
    from mailer.services.post import runs

    office, who = _at_work(context, person)
    options = replace(_options(context, letters, merged=merged), shop=shop, skip=skip)
    _tell_quote(runs.quote(office, who, slug, options))
    run_id = runs.order(office, who, slug, options)
    tell(_("Printopdracht {run} staat klaar.", run=run_id))
    _tell_aside(context, person, run_id)
    _save(office, who, run_id, folder)


@app.command(help=say(_("Maak de bestanden van een opdracht die nog niet klaar was, en schrijf ze weg.")))
def files(context: typer.Context, run_id: Run, person: AsPerson, folder: Folder = Path("post")) -> None:
    _save(*_at_work(context, person), run_id, folder)


def _tell_aside(context: typer.Context, person: AsPerson, run_id: int) -> None:
    from mailer.services.post import overview

    for one in overview.set_aside(*_at_work(context, person), run_id):
        tell(
            _(
                "Stuk {number} ligt apart: deze naam of dit adres is niet te printen. {name}, {centre}",
                number=one.number,
                name=repr(one.name),
                centre=one.centre,
            )
        )


@app.command("list", help=say(_("Toon alle printopdrachten.")))
def show(context: typer.Context, person: AsPerson, *, as_json: AsJson = False) -> None:
    from mailer.services.post import overview

    found = overview.runs(*_at_work(context, person))
    if as_json:
        tell_json([{"run": one.run, "issue": one.issue, "state": one.state, "pieces": one.pieces} for one in found])
        return
    for one in found:
        tell(_state(one))


@app.command("show", help=say(_("Toon wie wanneer wat deed met een opdracht, en wat er terugkwam.")))
def history(context: typer.Context, run_id: Run, person: AsPerson) -> None:
    from mailer.services.post import overview

    found = overview.history(*_at_work(context, person), run_id)
    tell(_state(found.listed))
    for step in found.steps:
        at = f"  {step.number}" if step.number else ""
        moment = moment_of(desk(context).office.house, step.at)
        tell(f"{moment}  {word_of(STEPS, step.step)}{at}  {step.person}")
    for piece in found.came_back:
        tell(f"{piece.number}  {word_of(PIECES, piece.state)}  {word_of(REASONS, piece.because)}")
    _tell_aside(context, person, run_id)
    if found.reason:
        tell(found.reason)


@app.command(help=say(_("De opdracht is geprint.")))
def printed(context: typer.Context, run_id: Run, person: AsPerson) -> None:
    from mailer.services.post import runs

    runs.printed(*_at_work(context, person), run_id)
    tell(_("Printopdracht {run} is geprint.", run=run_id))


@app.command(help=say(_("De enveloppen zijn op de post.")))
def posted(context: typer.Context, run_id: Run, person: AsPerson) -> None:
    from mailer.services.post import runs

    count = runs.posted(*_at_work(context, person), run_id)
    tell(ngettext("{count} brief is op de post.", "{count} brieven zijn op de post.", count))


@app.command(help=say(_("Een geprint stuk is uit de stapel gehaald en vernietigd.")))
def withdrawn(context: typer.Context, run_id: Run, number: Number, person: AsPerson) -> None:
    from mailer.services.post import pieces

    pieces.withdraw(*_at_work(context, person), run_id, number)
    tell(_("Stuk {number} gaat niet op de post.", number=number))


@app.command(help=say(_("Een envelop kwam terug: deze geadresseerde krijgt geen post meer.")))
def returned(
    context: typer.Context,
    run_id: Run,
    number: Number,
    because: Because,
    person: AsPerson,
) -> None:
    from mailer.services.post import pieces

    pieces.returned(*_at_work(context, person), run_id, number, SuspendedBecause(because))
    tell(_("Stuk {number} kwam terug; de geadresseerde krijgt geen post meer.", number=number))


@app.command(help=say(_("Print één stuk opnieuw.")))
def reprint(
    context: typer.Context, run_id: Run, number: Number, person: AsPerson, folder: Folder = Path("post"), skip: Skip = 0
) -> None:
    from mailer.services.post import pieces

    made = pieces.reprint(*_at_work(context, person), run_id, number, skip=skip)
    _tell_saved(made, folder / f"opdracht-{run_id}-stuk-{number}")


@app.command("go-on", help=say(_("Na een teruggezette back-up: wat van dit nummer wacht, is nog niet weg.")))
def go_on(context: typer.Context, issue: Slug, person: AsPerson) -> None:
    from mailer.services.post import runs

    runs.go_on(*_at_work(context, person), issue)
    tell(_("De post van {slug} kan weer geprint worden.", slug=issue))


@app.command(help=say(_("Maak een proefblad om de plaats van de etiketten te controleren.")))
def proof(
    context: typer.Context, output: Annotated[Path, typer.Option("-o", help=say(_("Het bestand.")))], person: AsPerson
) -> None:
    from mailer.services.post import runs
    from mailer.services.post.exporting import save_whole

    save_whole(runs.proof_sheet(*_at_work(context, person), _options(context, letters=False)), output)
    tell(_("{file} is geschreven.", file=output))


def _save(office: Office, who: Person, run_id: int, folder: Path) -> None:
    from mailer.services.post import runs

    _tell_saved(runs.files(office, who, run_id), folder / f"opdracht-{run_id}")


def _tell_saved(made: list[PrintFile], folder: Path) -> None:
    """Every run has its own folder: a label of another run beside this pick list would send a letter to a stranger."""
    from mailer.services.post.exporting import save_files

    for file, path in zip(made, save_files(made, folder), strict=True):
        tell(f"{path}  {file.copies}×")
    if any(file.personal for file in made):
        tell(_("Etiketten, brieven en paklijst noemen mensen: wis de bestanden na het printen."))


def _options(context: typer.Context, letters: bool | None, *, merged: bool = False) -> PrintOptions:
    from mailer.bootstrap import print_options

    return print_options(desk(context).parts, letters=letters, merged=merged)


def _at_work(context: typer.Context, called: str) -> tuple[Office, Person]:
    return desk(context).office, person_called(desk(context).parts, called)


def _state(one: ListedRun) -> Text:
    return ngettext(
        "Printopdracht {run}: {count} brief, {state}.",
        "Printopdracht {run}: {count} brieven, {state}.",
        one.pieces,
        run=one.run,
        state=one.words,
    )


def _tell_quote(found: Quote) -> None:
    explained = say(_("uitleg"))
    for line in found.lines:
        tell(
            _(
                "{edition}: {copies} × {sheets} vel A4, {grams} gram, {stamps} postzegel(s) per brief.",
                edition=f"{line.edition} + {explained}" if line.first else str(line.edition),
                copies=line.copies,
                sheets=line.sheets,
                grams=line.grams,
                stamps=line.each.stamps if line.each else "?",
            )
        )
    tell(
        _(
            "Samen {pieces} brieven, {sheets} vellen, {stamps} postzegels, {cost}.",
            pieces=found.pieces,
            sheets=found.sheets,
            stamps="?" if found.stamps is None else found.stamps,
            cost=euros(found.cost),
        )
    )


def _quoted(found: Quote) -> dict[str, Any]:
    lines = [
        {
            "edition": str(line.edition),
            "first": line.first,
            "copies": line.copies,
            "pages": line.pages,
            "grams": line.grams,
            "stamps": line.each and line.each.stamps,
            "cost": line.each and f"{line.each.cost:.2f}",
        }
        for line in found.lines
    ]
    cost = None if found.cost is None else f"{found.cost:.2f}"
    return {"lines": lines, "pieces": found.pieces, "stamps": found.stamps, "cost": cost}
