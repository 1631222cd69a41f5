"""Send an approved issue: who gets it, when, and a button that says so. Sending is a page of its own."""

from __future__ import annotations

from datetime import datetime

from flask import request
from werkzeug.wrappers import Response

from mailer.planning import instant
from mailer.services.publishing import approval, publish, reach
from mailer.services.sending import orders
from web.staff.here import Here
from web.staff.issues.approving import rows
from web.staff.naming import audience_title, issue_title, locale_name
from wording import Text, _, ngettext
from wording.errors import ConflictError, ContentError, InvalidInputError, NotAllowedError


def send(here: Here, slug: str) -> Response:
    """GET asks the questions. POST opens one mailing of what was shown, now or at a moment."""
    if request.method != "POST":
        return _page(here, slug)
    try:
        at = _moment(here)
        done = publish.publish(
            here.office, here.person, slug, approved=request.form.get("seen", "")[:20_000], scheduled_at=at
        )
    except (ConflictError, NotAllowedError, InvalidInputError) as error:
        return _page(here, slug, 409, problem=error.text)
    if done.mailing is None:
        return _page(here, slug, problem=_("Iedereen die dit nummer krijgt, heeft het al. Er is niets verstuurd."))
    orders.start(here.office, here.person, done.mailing)
    return here.go("mailing", number=done.mailing)


def _moment(here: Here) -> datetime | None:
    """The moment that was chosen, in the zone of the organisation; None for now. Raises InvalidInputError."""
    if request.form.get("when") != "at":
        return None
    try:
        wall = datetime.fromisoformat(request.form.get("at", "")[:25]).replace(tzinfo=None)
    except ValueError:
        raise InvalidInputError(_("Vul een dag en een tijd in.")) from None
    at = instant(wall, here.office.house.time_zone)
    if at <= here.office.clock():
        raise InvalidInputError(_("Dat moment is al geweest. Kies een later moment, of verstuur nu."))
    return at


def _envelope(by_mail: int, by_post: int) -> Text:
    """What the button will do, in a sentence."""
    if not by_post:
        return _("Dit gaat per e-mail naar {mail}.", mail=_people(by_mail))
    if not by_mail:
        return _("Dit gaat per post naar {post}. De postkamer print het.", post=_people(by_post))
    return _("Dit gaat naar {mail} per e-mail en naar {post} per post.", mail=_people(by_mail), post=_people(by_post))


def _people(count: int) -> Text:
    return ngettext("{count} lezer", "{count} lezers", count)


def _page(here: Here, slug: str, status: int = 200, *, problem: Text | None = None) -> Response:
    try:
        found = approval.proposal(here.office, here.person, slug)
    except ContentError as error:
        lines = [{"where": str(one.place), "text": here.say(one.text)} for one in error.problems]
        return here.page("issues/not_ready", slug=slug, title=issue_title(here, slug), lines=lines)
    counted = reach.reach(here.office, here.person, slug)
    readers = [
        {
            "title": audience_title(here, one.audience),
            "locale": one.locale,
            "language": locale_name(here, one.locale),
            "count": one.readers,
            "on_paper": one.on_paper,
        }
        for one in counted
    ]
    by_mail = sum(one.readers for one in counted if not one.on_paper)
    by_post = sum(one.readers for one in counted if one.on_paper)
    return here.page(
        "sending/send",
        status,
        slug=slug,
        title=issue_title(here, slug),
        proposal=found,
        editions=rows(here, found),
        readers=readers,
        envelope_said=here.say(_envelope(by_mail, by_post)),
        button_said=here.say(ngettext("Verstuur aan {count} lezer", "Verstuur aan {count} lezers", by_mail + by_post)),
        reaches=by_mail + by_post > 0,
        may_send=found.approvals > 0 or not here.office.policy.four_eyes,
        zone=here.office.house.time_zone,
        problem=problem,
    )
