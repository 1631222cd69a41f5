"""What `postduif status` tells of an issue: how far it is, who approved what, and what is to be done next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from commands.approving import moment_of
from commands.telling import tell
from wording import Text, _

if TYPE_CHECKING:
    from mailer.services.office import Office
    from mailer.services.publishing.falling import Fallen
    from mailer.services.publishing.progress import LocaleStanding
    from mailer.services.publishing.standing import ApprovalStanding, Standing

NEXT = {
    "mend": _("Nu te doen: verbeter de fouten die `postduif check` noemt."),
    "extract": _("Nu te doen: zet de zinnen klaar voor de vertalers (`postduif extract`)."),
    "translate": _("Nu te doen: vertalen."),
    "review": _("Nu te doen: de vertalingen nakijken en goedkeuren."),
    "wait": _("De edities worden gemaakt; vraag het zo nog eens."),
    "approve": _("Nu te doen: goedkeuren (`postduif approve`)."),
    "publish": _("Nu te doen: uitgeven (`postduif publish`)."),
    "start": _("Nu te doen: de verzending beginnen."),
    "scheduled": _("De verzending wacht op haar tijdstip."),
    "follow": _("Het wordt nu verzonden."),
    "resume": _("De verzending staat stil; hervat haar of breek haar af."),
    "print": _("Nu te doen, door de postkamer: printen en posten."),
    "done": _("Alles is verzonden."),
}
"""Words for every step of `mailer.services.publishing.steps.Step`."""


def tell_standing(office: Office, found: Standing, fell: Fallen | None = None) -> None:
    """Line by line."""
    for one in found.locales:
        tell(_of_locale(one))
    for approval in found.approvals:
        tell(_of_approval(office, approval, is_rendered=found.is_rendered))
    if found.approvals and found.unapproved:
        tell(_("Nog niet goedgekeurd: {editions}.", editions=", ".join(found.unapproved)))
    for said in said_of(fell) if fell else ():
        tell(said)
    tell(NEXT[found.next])


def said_of(fell: Fallen) -> Iterator[Text]:
    """Which approvals of an issue fell, and why; `postduif upgrade` says it too."""
    if fell.look:
        yield _only_look(fell)
    if fell.words:
        yield _(
            "{slug}: in {editions} staat iets anders dan wat goedgekeurd is, of van toen is niet bewaard wat er stond. "
            "De goedkeuring daarvan geldt niet: lees het en keur het opnieuw goed.",
            slug=fell.slug,
            editions=", ".join(fell.words),
        )


def _only_look(fell: Fallen) -> Text:
    return _(
        "{slug}: in {editions} is geen woord veranderd, alleen hoe het eruitziet. De goedkeuring daarvan vervalt: "
        "bekijk het en keur het opnieuw goed.",
        slug=fell.slug,
        editions=", ".join(fell.look),
    )


def standing_as_data(found: Standing, fell: Fallen | None = None) -> dict[str, Any]:
    """For a script. `approvals` is null while nothing can be approved."""
    return {
        "issue": found.slug,
        "next": found.next,
        "errors": found.errors,
        "warnings": found.warnings,
        "locales": [
            {
                "locale": one.locale,
                "total": one.total,
                "translated": one.translated + one.approved,
                "approved": one.approved,
                "held": one.held,
            }
            for one in found.locales
        ],
        "approvals": [
            {"by": one.by, "at": one.at.isoformat(), "valid": one.valid, "changed": one.changed}
            for one in found.approvals
        ]
        if found.is_rendered
        else None,
        "unapproved": found.unapproved,
        "only_look": fell.look if fell else [],
    }


def _of_locale(one: LocaleStanding) -> Text:
    if one.held:
        return _("{locale}: wacht; {reasons}", locale=one.locale, reasons="; ".join(one.reasons))
    return _(
        "{locale}: {done} van {total} vertaald, {approved} goedgekeurd.",
        locale=one.locale,
        done=one.translated + one.approved,
        total=one.total,
        approved=one.approved,
    )


def _of_approval(office: Office, one: ApprovalStanding, *, is_rendered: bool) -> Text:
    at = moment_of(office, one.at)
    if not is_rendered:
        return _("Goedgekeurd door {person} op {moment}.", person=one.by, moment=at)
    if not one.changed:
        return _("Goedgekeurd door {person} op {moment}, zoals het nu is.", person=one.by, moment=at)
    return _(
        "Goedgekeurd door {person} op {moment}; sindsdien veranderd: {changed}.",
        person=one.by,
        moment=at,
        changed=", ".join(one.changed),
    )
