"""`postduif translation`: the translators' desk on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import desk
from commands.moments import day_of
from commands.staff import person_called
from commands.telling import line_of, tell, tell_json
from commands.words import say
from wording import Text, _, ngettext

if TYPE_CHECKING:
    from mailer.services.office import Office
    from mailer.services.translating.release import Release
    from mailer.services.translating.remarks import Remark
    from mailer.translation.merging import Merge
    from staff.people import Person

app = typer.Typer(help=say(_("De vertalingen: wie ze maakt, hoe ver ze zijn, en wat eruit mag.")), no_args_is_help=True)

Slug = Annotated[str, typer.Argument(metavar="ISSUE", help=say(_("Het nummer, zoals los-2026-24.")))]
Domain = Annotated[
    str, typer.Argument(metavar="ISSUE", help=say(_("Het nummer, of ‘standing’ voor de vaste teksten.")))
]
Locale = Annotated[str, typer.Argument(metavar="LOCALE", help=say(_("De taal, zoals ar.")))]
AsPerson = Annotated[str, typer.Option("--as", help=say(_("Wie dit doet: naam of e-mailadres van een medewerker.")))]
AsJson = Annotated[bool, typer.Option("--json", help=say(_("Als JSON, voor een script.")))]
Reason = Annotated[str, typer.Option(help=say(_("Waarom; de reden wordt bewaard.")))]
Message = Annotated[str, typer.Argument(metavar="TEXT", help=say(_("De zin in de bron, of het begin ervan.")))]


@app.command(help=say(_("Geef een taal van een nummer aan een vertaler.")))
def assign(
    context: typer.Context,
    slug: Slug,
    locale: Locale,
    to: Annotated[str, typer.Option(help=say(_("De vertaler: naam of e-mailadres.")))],
    due: Annotated[datetime, typer.Option(metavar="DAY", formats=["%Y-%m-%d"], help=say(_("De laatste dag.")))],
    person: AsPerson,
) -> None:
    from mailer.services.translating import pool

    office, who = _at_work(context, person)
    translator = person_called(desk(context).parts, to)
    pool.assign(office, who, slug, locale, to=translator, due=due.date())
    tell(
        _(
            "{name} vertaalt {slug} naar ‘{locale}’, uiterlijk {due}.",
            name=translator.name,
            slug=slug,
            locale=locale,
            due=due.date().isoformat(),
        )
    )


@app.command(help=say(_("Toon hoe ver elke taal is, en wat er nog in de weg staat.")))
def status(context: typer.Context, slug: Slug, person: AsPerson, *, as_json: AsJson = False) -> None:
    from mailer.services.translating import pool, release

    office, who = _at_work(context, person)
    found = release.status(office, who, slug)
    given = {one.locale: one for one in pool.assignments(office, who, slug)}
    if as_json:
        due = {locale: one.due for locale, one in given.items()}
        tell_json([_as_data(locale, release) | {"due": due.get(locale)} for locale, release in found.items()])
        return
    for locale, state in found.items():
        tell(
            _(
                "{locale}: {translated} van {total} vertaald, {approved} goedgekeurd.",
                locale=locale,
                translated=state.readiness.translated,
                total=state.readiness.total,
                approved=state.readiness.approved,
            )
        )
        if locale in given:
            tell(_("  Uiterlijk {due}.", due=given[locale].due.isoformat()))
        for problem in state.problems:
            tell(f"  {line_of(problem)}")
        for problem in state.warnings:
            tell(_("  let op: {line}", line=line_of(problem)))


def _as_data(locale: str, release: Release) -> dict[str, Any]:
    return {
        "locale": locale,
        "states": {str(state): count for state, count in release.readiness.states.items()},
        "held": release.held,
        "without": sorted(release.without),
        "overridden": release.overridden,
        "problems": [line_of(problem) for problem in release.problems],
        "warnings": [line_of(problem) for problem in release.warnings],
    }


@app.command(help=say(_("Keur vertalingen goed: alle, of die van één zin.")))
def approve(
    context: typer.Context,
    domain: Domain,
    locale: Locale,
    person: AsPerson,
    message: Annotated[
        str | None, typer.Option(show_default=say(_("alle")), help=say(_("De zin in de bron, of het begin ervan.")))
    ] = None,
) -> None:
    from mailer.services.translating import messages

    office, who = _at_work(context, person)
    msgids = None if message is None else [messages.message_called(office, who, domain, locale, message)]
    done = messages.approve(office, who, domain, locale, msgids=msgids)
    tell(ngettext("{count} vertaling goedgekeurd.", "{count} vertalingen goedgekeurd.", done.count))
    for msgid, reason in done.refused:
        tell(_("  ‘{text}’: {reason}", text=msgid[:60], reason=reason))
    _tell_warnings(done.warnings)
    if done.refused:
        raise typer.Exit(1)


@app.command(help=say(_("Zeg waarom mag blijven wat een controle vond.")))
def dismiss(
    context: typer.Context,
    domain: Domain,
    locale: Locale,
    message: Message,
    check: Annotated[str, typer.Option(help=say(_("De naam van de controle, zoals numbers.")))],
    reason: Reason,
    person: AsPerson,
) -> None:
    from mailer.services.translating import messages

    office, who = _at_work(context, person)
    msgid = messages.message_called(office, who, domain, locale, message)
    messages.dismiss(office, who, domain, locale, msgid=msgid, check=check, reason=reason)
    tell(_("Genoteerd."))


@app.command(help=say(_("Schrijf een opmerking bij een zin, of een vraag aan de redactie.")))
def comment(
    context: typer.Context,
    domain: Domain,
    locale: Locale,
    message: Message,
    words: Annotated[str, typer.Argument(metavar="WORDS", help=say(_("De opmerking of de vraag.")))],
    person: AsPerson,
    *,
    question: Annotated[bool, typer.Option("--question", help=say(_("Het is een vraag aan de redactie.")))] = False,
) -> None:
    from mailer.services.translating import messages, remarks

    office, who = _at_work(context, person)
    msgid = messages.message_called(office, who, domain, locale, message)
    remarks.comment(office, who, domain, locale, msgid=msgid, words=words, question=question)
    tell(_("Genoteerd."))


@app.command(help=say(_("Toon de opmerkingen en vragen bij de zinnen van een taal.")))
def comments(context: typer.Context, domain: Domain, locale: Locale, person: AsPerson) -> None:
    from mailer.services.translating import remarks

    office, who = _at_work(context, person)
    for one in remarks.comments(office, who, domain, locale):
        waits = say(_("vraag, wacht op antwoord")) if one.waits else ""
        tell("  ".join(filter(None, (str(one.number), day_of(office.house, one.at), one.name, waits))))
        tell(f"  {one.msgid[:70]}")
        tell(f"  {one.words}")


@app.command(help=say(_("Toon de vragen van vertalers over een nummer, in alle talen.")))
def questions(context: typer.Context, domain: Domain, person: AsPerson, *, as_json: AsJson = False) -> None:
    from mailer.services.translating import remarks

    office, who = _at_work(context, person)
    found = remarks.questions(office, who, domain)
    if as_json:
        tell_json([_question_data(one) for one in found])
        return
    for one in found:
        tell("  ".join((str(one.number), one.locale, day_of(office.house, one.at), one.name, say(_state_of(one)))))
        tell(f"  {(one.msgid or one.source)[:70]}")
        tell(f"  {one.words}")
        if one.answer:
            tell(f"  → {one.answer}")


def _state_of(one: Remark) -> Text:
    if one.closed_at is not None:
        return _("gesloten")
    return _("wacht op antwoord") if one.waits else _("beantwoord")


def _question_data(one: Remark) -> dict[str, Any]:
    return {
        "number": one.number,
        "locale": one.locale,
        "source": one.msgid or one.source,
        "words": one.words,
        "by": one.name,
        "at": one.at.isoformat(),
        "state": "closed" if one.closed_at else "open" if one.waits else "answered",
        "answer": one.answer,
    }


@app.command(help=say(_("Antwoord op een vraag van een vertaler; wie het vroeg krijgt een mail.")))
def answer(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=say(_("Het nummer van de vraag.")))],
    words: Annotated[str, typer.Argument(metavar="WORDS", help=say(_("Het antwoord.")))],
    person: AsPerson,
) -> None:
    from mailer.services.translating import remarks

    remarks.answer(*_at_work(context, person), number, words=words)
    tell(_("Genoteerd."))


@app.command(help=say(_("Sluit een vraag van een vertaler; er komt geen antwoord meer bij.")))
def close(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=say(_("Het nummer van de vraag.")))],
    person: AsPerson,
) -> None:
    from mailer.services.translating import remarks

    remarks.close(*_at_work(context, person), number)
    tell(_("Genoteerd."))


@app.command(help=say(_("Een vraag van een vertaler is beantwoord.")))
def answered(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=say(_("Het nummer van de vraag.")))],
    person: AsPerson,
) -> None:
    from mailer.services.translating import remarks

    remarks.answered(*_at_work(context, person), number)
    tell(_("Genoteerd."))


@app.command(help=say(_("Herinner vertalers aan wat over 7, 2 of 0 dagen klaar moet zijn.")))
def remind(context: typer.Context, person: AsPerson) -> None:
    from mailer.services.translating import pool

    count = pool.remind(*_at_work(context, person))
    tell(ngettext("{count} vertaler krijgt een herinnering.", "{count} vertalers krijgen een herinnering.", count))


# ── at home ───────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command(help=say(_("Maak een PO-bestand om thuis aan te werken, bijvoorbeeld in Poedit.")))
def export(
    context: typer.Context,
    domain: Domain,
    locale: Locale,
    person: AsPerson,
    output: Annotated[Path, typer.Option("-o", help=say(_("Het bestand om te schrijven.")))],
) -> None:
    from mailer.services.post.exporting import save_whole
    from mailer.services.translating import files

    done = files.export(*_at_work(context, person), domain, locale)
    save_whole(done.data, output)
    tell(
        _(
            "{file} is geschreven; {exact} zinnen uit het geheugen, {like} voorstellen.",
            file=output,
            exact=done.remembered,
            like=done.suggested,
        )
    )


@app.command("import", help=say(_("Neem een PO-bestand terug en toon wat er met elke zin gebeurde.")))
def bring_back(
    context: typer.Context,
    domain: Domain,
    locale: Locale,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=say(_("Het PO-bestand.")))],
    person: AsPerson,
    *,
    reviewing: Annotated[
        bool, typer.Option("--reviewing", help=say(_("Vervang ook wat al is goedgekeurd; het moet dan opnieuw.")))
    ] = False,
) -> None:
    from mailer.services.translating import files

    office, who = _at_work(context, person)
    data = file.read_bytes()
    done = files.bring_back(office, who, domain, locale, data=data, file=file.name, reviewing=reviewing)
    for text in done.said:
        tell(text)
    _tell_merge(done)
    _tell_warnings(done.warnings)


def _tell_warnings(found: Sequence[tuple[str, Text]]) -> None:
    for msgid, text in found:
        tell(_("  let op, ‘{text}’: {reason}", text=msgid[:60], reason=text))


def _tell_merge(done: Merge) -> None:
    from mailer.translation.merging import Outcome

    words = {
        Outcome.TAKEN: _("overgenomen"),
        Outcome.SAME: _("was al zo"),
        Outcome.SUGGESTED: _("hier ook veranderd: bewaard als voorstel"),
        Outcome.APPROVED: _("al goedgekeurd: bewaard als voorstel"),
        Outcome.CARRIED: _("de bron is veranderd: meegenomen, moet worden nagekeken"),
        Outcome.REMEMBERED: _("staat niet meer in het nummer: bewaard in het geheugen"),
    }
    for outcome, text in words.items():
        for msgid in (one for one, what in done.outcomes.items() if what is outcome):
            tell(f"{say(text)}: {msgid[:70]}")
    if not done.outcomes:
        tell(_("Er was niets veranderd."))


# ── what an editor decides ────────────────────────────────────────────────────────────────────────────────────────


@app.command(help=say(_("Laat een taal wachten; de andere gaan eruit.")))
def hold(context: typer.Context, slug: Slug, locale: Locale, reason: Reason, person: AsPerson) -> None:
    from mailer.services.translating import release

    release.hold(*_at_work(context, person), slug, locale, reason=reason)
    tell(_("‘{locale}’ wacht.", locale=locale))


@app.command(help=say(_("Laat een taal wachten tot ze klaar is; na goedkeuring gaat ze vanzelf naar haar lezers.")))
def wait(context: typer.Context, slug: Slug, locale: Locale, reason: Reason, person: AsPerson) -> None:
    from mailer.services.translating import release

    release.wait(*_at_work(context, person), slug, locale, reason=reason)
    tell(_("‘{locale}’ wacht, en gaat vanzelf als ze is goedgekeurd.", locale=locale))


@app.command("leave-out", help=say(_("Laat de rubrieken die niet klaar zijn weg uit een taal.")))
def leave_out(context: typer.Context, slug: Slug, locale: Locale, reason: Reason, person: AsPerson) -> None:
    from mailer.services.translating import release

    for anchor in release.leave_out(*_at_work(context, person), slug, locale, reason=reason):
        tell(_("‘{section}’ blijft weg.", section=anchor))


@app.command(help=say(_("Laat een taal eruit gaan zoals zij is.")))
def override(context: typer.Context, slug: Slug, locale: Locale, reason: Reason, person: AsPerson) -> None:
    from mailer.services.translating import release

    release.override(*_at_work(context, person), slug, locale, reason=reason)
    tell(_("‘{locale}’ gaat eruit zoals het nu is.", locale=locale))


@app.command(help=say(_("Neem terug wat over een taal besloten is.")))
def undo(context: typer.Context, slug: Slug, locale: Locale, person: AsPerson) -> None:
    from mailer.services.translating import release

    count = release.undo(*_at_work(context, person), slug, locale)
    tell(ngettext("{count} besluit teruggenomen.", "{count} besluiten teruggenomen.", count))


def _at_work(context: typer.Context, called: str) -> tuple[Office, Person]:
    return desk(context).office, person_called(desk(context).parts, called)
