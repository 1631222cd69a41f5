"""`approve` and `publish` with `--correction`: who has the mistake, how the mail reads, then asked, then done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from commands.telling import tell, tell_aside, tell_json
from commands.words import say
from wording import _, ngettext

if TYPE_CHECKING:
    from datetime import datetime

    from mailer.organisation import Paper
    from mailer.services.office import Office
    from mailer.services.publishing.correcting import CorrectedEdition, Correction
    from staff.people import Person


@dataclass(frozen=True)
class Asked:
    """How a correction was asked for: without a question, only to look, for a script, to be sent from here."""

    yes: bool
    dry_run: bool
    as_json: bool
    now: bool


def approve_correction(office: Office, person: Person, slug: str, paper: Paper | None, *, yes: bool) -> None:
    """Show a correction as it is now, and approve just that."""
    from commands.approving import ask
    from mailer.services.publishing import correcting

    shown = correcting.proposal(office, person, slug, paper=paper)
    tell_correction(shown)
    ask(_("Keur je dit goed?"), yes=yes)
    is_new = correcting.approve(office, person, slug, seen=shown.digest, paper=paper)
    tell(
        _("De verbetering van {slug} is goedgekeurd.", slug=slug)
        if is_new
        else _("De verbetering van {slug} had je al goedgekeurd.", slug=slug)
    )


def open_correction(
    office: Office,
    person: Person,
    slug: str,
    paper: Paper | None,
    *,
    planned: datetime | None,
    how: Asked,
) -> int | None:
    """Show a correction, ask, and open its mailing; None when nothing is to be begun."""
    from commands.approving import ask, tell_approvals, tell_opened
    from mailer.services.publishing import correcting

    shown = correcting.proposal(office, person, slug, paper=paper)
    if how.dry_run and how.as_json:
        tell_json(plain(shown))
        return None
    if not how.as_json:
        tell_correction(shown)
        tell_approvals(shown.approvals)
    if how.dry_run:
        tell_aside(_("Er is niets verstuurd."))
        return None
    ask(_("Verstuur je deze verbetering?"), yes=how.yes)
    done = correcting.correct(office, person, slug, approved=shown.digest, paper=paper, scheduled_at=planned)
    if how.as_json:
        tell_json({**plain(shown), "mailing": done.mailing or done.before, "deliveries": done.deliveries})
    elif done.mailing is None:
        tell(_("Deze verbetering is al uitgegeven: verzending {id}.", id=done.before))
    else:
        tell_opened(done)
    return done.mailing


def tell_correction(shown: Correction) -> None:
    """Each edition with its subject and readers, and what stays as it is."""
    for one in shown.editions:
        tell(_("{edition}: {subject}", edition=one.name, subject=one.subject))
        gets = ngettext(
            "{gets} van de {count} lezer die de fout heeft, krijgt dit.",
            "{gets} van de {count} lezers die de fout hebben, krijgen dit.",
            one.got,
            gets=one.gets,
        )
        tell(f"  {say(gets)}")
        if sentence := shown.said.get(one.locale):
            tell(f"  {say(_('Er staat boven wat er fout was: {sentence}', sentence=sentence))}")
    if not shown.said:
        tell(_("Boven de tekst staat alleen dat er een fout in zat; met ‘correction:’ in het nummer zeg je welke."))
    for name in shown.same:
        tell(_("{edition}: niet veranderd, dus niemand krijgt iets.", edition=name))
    for name in shown.unsent:
        tell(_("{edition}: niemand had dit al.", edition=name))
    if shown.unprinted:
        tell(
            ngettext(
                "{count} boekje wacht nog op de postkamer en wordt niet meer geprint. Geef daarna het nummer uit: dan "
                "komt het verbeterde boekje ervoor in de plaats.",
                "{count} boekjes wachten nog op de postkamer en worden niet meer geprint. Geef daarna het nummer uit: "
                "dan komen de verbeterde boekjes ervoor in de plaats.",
                shown.unprinted,
            )
        )


def plain(shown: Correction) -> dict[str, Any]:
    """For a script."""
    return {
        "issue": shown.slug,
        "editions": [_edition(one) for one in shown.editions],
        "same": list(shown.same),
        "unsent": list(shown.unsent),
        "sentence": dict(shown.said),
        "unprinted": shown.unprinted,
        "approvals": shown.approvals,
    }


def _edition(one: CorrectedEdition) -> dict[str, Any]:
    return {
        "audience": one.audience,
        "locale": one.locale,
        "channel": one.channel,
        "subject": one.subject,
        "have_the_mistake": one.got,
        "get_the_correction": one.gets,
        "approvals": one.approvals,
    }
