"""`postduif mailing`: what was sent, in numbers, and what a person orders while it is on its way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from commands.desk import desk
from commands.telling import tell, tell_json
from commands.words import say
from mailer.ledger.states import DeliveryState
from wording import Text, _, ngettext
from wording.errors import SettingsError

if TYPE_CHECKING:
    from mailer.bootstrap import Parts
    from mailer.ledger.answers import Progress
    from mailer.ledger.mailings import Accounting
    from mailer.ledger.overview import EditionOverview
    from mailer.ledger.tables import Mailing

app = typer.Typer(help=say(_("Verzendingen.")), no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help=say(_("Als JSON, voor een script.")))]


MailingId = Annotated[int, typer.Argument(metavar="ID", help=say(_("Het nummer van de verzending.")))]
Who = Annotated[str, typer.Option("--as", help=say(_("Wie dit doet: naam of e-mailadres van een medewerker.")))]
Why = Annotated[str, typer.Option(help=say(_("Waarom; komt bij de verzending te staan.")))]


@app.command("list", help=say(_("Toon alle verzendingen, de nieuwste eerst.")))
def list_(context: typer.Context, *, as_json: AsJson = False) -> None:
    from mailer.ledger.answers import all_mailings

    with desk(context).parts.store.reading() as session:
        found = all_mailings(session)
    if as_json:
        tell_json([{"id": one.id, "issue": one.issue_slug, "state": one.state} for one, _account in found])
        return
    for one, account in found:
        tell(
            _(
                "{id}  {issue}  {state}: {settled} van {readers} lezers afgehandeld",
                id=one.id,
                issue=one.issue_slug,
                state=word_for(one.state),
                settled=account.settled,
                readers=account.readers,
            )
        )


@app.command(help=say(_("Toon hoe het met één verzending staat, per editie, en of de telling klopt.")))
def show(context: typer.Context, mailing: MailingId, *, as_json: AsJson = False) -> None:
    from database.base import now
    from mailer.ledger import answers, mailings, shunt
    from mailer.ledger.overview import overview

    with desk(context).parts.store.reading() as session, known(mailing):
        row = mailings.mailing_of(session, mailing)
        progress = answers.progress(session, mailing, now())
        editions = overview(session, mailing)
        aside = [batch.number for batch in shunt.shunted(session, mailing)]
    rows: list[dict[str, Any]] = [
        {"audience": one.audience, "locale": one.locale, "channel": one.channel, "readers": one.readers, **_states(one)}
        for one in editions
    ]
    if as_json:
        account = progress.account
        tell_json(
            {
                "id": mailing,
                "state": row.state,
                "reason": said(row),
                "readers": account.readers,
                "states": account.states,
                "balances": account.balances,
                "per_second": progress.per_second,
                "done_at": progress.done_at,
                "aside": aside,
                "editions": rows,
            }
        )
        return
    tell_mailing(row, progress, aside)
    for line in rows:
        tell("  ".join(f"{key} {value}" if isinstance(value, int) else str(value) for key, value in line.items()))


@app.command(help=say(_("Zet een verzending stil, voor het eerstvolgende bericht.")))
def pause(context: typer.Context, mailing: MailingId, who: Who = "", why: Why = "") -> None:
    from mailer.services.sending import orders

    parts = desk(context).parts
    with known(mailing):
        orders.pause(parts.store, mailing, actor(parts, who), why)
    tell(_("Verzending {id} staat stil; ga verder met `postduif mailing resume {id}`.", id=mailing))


@app.command(help=say(_("Ga verder met een verzending die stilstaat.")))
def resume(context: typer.Context, mailing: MailingId, who: Who = "") -> None:
    from commands.sending import doorbell, tell_if_nobody_sends
    from mailer.services.sending import orders

    parts = desk(context).parts
    with known(mailing):
        waits_for = orders.resume(parts.store, doorbell(parts), mailing, actor(parts, who))
    if waits_for is not None:
        tell_moment(parts, mailing, waits_for)
    else:
        tell(_("Verzending {id} gaat verder.", id=mailing))
    tell_if_nobody_sends(parts, mailing)


@app.command(help=say(_("Verstuur niets meer van een verzending; dit is voorgoed.")))
def cancel(context: typer.Context, mailing: MailingId, who: Who = "", why: Why = "") -> None:
    from mailer.services.sending import orders

    parts = desk(context).parts
    with known(mailing):
        count = orders.cancel(parts.store, mailing, actor(parts, who), why)
    tell(ngettext("{count} lezer krijgt niets meer.", "{count} lezers krijgen niets meer.", count))


@app.command(help=say(_("Probeer wat geweigerd of uitgesteld is opnieuw, en wat apart gezet was.")))
def retry(context: typer.Context, mailing: MailingId, who: Who = "") -> None:
    from commands.sending import doorbell, tell_if_nobody_sends
    from mailer.services.sending import orders

    parts = desk(context).parts
    with known(mailing):
        count = orders.retry(parts.store, doorbell(parts), mailing, actor(parts, who))
    tell(ngettext("{count} bezorging wordt opnieuw geprobeerd.", "{count} bezorgingen opnieuw geprobeerd.", count))
    tell_if_nobody_sends(parts, mailing)


@app.command(help=say(_("Beslis over wat onzeker is, na een blik in het logboek van de mailserver.")))
def resolve(
    context: typer.Context,
    mailing: MailingId,
    *,
    arrived: Annotated[
        bool | None,
        typer.Option("--arrived/--lost", help=say(_("Het is aangekomen, of het moet opnieuw verstuurd worden."))),
    ] = None,
    only: Annotated[list[int] | None, typer.Option(help=say(_("Alleen deze bezorging; mag vaker.")))] = None,
    who: Who = "",
) -> None:
    from commands.sending import doorbell, tell_if_nobody_sends
    from mailer.ledger.control import doubts
    from mailer.services.sending import orders

    parts = desk(context).parts
    if arrived is None:
        with parts.store.reading() as session:
            for doubt in doubts(session, mailing):
                mark = mark_of(parts, doubt.delivery)
                tell(f"{doubt.delivery}  {doubt.handed_at:%Y-%m-%d %H:%M:%S}  {doubt.relay}  Message-ID {mark}")
        tell(_("Zoek ze op in het logboek van de mailserver en geef --arrived of --lost mee."))
        return
    with known(mailing):
        count = orders.resolve(
            parts.store, doorbell(parts), mailing, actor(parts, who), arrived=arrived, only=only or None
        )
    tell(ngettext("Over {count} bezorging is beslist.", "Over {count} bezorgingen is beslist.", count))
    tell_if_nobody_sends(parts, mailing)


@app.command(help=say(_("Verstuur een goedgekeurde verzending op een moment, niet eerder.")))
def schedule(
    context: typer.Context,
    mailing: MailingId,
    moment: Annotated[datetime, typer.Argument(help=say(_("Datum en tijd in de tijdzone van de organisatie.")))],
    who: Who = "",
) -> None:
    from commands.sending import tell_if_nobody_sends
    from mailer.planning import instant
    from mailer.services.sending import orders

    parts = desk(context).parts
    at = instant(moment, parts.house.time_zone)
    with known(mailing):
        orders.schedule(parts.store, mailing, actor(parts, who), at)
    tell_moment(parts, mailing, at)
    tell_if_nobody_sends(parts, mailing)


def tell_moment(parts: Parts, mailing: int, at: datetime) -> None:
    """When a scheduled mailing begins, by the clock of the organisation."""
    moment = f"{at.astimezone(ZoneInfo(parts.house.time_zone)):%Y-%m-%d %H:%M}"
    tell(_("Verzending {id} begint op {moment}.", id=mailing, moment=moment))


@contextmanager
def known(mailing: int) -> Iterator[None]:
    """Say in words that there is no such mailing, or that it is not in the state for this."""
    from mailer.ledger.states import NotPossibleError

    try:
        yield
    except LookupError:
        raise SettingsError(_("Verzending {id} is er niet.", id=mailing)) from None
    except NotPossibleError as error:
        raise SettingsError(
            _("Dat kan niet: verzending {id} is {state}.", id=mailing, state=word_for(error.state))
        ) from None


def actor(parts: Parts, who: str) -> UUID | str:
    """Whoever gives the order, for the audit trail."""
    from commands.staff import person_called

    return person_called(parts, who).uid if who else "postduif mailing"


def mark_of(parts: Parts, delivery: int) -> str:
    """The Message-ID under which a relay's log knows a delivery."""
    from mailer.bootstrap import letters
    from mailer.services.sending.letters import delivery_mark

    made = letters(parts)
    return f"<{delivery_mark(made.key, delivery)}@{made.domain}>"


