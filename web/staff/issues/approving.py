"""The approval: every edition as it will leave, what changed since the last one, and one button."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from mailer.services.publishing import approval
from mailer.services.publishing.approval import Change, Proposal
from staff.permissions import Permission, may
from web.staff.here import Here
from web.staff.naming import audience_title, issue_title, locale_name
from wording import Text, _, ngettext
from wording.errors import ConflictError, ContentError

CHANGES = {
    Change.NEW: _("nieuw"),
    Change.CHANGED: _("veranderd"),
    Change.SAME: _("zoals goedgekeurd"),
}


def approve(here: Here, slug: str) -> Response:
    """GET shows what would be approved. POST approves what was shown, and nothing else."""
    if request.method == "POST":
        try:
            approval.approve(here.office, here.person, slug, seen=request.form.get("seen", "")[:20_000])
        except ConflictError as error:
            return _page(here, slug, 409, problem=error.text)
        return here.go("approve", slug=slug)
    return _page(here, slug)


def _page(here: Here, slug: str, status: int = 200, *, problem: Text | None = None) -> Response:
    try:
        found = approval.proposal(here.office, here.person, slug)
    except ContentError as error:
        lines = [{"where": str(one.place), "text": here.say(one.text)} for one in error.problems]
        return here.page("issues/not_ready", slug=slug, title=issue_title(here, slug), lines=lines)
    return here.page(
        "issues/approve",
        status,
        slug=slug,
        title=issue_title(here, slug),
        proposal=found,
        editions=rows(here, found),
        may_approve=may(here.person, Permission.APPROVE_ISSUES),
        may_send=may(here.person, Permission.PUBLISH_ISSUES),
        approvals_said=here.say(
            ngettext(
                "{count} persoon keurde precies dit goed.", "{count} mensen keurden precies dit goed.", found.approvals
            )
            if found.approvals
            else _("Niemand keurde dit goed, zoals het nu is.")
        ),
        button_said=here.say(ngettext("Keur deze editie goed", "Keur deze {count} edities goed", len(found.editions))),
        problem=problem,
    )


def rows(here: Here, found: Proposal) -> list[dict[str, object]]:
    """The editions of a proposal, as a table shows them."""
    return [
        {
            "audience": one.audience,
            "title": audience_title(here, one.audience),
            "locale": one.locale,
            "language": locale_name(here, one.locale),
            "subject": one.subject,
            "words": one.words,
            "pages": one.pages,
            "change": one.change.value,
            "said": here.say(CHANGES[one.change]),
        }
        for one in found.editions
    ]
