"""`postduif mailing`: what was sent, in numbers, and what a person orders while it is on its way."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.approving import OfTwo
from commands.moments import moment_of
from commands.staff import As, acting
from commands.telling import tell, tell_json, tell_json_list
from commands.words import say
from mailer.planning import Which
from wording import _, ngettext

if TYPE_CHECKING:
    from mailer.organisation import House
    from mailer.services.office import Office
    from mailer.services.sending.following import Line
    from mailer.services.sending.overview import Accounting, EditionOverview, MailingOverview
    from staff.people import Person

app = typer.Typer(help=say(_("Verzendingen.")), no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help=say(_("Als JSON, voor een script.")))]


MailingId = Annotated[int, typer.Argument(metavar="ID", help=say(_("Het nummer van de verzending.")))]
Why = Annotated[str, typer.Option(help=say(_("Waarom; komt bij de verzending te staan.")))]


@app.command("list", help=say(_("Toon alle verzendingen, de nieuwste eerst.")))
def list_(context: typer.Context, who: As, *, as_json: AsJson = False) -> None:
    from mailer.services.sending.overview import mailings_of
    from mailer.services.sending.words import word_for

    office, person = acting(context, who)
    found = mailings_of(office, person)
    if as_json:
        tell_json([{"id": one.id, "issue": one.issue, "state": one.state} for one in found])
        return
    for one in found:
        tell(
            _(
                "{id}  {issue}  {state}: {settled} van {readers} lezers afgehandeld",
                id=one.id,
                issue=one.issue,
                state=word_for(one.state),
                settled=one.settled,
                readers=one.readers,
            )
        )


@app.command(help=say(_("Toon hoe het met één verzending staat, per editie, en of de telling klopt.")))
def show(context: typer.Context, mailing: MailingId, who: As, *, as_json: AsJson = False) -> None:
    from mailer.services.sending import overview

    office, person = acting(context, who)
    found = overview.mailing(office, person, mailing)
    rows = [
        {"audience": one.audience, "locale": one.locale, "channel": one.channel, "readers": one.readers, **_states(one)}
        for one in found.editions
    ]
    if not as_json:
        tell_mailing(office.house, found)
        for one in found.editions:
            tell(_edition(one))
        return
    account = found.account
    tell_json(
        {
            "id": mailing,
            "state": found.state,
            "reason": said(found),
            "readers": account.readers,
            "states": account.states,
            "balances": account.balances,
            "per_second": found.per_second,
            "done_at": found.done_at,
            "aside": list(found.aside),
            "editions": rows,
        }
    )


@app.command(help=say(_("Toon wie een verzending kreeg, met verborgen adressen, en wie niet en waarom.")))
def who(
    context: typer.Context,
    mailing: MailingId,
    who: As,
    *,
    state: Annotated[str, typer.Option(help=say(_("Alleen bezorgingen in deze stand, zoals ‘geweigerd’.")))] = "",
    as_json: AsJson = False,
) -> None:
    from commands.worded import reader_of
    from mailer.services.sending import following
    from mailer.services.sending.words import DELIVERIES, WHY_WORDS

    office, person = acting(context, who)
    chosen = following.DeliveryState(reader_of(DELIVERIES)(state)) if state else None
    lines = following.everyone(office, person, mailing, chosen)
    if as_json:
        tell_json_list(map(following.plain, lines))
        return
    for line in lines:
        tell(_delivered(line))
    if chosen is None:
        for why, count in following.left_out(office, person, mailing).items():
            tell(_("Kreeg niets: {count} {why}", count=count, why=WHY_WORDS[why]))


def _delivered(line: Line) -> str:
    """Whom it was for, which edition, how it is, and what a relay said last."""
    from mailer.services.sending.words import word_for

    one = line.delivery
    who = line.address or say(_("lezer per post") if one.channel.value == "post" else _("het adres is gewist"))
    last = one.tries[-1] if one.tries else None
    answer = f"{last.code or ''} {last.enhanced} {last.words}".strip() if last else ""
    return f"{who}  {one.audience} ({one.locale})  {say(word_for(one.state))}  {answer}".rstrip()


@app.command(help=say(_("Zet een verzending stil, voor het eerstvolgende bericht.")))
def pause(context: typer.Context, mailing: MailingId, who: As, why: Why = "") -> None:
    from mailer.services.sending import orders

    orders.pause(*acting(context, who), mailing, why)
    tell(_("Verzending {id} staat stil; ga verder met `postduif mailing resume {id}`.", id=mailing))


@app.command(help=say(_("Ga verder met een verzending die stilstaat.")))
def resume(context: typer.Context, mailing: MailingId, who: As) -> None:
    from commands.sending import tell_if_nobody_sends
    from mailer.services.sending import orders

    office, person = acting(context, who)
    waits_for = orders.resume(office, person, mailing)
    if waits_for is not None:
        tell_moment(office, mailing, waits_for)
    else:
        tell(_("Verzending {id} gaat verder.", id=mailing))
    tell_if_nobody_sends(office.store, mailing)


@app.command(help=say(_("Verstuur niets meer van een verzending; dit is voorgoed.")))
def cancel(context: typer.Context, mailing: MailingId, who: As, why: Why = "") -> None:
    from mailer.services.sending import orders

    count = orders.cancel(*acting(context, who), mailing, why)
    tell(ngettext("{count} lezer krijgt niets meer.", "{count} lezers krijgen niets meer.", count))


@app.command("take-back", help=say(_("Neem een verzending terug waarvan nog niets vertrokken is.")))
def take_back(context: typer.Context, mailing: MailingId, who: As) -> None:
    from mailer.services.sending import orders

    count = orders.take_back(*acting(context, who), mailing)
    tell(
        ngettext(
            "Verzending {id} is teruggenomen: {count} lezer kan het nummer later krijgen.",
            "Verzending {id} is teruggenomen: {count} lezers kunnen het nummer later krijgen.",
            count,
            id=mailing,
        )
    )


@app.command(help=say(_("Probeer wat geweigerd of uitgesteld is opnieuw, en wat apart gezet was.")))
def retry(context: typer.Context, mailing: MailingId, who: As) -> None:
    from commands.sending import tell_if_nobody_sends
    from mailer.services.sending import orders

    office, person = acting(context, who)
    count = orders.retry(office, person, mailing)
    tell(
        ngettext("{count} bezorging wordt opnieuw geprobeerd.", "{count} bezorgingen worden opnieuw geprobeerd.", count)
    )
    tell_if_nobody_sends(office.store, mailing)


@app.command(help=say(_("Beslis over wat onzeker is, na een blik in het logboek van de mailserver.")))
def resolve(
    context: typer.Context,
    mailing: MailingId,
    who: As,
    *,
    arrived: Annotated[
        bool | None,
        typer.Option("--arrived/--lost", help=say(_("Het is aangekomen, of het moet opnieuw verstuurd worden."))),
    ] = None,
    only: Annotated[list[int] | None, typer.Option(help=say(_("Alleen deze bezorging; mag vaker.")))] = None,
) -> None:
    from commands.sending import tell_if_nobody_sends
    from mailer.services.sending import orders

    office, person = acting(context, who)
    if arrived is None:
        _tell_doubts(office, person, mailing)
        return
    count = orders.resolve(office, person, mailing, arrived=arrived, only=only or None)
    tell(ngettext("Over {count} bezorging is beslist.", "Over {count} bezorgingen is beslist.", count))
    tell_if_nobody_sends(office.store, mailing)


@app.command(help=say(_("Begin een verzending die wacht, gepland is of stilstaat op een moment, niet eerder.")))
def schedule(
    context: typer.Context,
    mailing: MailingId,
    moment: Annotated[str, typer.Argument(help=say(_("Datum en tijd in de tijdzone van de organisatie.")))],
    who: As,
    which: OfTwo = None,
) -> None:
    from commands.sending import tell_if_nobody_sends
    from mailer.services.sending import moments, orders

    office, person = acting(context, who)
    at = moments.moment(office, moment, Which(which) if which else None)
    orders.schedule(office, person, mailing, at)
    tell_moment(office, mailing, at)
    tell_if_nobody_sends(office.store, mailing)


def tell_moment(office: Office, mailing: int, at: datetime) -> None:
    """When a scheduled mailing begins, by the clock of the organisation."""
    tell(_("Verzending {id} begint op {moment}.", id=mailing, moment=moment_of(office.house, at)))


def tell_mailing(house: House, found: MailingOverview) -> None:
    from mailer.services.sending.words import word_for

    tell(_("{issue}: {state}", issue=found.issue, state=word_for(found.state)))
    if found.why:
        stands_still = found.state in ("paused", "cancelled")
        tell(_("Reden: {reason}", reason=said(found)) if stands_still else said(found))
    if found.scheduled_at and found.state == "scheduled":
        tell(_("Begint op {moment}.", moment=moment_of(house, found.scheduled_at)))
    tell(equation(found.account))
    if not found.account.balances:
        tell(_("Let op: deze telling klopt niet. Verstuur niets meer en meld het."))
    if found.per_second and found.done_at:
        tell(
            _(
                "{speed} per seconde; klaar om ongeveer {moment}.",
                speed=f"{found.per_second:.1f}",
                moment=moment_of(house, found.done_at, seconds=True),
            )
        )
    if found.aside:
        batches = ", ".join(map(str, found.aside))
        tell(_("Apart gezet, omdat werkers erop vastliepen: groep {batches}.", batches=batches))


def said(found: MailingOverview) -> str:
    """Why it stands still, or what to know of it, in the caller's language where the sentence is ours."""
    return found.why if isinstance(found.why, str) else say(found.why)


def equation(account: Accounting) -> str:
    """The readers, and the terms that add up to them."""
    from mailer.services.sending.words import terms

    return f"{account.readers} = " + " + ".join(f"{count} {say(word)}" for count, word in terms(account))


def _tell_doubts(office: Office, person: Person, mailing: int) -> None:
    from mailer.services.sending.overview import doubts

    for one in doubts(office, person, mailing):
        at = moment_of(office.house, one.handed_at, seconds=True) if one.handed_at else ""
        tell(f"{one.delivery}  {at}  {one.relay}  Message-ID {one.message_id}")
    tell(_("Zoek ze op in het logboek van de mailserver en geef --arrived of --lost mee."))


def _edition(one: EditionOverview) -> str:
    from mailer.services.sending.words import word_for

    way = say(_("per post") if one.channel == "post" else _("per e-mail"))
    readers = say(ngettext("{count} lezer", "{count} lezers", one.readers))
    states = (f"{say(word_for(state))} {count}" for state, count in sorted(one.states.items()))
    return "  ".join([one.audience, one.locale, way, readers, *states])


def _states(edition: EditionOverview) -> dict[str, int]:
    return {str(state): count for state, count in sorted(edition.states.items())}
