"""Send an approved issue: five questions with their answers, and an envelope that says what its button does."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response as FlaskResponse
from flask import request
from werkzeug.wrappers import Response

from mailer.planning import Which
from mailer.services.publishing import approval, publish, review
from mailer.services.publishing.approval import Proposal
from mailer.services.publishing.links import Fate, try_links
from mailer.services.publishing.oddities import oddities
from mailer.services.sending import moments
from mailer.services.translating import release
from mailer.services.translating.release import NotReadyError
from mailer.services.writing import proofs
from web.staff.administration.organisation import second_said
from web.staff.here import Here
from web.staff.issues.issue import bar_of
from web.staff.naming import language_said
from web.staff.sending import review_said
from wording import Text, _
from wording.errors import CarrierError, ConflictError, ContentError, InvalidInputError, NotAllowedError, NotFoundError

CHOICES = ("wait", "leave_out", "all")
"""What happens with a language that is not ready: it waits, its sections that are not ready stay away, or all waits."""


def send(here: Here, slug: str) -> Response:
    """GET asks the questions. POST opens one mailing of what was shown, in ten minutes or at a moment.

    Asked for by its script it is how far the count is, and nothing once that is done.
    """
    if request.headers.get("HX-Request"):
        return FlaskResponse(review_said.going(here, review.review(here.office, here.person, slug)))
    if request.method != "POST":
        return _page(here, slug)
    try:
        at = _moment(here)
        shown = request.form.get("readers", "")
        done = publish.publish(
            here.office,
            here.person,
            slug,
            approved=request.form.get("seen", "")[:20_000],
            scheduled_at=at,
            seen=int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 12 else None,
        )
    except moments.TwiceError as error:
        return _page(here, slug, 409, problem=error.text, twice=True)
    except ConflictError as error:
        with suppress(ContentError):  # the page says that itself
            review.review(here.office, here.person, slug, anew=True)
        return _page(here, slug, 409, problem=error.text)
    except (NotAllowedError, InvalidInputError, NotReadyError) as error:
        return _page(here, slug, 409, problem=error.text)
    if (mailing := done.mailing or done.before) is None:
        return _page(here, slug, problem=_("Iedereen die dit nummer krijgt, heeft het al. Er is niets verstuurd."))
    return here.go("mailing", number=mailing)


def language(here: Here, slug: str) -> Response:
    """What happens with a language that is not ready."""
    locale, choice = request.form.get("locale", "")[:20], request.form.get("choice", "")
    reason = here.say(_("gekozen bij het versturen"))
    try:
        if choice == "wait":
            release.wait(here.office, here.person, slug, locale, reason=reason)
        elif choice in CHOICES:
            release.undo(here.office, here.person, slug, locale)
            if choice == "leave_out":
                release.leave_out(here.office, here.person, slug, locale, reason=reason)
        else:
            raise InvalidInputError(_("Kies uit de lijst."))
    except (ConflictError, InvalidInputError) as error:
        return _page(here, slug, 409, problem=error.text)
    return here.go("send", slug=slug, _anchor="q3")


def proof(here: Here, slug: str) -> Response:
    """One edition to whoever asks, or to the colleagues they tick, with [TEST] before its subject."""
    audience, _dash, locale = request.form.get("edition", "")[:100].partition("/")
    ticked = set(request.form.getlist("to"))
    to = [one for one in review_said.colleagues(here) if str(one.uid) in ticked]
    try:
        if not to:
            raise InvalidInputError(_("Kies minstens één collega die de proef krijgt."))
        sent = proofs.send_proof(here.office, here.person, slug, audience=audience, locale=locale, to=to)
    except (CarrierError, InvalidInputError, NotFoundError) as error:
        return _page(here, slug, 409, problem=error.text)
    for one in sent:
        if not one.accepted:
            words = _("De proef voor {name} is niet aangenomen: {answer}", name=one.name, answer=one.answer)
            return _page(here, slug, 409, problem=words)
    return here.go("send", slug=slug, _anchor="q4")


def recount(here: Here, slug: str) -> Response:
    """Count again what was counted before."""
    review.review(here.office, here.person, slug, anew=True)
    return here.go("send", slug=slug)


def links(here: Here, slug: str) -> Response:
    """What became of each link, tried now because someone asks."""
    tried = try_links(here.office, here.person, slug)
    return here.page(
        "sending/links",
        **bar_of(here, slug),
        rows=[
            {
                "href": one.href,
                "well": one.fate is Fate.WELL,
                "said": here.say(review_said.fate_words(one.fate)),
                "status": one.status or "",
            }
            for one in tried
        ],
    )


def _moment(here: Here) -> datetime:
    """The moment that was chosen, in the zone of the organisation; now is in ten minutes. Raises InvalidInputError."""
    if request.form.get("when") != "at":
        return moments.soon(here.office)
    typed = f"{request.form.get('day', '')[:10]}T{request.form.get('time', '')[:8]}"
    which = next((one for one in Which if one == request.form.get("which")), None)
    return moments.moment(here.office, typed, which)


def _page(here: Here, slug: str, status: int = 200, *, problem: Text | None = None, twice: bool = False) -> Response:
    try:
        counted = review.review(here.office, here.person, slug)
        languages = release.status(here.office, here.person, slug)
        found, waits_for = _proposal(here, slug)
    except ContentError as error:
        lines = [{"where": str(one.place), "text": here.say(one.text)} for one in error.problems]
        return here.page("issues/not_ready", slug=slug, title=slug, lines=lines)
    soon = moments.soon(here.office)
    mail, post = counted.by_mail, counted.by_post
    return here.page(
        "sending/send",
        status,
        **bar_of(here, slug),
        heading=here.say(review_said.heading(counted)),
        counted=counted,
        going=review_said.going(here, counted),
        readers=review_said.editions(here, slug, counted),
        without=review_said.without(here, slug, counted),
        odd=[here.say(one) for one in oddities(here.office, here.person, slug, counted, soon)],
        languages=review_said.languages(here, languages, counted),
        not_ready=[language_said(here, one) for one in waits_for],
        proofs=review_said.proofs(here, proofs.proofs_of(here.office, here.person, slug)),
        colleagues=review_said.colleagues(here),
        proposal=found,
        asked=_asked(here, soon),
        twice=twice,
        quiet=here.office.policy.quiet,
        zone=here.office.house.time_zone,
        soon_said=here.moment(soon),
        now_said=here.say(review_said.envelope(mail, post)),
        each_said=review_said.each(here, counted),
        shown_readers=mail + post,
        button_said=here.say(review_said.button(mail + post)),
        plan_said=here.say(review_said.plan(mail + post)),
        reaches=mail + post > 0,
        may_send=found is not None and (found.approvals > 0 or not here.office.policy.four_eyes),
        **second_said(here),
        asks_code=here.session is not None and not here.session.is_fresh(here.office.clock()),
        problem=problem,
    )


def _proposal(here: Here, slug: str) -> tuple[Proposal | None, list[str]]:
    """What would go, or the languages that it waits for. Raises ContentError for a text with errors."""
    try:
        return approval.proposal(here.office, here.person, slug), []
    except NotReadyError:
        found = release.status(here.office, here.person, slug)
        return None, [locale for locale, one in found.items() if one.problems]


def _asked(here: Here, soon: datetime) -> dict[str, str]:
    """What was typed, or what is proposed."""
    local = soon.astimezone(ZoneInfo(here.office.house.time_zone))
    form = request.form
    return {
        "when": "at" if form.get("when") == "at" else "now",
        "day": form.get("day", f"{local:%Y-%m-%d}")[:10],
        "time": form.get("time", f"{local:%H:%M}")[:8],
    }