def tell_mailing(mailing: Mailing, progress: Progress, aside: list[int]) -> None:
    account = progress.account
    tell(_("{issue}: {state}", issue=mailing.issue_slug, state=word_for(mailing.state)))
    if mailing.reason:
        stands_still = mailing.state in ("paused", "cancelled")
        tell(_("Reden: {reason}", reason=said(mailing)) if stands_still else said(mailing))
    if mailing.scheduled_at and mailing.state == "scheduled":
        tell(_("Begint op {moment}.", moment=f"{mailing.scheduled_at:%Y-%m-%d %H:%M} UTC"))
    tell(equation(account))
    if not account.balances:
        tell(_("Let op: deze telling klopt niet. Verstuur niets meer en meld het."))
    if progress.per_second and progress.done_at:
        tell(
            _(
                "{speed} per seconde; klaar om ongeveer {moment} UTC.",
                speed=f"{progress.per_second:.1f}",
                moment=f"{progress.done_at:%H:%M:%S}",
            )
        )
    if aside:
        tell(_("Apart gezet, omdat werkers erop vastliepen: groep {batches}.", batches=", ".join(map(str, aside))))


def said(mailing: Mailing) -> str:
    """Why it stands still, or what to know of it, in the language of whoever asks where the sentence is ours."""
    why = mailing.why
    return why if isinstance(why, str) else say(why)


