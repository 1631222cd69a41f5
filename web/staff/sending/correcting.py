"""Correct a mistake that was sent: what changed, how readers hear of it, who gets it; approved and sent from here."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from werkzeug.wrappers import Response

from mailer.organisation import Channel, Paper
from mailer.services.publishing import correcting
from mailer.services.publishing.correcting import Correction, PaperWantedError
from mailer.services.sending import moments
from staff.permissions import Permission, may
from web.staff.here import Here
from web.staff.issues.approving import changed_words
from web.staff.naming import audience_title, issue_title, locale_name
from web.staff.sending.mailings import way
from web.staff.sending.review_said import readers
from wording import Text, _, ngettext
from wording.errors import ConflictError, ContentError, InvalidInputError, NotAllowedError

PAPERS = {
    Paper.RUN: (_("Het hele boekje opnieuw"), _("De postkamer print het in een eigen printopdracht.")),
    Paper.LEAF: (_("Eén blad"), _("Met de zin die zegt wat er fout was. Het boekje houden ze.")),
    Paper.NONE: (_("Niets"), _("Dan weten lezers per post niet van de fout.")),
}


def correct(here: Here, slug: str) -> Response:
    """GET shows what a correction would be. POST opens its mailing, in ten minutes."""
    if request.method != "POST":
        return _page(here, slug)
    seen, paper = _asked()
    try:
        done = correcting.correct(
            here.office, here.person, slug, approved=seen, paper=paper, scheduled_at=moments.soon(here.office)
        )
    except (ConflictError, NotAllowedError, InvalidInputError) as error:
        return _page(here, slug, 409, problem=error.text)
    return here.go("mailing", number=done.mailing or done.before)


def approve(here: Here, slug: str) -> Response:
    """Approve the correction that was shown."""
    seen, paper = _asked()
    try:
        correcting.approve(here.office, here.person, slug, seen=seen, paper=paper)
    except (ConflictError, InvalidInputError) as error:
        return _page(here, slug, 409, problem=error.text)
    return here.go("correct", slug=slug, paper=paper)


def _asked() -> tuple[str, Paper | None]:
    chosen = request.values.get("paper", "")
    return request.form.get("seen", "")[:20_000], next((one for one in Paper if one == chosen), None)


def _page(here: Here, slug: str, status: int = 200, *, problem: Text | None = None) -> Response:
    around = {**way(here, slug), "title": issue_title(here, slug)}
    _seen, paper = _asked()
    try:
        found, paper = _proposal(here, slug, paper)
    except ContentError as error:
        lines = [{"where": str(one.place), "text": here.say(one.text)} for one in error.problems]
        return here.page("issues/not_ready", slug=slug, title=issue_title(here, slug), lines=lines)
    except (ConflictError, InvalidInputError) as error:
        why = here.say(error.text)
        return here.page("sending/correct", status, **around, found=None, why=why, problem=None, paper=paper)
    mail, post = found.count(Channel.EMAIL), found.count(Channel.POST)
    return here.page(
        "sending/correct",
        status,
        **around,
        found=found,
        problem=problem,
        paper=paper,
        papers=[(one.value, *map(here.say, words)) for one, words in PAPERS.items()],
        rows=_rows(here, found),
        differences=changed_words(here, slug, found.editions),
        said=[(locale, sentence) for locale, sentence in found.said.items()],
        unsent=_titles(here, found.unsent),
        same=_titles(here, found.same),
        unprinted_said=here.say(_unprinted(found.unprinted)),
        approve_said=here.say(_("Keur deze verbetering goed")),
        send_said=here.say(
            ngettext(
                "Verstuur de verbetering aan {count} lezer",
                "Verstuur de verbetering aan {count} lezers",
                mail + post,
            )
        ),
        envelope_said=here.say(_envelope(mail, post)),
        reaches=mail + post > 0,
        may_approve=may(here.person, Permission.APPROVE_ISSUES),
        may_send=may(here.person, Permission.PUBLISH_ISSUES),
        is_approved=found.approvals > 0 or not here.office.policy.four_eyes,
        waived=not here.office.policy.four_eyes,
        soon_said=here.moment(moments.soon(here.office)),
        asks_code=here.session is not None and not here.session.is_fresh(here.office.clock()),
    )


def _proposal(here: Here, slug: str, paper: Paper | None) -> tuple[Correction, Paper | None]:
    """With the whole booklet for readers by post, until something else is chosen."""
    try:
        return correcting.proposal(here.office, here.person, slug, paper=paper), paper
    except PaperWantedError:
        return correcting.proposal(here.office, here.person, slug, paper=Paper.RUN), Paper.RUN


def _rows(here: Here, found: Correction) -> list[dict[str, object]]:
    return [
        {
            "title": audience_title(here, one.audience),
            "path": f"/staff/issues/{found.slug}/edition/{one.audience}/{one.locale}",
            "locale": one.locale,
            "language": locale_name(here, one.locale),
            "subject": one.subject,
            "got": one.got,
            "gets": one.gets,
            "on_paper": one.channel is Channel.POST,
        }
        for one in found.editions
    ]


def _titles(here: Here, names: Sequence[str]) -> list[tuple[str, str]]:
    """The audience and the language of editions, from their names."""
    parts = [name.removesuffix(")").rsplit(" (", 1) for name in names]
    return [(audience_title(here, audience), locale) for audience, locale in parts]


def _envelope(mail: int, post: int) -> Text:
    if not post:
        return _("De verbetering gaat per e-mail naar {mail}", mail=readers(mail))
    if not mail:
        return _("De verbetering gaat per post naar {post}", post=readers(post))
    return _(
        "De verbetering gaat per e-mail naar {mail} en per post naar {post}", mail=readers(mail), post=readers(post)
    )


def _unprinted(count: int) -> Text:
    return ngettext(
        "{count} boekje wacht op de postkamer en wordt niet meer geprint. Verstuur het nummer daarna aan wie het niet "
        "kreeg.",
        "{count} boekjes wachten op de postkamer en worden niet meer geprint. Verstuur het nummer daarna aan wie het "
        "niet kreeg.",
        count,
    )
