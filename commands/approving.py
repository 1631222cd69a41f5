"""`postduif approve` and `postduif publish`: first shown what it is about, then asked, then done with just that."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from commands.asking import agreed
from commands.desk import desk
from commands.staff import As, acting
from commands.telling import tell
from commands.worded import known_of, reader_of
from commands.words import say
from mailer.organisation import Paper
from mailer.planning import Which
from wording import Text, _, ngettext
from wording.errors import InvalidInputError

if TYPE_CHECKING:
    from commands.correcting import Asked
    from mailer.services.office import Office
    from mailer.services.publishing.approval import Proposal, ProposedEdition
    from mailer.services.publishing.publish import Published
    from staff.people import Person

Slug = Annotated[str, typer.Argument(metavar="ISSUE", help=say(_("Het nummer, zoals los-2026-24.")))]
At = Annotated[
    str, typer.Option("--at", metavar="MOMENT", help=say(_("Op dit moment, in de tijdzone van de organisatie.")))
]
TWICE = {"first": _("eerste"), "second": _("tweede")}
OfTwo = Annotated[
    str | None,
    typer.Option(
        "--which",
        parser=reader_of(TWICE),
        metavar=known_of(TWICE),
        help=say(_("Welke van de twee, in de nacht dat de klok teruggaat.")),
    ),
]
OfCorrection = Annotated[
    bool, typer.Option("--correction", help=say(_("Van een verbetering, aan wie de tekst met de fout kreeg.")))
]
PAPERS = {Paper.RUN.value: _("boekje"), Paper.LEAF.value: _("blad"), Paper.NONE.value: _("niets")}
Post = Annotated[
    str | None,
    typer.Option(
        "--post",
        parser=reader_of(PAPERS),
        metavar=known_of(PAPERS),
        help=say(_("Bij --correction, voor lezers per post: het hele boekje, één blad of niets.")),
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help=say(_("Vraag niets, voor een script.")))]


def register(app: typer.Typer) -> None:
    """Give the application its commands."""
    app.command(help=say(_("Toon een nummer zoals het nu is, en keur het goed.")))(approve)
    app.command(help=say(_("Geef een nummer uit: bevries de edities en open de verzending.")))(publish)


def approve(
    context: typer.Context,
    slug: Slug,
    who: As,
    *,
    correction: OfCorrection = False,
    post: Post = None,
    yes: Yes = False,
) -> None:
    from commands.correcting import approve_correction
    from mailer.services.publishing import approval

    office, person = acting(context, who)
    if correction:
        approve_correction(office, person, slug, Paper(post) if post else None, yes=yes)
        return
    shown = approval.proposal(office, person, slug)
    tell_proposal(office, shown)
    ask(_("Keur je dit goed?"), yes=yes)
    is_new = approval.approve(office, person, slug, seen=shown.digest)
    tell(_("{slug} is goedgekeurd.", slug=slug) if is_new else _("{slug} had je al goedgekeurd.", slug=slug))


def publish(
    context: typer.Context,
    slug: Slug,
    who: As,
    *,
    now: Annotated[bool, typer.Option("--now", help=say(_("Verstuur meteen, vanuit deze opdracht.")))] = False,
    at: At = "",
    which: OfTwo = None,
    correction: OfCorrection = False,
    post: Post = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say(_("Bij --correction: alleen kijken wie wat krijgt.")))
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=say(_("Bij --correction: als JSON, voor een script.")))
    ] = False,
    yes: Yes = False,
) -> None:
    from commands.correcting import Asked
    from mailer.services.publishing import approval
    from mailer.services.publishing.publish import publish

    office, person = acting(context, who)
    planned = _planned(office, at, Which(which) if which else None, now=now)
    if correction:
        _correct(
            context,
            person,
            slug,
            Paper(post) if post else None,
            planned,
            Asked(yes=yes, dry_run=dry_run, as_json=as_json, now=now),
        )
        return
    if post or dry_run or as_json:
        raise InvalidInputError(_("--post, --dry-run en --json horen bij --correction."))
    shown = approval.proposal(office, person, slug)
    tell_proposal(office, shown)
    tell_approvals(shown.approvals)
    ask(_("Geef je dit uit?"), yes=yes)
    done = publish(office, person, slug, approved=shown.digest, scheduled_at=planned)
    _tell_published(office, person, slug, done)
    if done.mailing is not None:
        _begin(context, person, done.mailing, planned, now=now)


def _tell_published(office: Office, person: Person, slug: str, done: Published) -> None:
    from commands.reached import tell_no_one_new, tell_without_readers

    if done.mailing is None:
        tell_no_one_new(office, person, slug)
        return
    tell_opened(done)
    tell_without_readers(office, person, slug)


def tell_opened(done: Published) -> None:
    """The number of a mailing that was opened, and how many it is for."""
    tell(
        ngettext(
            "Verzending {id}: {count} bezorging.",
            "Verzending {id}: {count} bezorgingen.",
            done.deliveries,
            id=done.mailing,
        )
    )


def _correct(
    context: typer.Context, person: Person, slug: str, post: Paper | None, planned: datetime | None, how: Asked
) -> None:
    from commands.correcting import open_correction
    from mailer.services.sending import orders

    if how.as_json and how.now:
        raise InvalidInputError(_("Kies: --now of --json."))
    office = desk(context).office
    opened = open_correction(office, person, slug, post, planned=planned, how=how)
    if opened is None:
        return
    if not how.as_json:
        _begin(context, person, opened, planned, now=how.now)
    elif planned is None:
        orders.start(office, person, opened)


def _planned(office: Office, at: str, which: Which | None, *, now: bool) -> datetime | None:
    """The moment that was asked for, if any. Raises InvalidInputError."""
    from mailer.services.sending import moments

    if at and now:
        raise InvalidInputError(_("Kies: --now of --at."))
    planned = moments.moment(office, at, which) if at else None
    if planned is not None:
        moments.require_possible(office, planned)
    return planned


def _begin(context: typer.Context, person: Person, mailing: int, planned: datetime | None, *, now: bool) -> None:
    """Let a mailing that was opened go now, or tell when it does."""
    from commands.mailing import tell_moment
    from commands.sending import begin, tell_if_nobody_sends

    if planned is None:
        begin(desk(context).parts, person, mailing, now=now)
        return
    tell_moment(desk(context).office, mailing, planned)
    tell_if_nobody_sends(desk(context).parts.store, mailing)


def ask(question: Text, *, yes: bool) -> None:
    """Go on only after a yes; without someone to ask, nothing is done (exit code 1)."""
    if not yes and not agreed(question):
        raise typer.Abort


def tell_proposal(office: Office, shown: Proposal) -> None:
    """Each edition with its length, and what became of it since the last approval."""
    for one in shown.editions:
        tell(
            _(
                "{edition}: {length}, {change}",
                edition=one.name,
                length=_length(one),
                change=_change(office, shown, one),
            )
        )
    for name in shown.gone:
        tell(
            _(
                "{edition}: vervallen sinds de goedkeuring van {moment}",
                edition=name,
                moment=moment_of(office, shown.since),
            )
        )


def tell_approvals(count: int) -> None:
    """How many people approved the issue as it is now."""
    tell(
        ngettext(
            "Door {count} persoon goedgekeurd zoals het nu is.",
            "Door {count} personen goedgekeurd zoals het nu is.",
            count,
        )
    )


def _length(one: ProposedEdition) -> str:
    words = say(ngettext("{count} woord", "{count} woorden", one.words))
    if one.pages is None:
        return words
    return f"{words}, " + say(ngettext("{count} bladzijde", "{count} bladzijden", one.pages))


def _change(office: Office, shown: Proposal, one: ProposedEdition) -> str:
    from mailer.services.publishing.approval import Change

    moment = moment_of(office, shown.since)
    words = {
        Change.NEW: _("nieuw"),
        Change.CHANGED: _("veranderd sinds de goedkeuring van {moment}", moment=moment),
        Change.SAME: _("zoals goedgekeurd op {moment}", moment=moment),
    }
    return say(words[one.change])


def moment_of(office: Office, at: datetime | None) -> str:
    return f"{at.astimezone(ZoneInfo(office.house.time_zone)):%Y-%m-%d %H:%M}" if at else ""