def equation(account: Accounting) -> str:
    """Readers = accepted + deferred + refused + uncertain + suppressed + cancelled + pending: each is counted once.

    What a worker holds at this moment is a term only while there is any.
    """
    terms = [state for state in _TERMS if state not in _HELD or account.states[state]]
    return f"{account.readers} = " + " + ".join(f"{account.states[state]} {say(word_for(state))}" for state in terms)


_HELD = (DeliveryState.CLAIMED, DeliveryState.HANDING_OVER)
_TERMS = (
    DeliveryState.ACCEPTED,
    DeliveryState.DEFERRED,
    DeliveryState.REFUSED,
    DeliveryState.UNCERTAIN,
    DeliveryState.SUPPRESSED,
    DeliveryState.CANCELLED,
    DeliveryState.PENDING,
    *_HELD,
)


def word_for(state: str) -> Text:
    """A state of a mailing or of a delivery, in words."""
    words = {
        "draft": _("concept"),
        "approved": _("goedgekeurd"),
        "scheduled": _("gepland"),
        "sending": _("wordt verstuurd"),
        "paused": _("stilgezet"),
        "done": _("klaar"),
        "cancelled": _("afgebroken"),
        "pending": _("wacht"),
        "claimed": _("in handen van een werker"),
        "handing_over": _("wordt overgedragen"),
        "accepted": _("aangenomen"),
        "deferred": _("uitgesteld"),
        "refused": _("geweigerd"),
        "uncertain": _("onzeker"),
        "suppressed": _("mag niet ontvangen"),
    }
    return words[state]


def _states(edition: EditionOverview) -> dict[str, int]:
    return {str(state): count for state, count in sorted(edition.states.items())}
