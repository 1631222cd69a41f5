"""The approval: every edition as it will leave, what changed since the last one, and one button."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from werkzeug.wrappers import Response

from mailer.services.publishing import approval, changes, overview
from mailer.services.publishing.approval import Change, Proposal, ProposedEdition
from mailer.services.publishing.correcting import CorrectedEdition
from mailer.services.publishing.overview import Overview
from mailer.services.writing.history import Part
from staff.permissions import Permission, may
from web.staff.administration.organisation import second_said
from web.staff.here import Here
from web.staff.issues.issue import bar
from web.staff.naming import audience_title, issue_title, locale_name
from wording import Text, _, ngettext
from wording.errors import ConflictError, ContentError, InvalidInputError

CHANGES = {
    Change.NEW: _("nieuw"),
    Change.CHANGED: _("veranderd"),
    Change.SAME: _("zoals goedgekeurd"),
}


def approve(here: Here, slug: str) -> Response:
    """GET shows what would be approved. POST approves what was shown, and nothing else."""
    if request.method == "POST" and request.form.get("do") == "send_back":
        return _send_back(here, slug)
    if request.method == "POST":
        try:
            approval.approve(here.office, here.person, slug, seen=request.form.get("seen", "")[:20_000])
        except ConflictError as error:
            return _page(here, slug, 409, problem=error.text)
        return here.go("approve", slug=slug)
    return _page(here, slug)


def _send_back(here: Here, slug: str) -> Response:
    try:
        count = approval.send_back(here.office, here.person, slug, word=request.form.get("word", ""))
    except InvalidInputError as error:
        return _page(here, slug, 409, problem=error.text)
    said = ngettext("Je vraag is gemaild aan {count} redacteur.", "Je vraag is gemaild aan {count} redacteuren.", count)
    return _page(here, slug, done=said)


def _page(
    here: Here, slug: str, status: int = 200, *, problem: Text | None = None, done: Text | None = None
) -> Response:
    try:
        found = approval.proposal(here.office, here.person, slug)
    except ContentError as error:
        lines = [{"where": str(one.place), "text": here.say(one.text)} for one in error.problems]
        return here.page("issues/not_ready", slug=slug, title=issue_title(here, slug), lines=lines)
    around = overview.overview(here.office, here.person, slug)
    return here.page(
        "issues/approve",
        status,
        **bar(here, around),
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
        done=here.say(done) if done else "",
        differences=_differences(here, slug, found),
        earlier=_earlier(here, around),
        **second_said(here),
        most_word=approval.MOST_WORD,
    )


_AROUND = 60
"""Characters of the text that stay around what changed."""


def _differences(here: Here, slug: str, found: Proposal) -> list[dict[str, object]]:
    """What changed in each edition since its approval; nothing is looked for where nothing did."""
    if not any(one.change is Change.CHANGED for one in found.editions):
        return []
    return changed_words(here, slug, found.editions)


def changed_words(
    here: Here, slug: str, shown: Iterable[ProposedEdition | CorrectedEdition]
) -> list[dict[str, object]]:
    """The words of each edition that are others than when it was approved last, with a little of those around them."""
    words = changes.all_changed_words(here.office, here.person, slug)
    return [
        {
            "title": audience_title(here, one.audience),
            "locale": one.locale,
            "parts": [(part.change.value, _shortened(part)) for part in words[one.name]],
        }
        for one in shown
        if one.name in words
    ]


def _shortened(part: Part) -> str:
    """Its words; of a long part that is the same, the beginning and the end."""
    if part.change.value != "same" or len(part.words) <= 2 * _AROUND + 3:
        return part.words
    return f"{part.words[:_AROUND]} … {part.words[-_AROUND:]}"


def _earlier(here: Here, around: Overview) -> list[dict[str, object]]:
    """Every approval of before: whose, when, and whether it holds; and if not, in what the issue changed."""
    return [
        {
            "by": one.by,
            "at": here.moment(one.at),
            "void": bool(one.changed) or not one.valid,
            "changed": ", ".join(one.changed),
            "typos": bool(one.typos),
        }
        for one in reversed(around.found.approvals)
    ]


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
