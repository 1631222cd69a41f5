"""The nouns of an editor: check, extract, status, approve, preview and publish an issue."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.approving import Slug
from commands.desk import desk
from commands.init import init
from commands.staff import As, acting
from commands.telling import line_of, tell, tell_aside, tell_json
from commands.words import say
from wording import _, ngettext
from wording.errors import Problem, Severity

if TYPE_CHECKING:
    from mailer.services.office import Press

AsJson = Annotated[bool, typer.Option("--json", help=say(_("Als JSON, voor een script.")))]


class Form(StrEnum):
    """What a preview can be."""

    HTML = "html"
    TEXT = "text"
    EML = "eml"
    PDF = "pdf"
    PNG = "png"


def register(app: typer.Typer) -> None:
    """Give the application its commands about issues."""
    app.command(help=say(_("Maak een nieuwe inhoudsmap met sleutels.")))(init)
    app.command(help=say(_("Toon alle fouten en waarschuwingen van een nummer, met bestand en regel.")))(check)
    app.command(help=say(_("Zet de zinnen van een nummer klaar voor de vertalers.")))(extract)
    app.command(
        help=say(_("Werk de vertalingen bij na een wijziging in de bron, en toon wat er met elke zin gebeurde."))
    )(update)
    app.command(help=say(_("Toon hoe ver elke vertaling is en wie goedkeurde.")))(status)
    app.command(help=say(_("Maak één editie als voorbeeld, zonder iets te versturen.")))(preview)


def check(context: typer.Context, slug: Slug, *, as_json: AsJson = False) -> None:
    from mailer.services.writing import checks

    problems = checks.check(desk(context).press, slug)
    if as_json:
        tell_json([_as_data(problem) for problem in problems])
    else:
        for problem in problems:
            tell_aside(line_of(problem))
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if errors:
        tell_aside(ngettext("{count} fout.", "{count} fouten.", errors))
        raise typer.Exit(1)
    if not as_json:
        tell(_("{slug} is in orde.", slug=slug))


def _as_data(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {"file": place.file, "line": place.line, "severity": problem.severity, "message": say(problem.text)}


def extract(context: typer.Context, slug: Slug) -> None:
    from mailer.services.translating import following

    for extracted in following.extract_issue(desk(context).press, slug):
        tell(
            _(
                "{file}: {total} zinnen, {missing} nog te vertalen.",
                file=extracted.file,
                total=extracted.total,
                missing=extracted.missing,
            )
        )


def update(context: typer.Context, slug: Slug, person: As) -> None:
    from mailer.services.translating import following

    for one in following.update_issue(*acting(context, person), slug):
        done = one.update
        tell(
            _(
                "{file}: {new} nieuw, {carried} meegenomen, {returned} terug, {removed} weg, "
                "{remembered} uit het geheugen.",
                file=one.file,
                new=len(done.new),
                carried=len(done.carried),
                returned=len(done.returned),
                removed=len(done.removed),
                remembered=one.remembered,
            )
        )
        for carried in done.carried:
            tell(f"  {carried.change}: {carried.new.msgid[:70]}")


def status(context: typer.Context, slug: Slug, who: As, *, as_json: AsJson = False) -> None:
    from commands.standing import standing_as_data, tell_standing
    from mailer.services.publishing import falling, renewing

    office, person = acting(context, who)
    found = renewing.renewed(office, person, slug)
    fell = falling.fallen(office, person, slug) if found.approvals and found.unapproved else None
    if as_json:
        tell_json(standing_as_data(found, fell))
    else:
        tell_standing(office, found, fell)


def preview(
    context: typer.Context,
    slug: Slug,
    audience: Annotated[str, typer.Option(help=say(_("De doelgroep.")))] = "",
    locale: Annotated[str, typer.Option(help=say(_("De taal.")))] = "",
    form: Annotated[Form, typer.Option("--as", help=say(_("De vorm.")))] = Form.HTML,
    output: Annotated[
        Path | None, typer.Option("-o", show_default=say(_("het scherm")), help=say(_("Het bestand om te schrijven.")))
    ] = None,
    *,
    large: Annotated[
        bool, typer.Option("--large", help=say(_("De grote letters op A4; alleen met --as pdf of png.")))
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help=say(_("Alle edities, per e-mail en per post, naast elkaar in één plaatje.")))
    ] = False,
) -> None:
    press = desk(context).press
    if everything:
        from mailer.services.writing.sheets import sheet
        from mailer.typesetting.typesetter import Typesetter

        data = sheet(press, slug, Typesetter().pictures)
    elif audience and locale:
        data = _preview(press, slug, audience, locale, form, large=large)
    else:
        raise typer.BadParameter(say(_("Geef --audience en --locale, of --all.")))
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        from mailer.services.post.exporting import save_whole

        save_whole(data, output)
        tell(_("{file} is geschreven.", file=output))


def _preview(press: Press, slug: str, audience: str, locale: str, form: Form, *, large: bool) -> bytes:
    from mailer.services.writing import previews

    if large and form not in (Form.PDF, Form.PNG):
        raise typer.BadParameter(say(_("Grote letters zijn er alleen op papier: geef --as pdf of --as png.")))
    if form is Form.PNG:
        return _picture(press, slug, audience, locale, large=large)
    if form is Form.PDF:
        return previews.pdf(press, slug, audience, locale, large=large)
    make = {Form.HTML: previews.html, Form.TEXT: previews.plain, Form.EML: previews.eml}[form]
    return make(press, slug, audience, locale)


def _picture(press: Press, slug: str, audience: str, locale: str, *, large: bool) -> bytes:
    """A mail as a browser shows it, or all pages of a booklet."""
    from mailer.organisation import Channel
    from mailer.services.writing import previews
    from mailer.services.writing.sheets import png
    from mailer.typesetting.typesetter import Typesetter

    found = press.house.audiences.get(audience)
    if large or (found is not None and found.channel is Channel.POST):
        return previews.png(press, slug, audience, locale, Typesetter().pictures, large=large)
    return png(press, slug, audience, locale)
