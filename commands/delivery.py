"""`postduif delivery`: what became of the mail to one reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from commands.asking import ADDRESS, asked
from commands.desk import desk
from commands.mailing import AsJson
from commands.moments import moment_of
from commands.staff import As, person_called
from commands.telling import tell, tell_json
from commands.words import say
from wording import Text, _

if TYPE_CHECKING:
    from mailer.organisation import House
    from mailer.services.readers.people import Found, Try

app = typer.Typer(help=say(_("Bezorgingen aan één lezer.")), no_args_is_help=True)


@app.command(
    help=say(_("Zoek wat er naar een lezer ging; het adres wordt gevraagd, en dat je zocht komt in het logboek."))
)
def find(
    context: typer.Context,
    person: As,
    *,
    as_json: AsJson = False,
) -> None:
    from dataclasses import asdict

    from mailer.services.readers import people
    from mailer.services.sending.words import word_for

    shop = desk(context)
    found = people.deliveries(shop.office, person_called(shop.parts, person), asked(ADDRESS))
    if as_json:
        tell_json([asdict(one) for one in found])
        return
    for one in found:
        tell(
            _(
                "{issue}, {audience}, {locale}: {state}",
                issue=one.issue_slug,
                audience=one.audience,
                locale=one.locale,
                state=word_for(one.state),
            )
        )
        for attempt in one.tries:
            tell(line_of(shop.office.house, attempt))
        tell(what_next(shop.office.house, one))
    if not found:
        tell(_("Er ging nog niets naar deze lezer."))


def line_of(house: House, attempt: Try) -> str:
    """When, through which relay, and what it answered."""
    from mailer.services.sending.words import word_for_outcome

    answer = " ".join(str(part) for part in (attempt.code, attempt.enhanced, attempt.words) if part)
    where = " ".join(part for part in (attempt.relay, attempt.stage) if part)
    outcome = say(word_for_outcome(attempt.outcome))
    return f"  {moment_of(house, attempt.ended_at, seconds=True)}  {outcome}  {where}  {answer}".rstrip()


def what_next(house: House, found: Found) -> Text:
    """What happens to this delivery, if no one acts."""
    if found.mailing_state == "paused" and found.state in ("pending", "deferred"):
        return _("  Hierna: niets, zolang de verzending stilstaat.")
    if found.state == "deferred" and found.next_at is not None:
        return _("  Hierna: opnieuw vanaf {moment}.", moment=moment_of(house, found.next_at))
    if found.state in ("pending", "claimed", "handing_over"):
        return _("  Hierna: wordt verstuurd.")
    if found.state == "uncertain":
        return _("  Hierna: niets, tot iemand beslist met `postduif mailing resolve {id}`.", id=found.mailing_id)
    return _("  Hierna: niets meer.")
