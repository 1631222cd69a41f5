"""One issue: the way it goes, the one next step, every edition, checks, who does what, and what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import request
from werkzeug.wrappers import Response

from mailer.organisation import Channel
from mailer.services.publishing import overview
from mailer.services.publishing.overview import Overview
from mailer.services.publishing.progress import LocaleStanding
from mailer.services.publishing.steps import Step
from mailer.services.publishing.trail import CellState, Matrix
from mailer.services.translating import following
from mailer.services.writing import checks, dismissals
from mailer.services.writing.dismissals import Dismissed
from staff.permissions import Permission, may
from web.staff.here import Here
from web.staff.issues import editions_said, steps
from web.staff.naming import audience_title, issue_title, language_said, locale_name
from wording import Text, _, ngettext
from wording.errors import ContentError, Problem, Severity

_SHOWN = 5
"""Checks that the page names itself; all are on a page of their own."""
_LISTED = 500
_TOLD = 6
"""Things that happened."""


def issue(here: Here, slug: str) -> Response:
    """One issue. Asked for by htmx it is the part that changes alone. Raises NotFoundError."""
    found = overview.overview(here.office, here.person, slug)
    name = "issues/_issue" if request.headers.get("HX-Request") else "issues/issue"
    problems = checks.check_text(here.office, slug)
    return here.page(name, **values(here, found), **_checked(here, slug, problems, _SHOWN))


def prepare(here: Here, slug: str) -> Response:
    """Make the sentences ready for the translators."""
    try:
        following.update_issue(here.office, here.person, slug)
    except ContentError:
        return here.go("checks", slug=slug)
    return here.go("issue", slug=slug)


def all_checks(here: Here, slug: str) -> Response:
    """Everything there is to say about an issue, also what takes longer: how large its mails are."""
    found = overview.overview(here.office, here.person, slug)
    try:
        problems = checks.check(here.office, slug)
    except ContentError as error:
        problems = list(error.problems)
    return here.page("issues/checks", **bar(here, found), **_checked(here, slug, problems, _LISTED, stays=True))


def values(here: Here, found: Overview) -> dict[str, object]:
    """What the page of an issue shows of it, but for its checks."""
    panel = steps.panel(here, found.found, found.own)
    return {
        **bar(here, found),
        "panel": panel,
        "waits": found.found.next is Step.WAIT and not found.found.mailings,
        "locales": [(code, locale_name(here, code)) for code in found.editions.locales],
        "rows": [*_rows(here, found.editions, found.found.slug)],
        "people": [*_people(here, found)],
        "blocks": editions_said.blocking_lines(here, found.found.slug, found.blockers),
        "happened": editions_said.happened(here, found.happened[:_TOLD]),
        "picked": sum(found.found.picks.values()),
    }


def bar(here: Here, found: Overview) -> dict[str, object]:
    """What stands above every page of an issue."""
    slug = found.found.slug
    may_send = may(here.person, Permission.PUBLISH_ISSUES)
    mailing = found.own.mailing if may(here.person, Permission.SEE_MAILINGS) else None
    return {
        "slug": slug,
        "title": issue_title(here, slug),
        "appears": here.day(found.found.day) if found.found.day else "",
        "legs": editions_said.legs(here, slug, found.trail, may_send=may_send, mailing=mailing),
    }


def bar_of(here: Here, slug: str) -> dict[str, object]:
    """The same above a page that needs nothing else of the issue. Raises NotFoundError."""
    found = overview.glimpse(here.office, here.person, slug)
    may_send = may(here.person, Permission.PUBLISH_ISSUES)
    mailing = found.mailing if may(here.person, Permission.SEE_MAILINGS) else None
    return {
        "slug": slug,
        "title": issue_title(here, slug),
        "appears": here.day(found.day) if found.day else "",
        "legs": editions_said.legs(here, slug, found.trail, may_send=may_send, mailing=mailing),
    }


def _rows(here: Here, editions: Matrix, slug: str) -> Iterator[dict[str, object]]:
    for row in editions.rows:
        yield {
            "title": audience_title(here, row.audience),
            "on_paper": row.channel is Channel.POST,
            "cells": [
                None
                if one is None
                else {
                    "shown": editions_said.shown(here, one),
                    "note": editions_said.note(here, one),
                    "bars": editions_said.bars(one) if one.state in _COUNTED else [],
                    "counted": one.state in _COUNTED,
                    "said": here.say(_("{done} van {total}", done=one.done, total=one.total)),
                    "language": locale_name(here, one.locale),
                    "path": f"/staff/issues/{slug}/edition/{row.audience}/{one.locale}",
                }
                for one in row.cells
            ],
        }


_COUNTED = (CellState.STOPS, CellState.CHANGED, CellState.PART, CellState.READ)
"""States of a translation that is counted in sentences."""


def _people(here: Here, found: Overview) -> Iterator[dict[str, object]]:
    """Who translates what by when, and who approved; what no one was asked for is said too."""
    for one in found.found.locales:
        for name in one.names or ("",):
            due = here.say(_("inleveren uiterlijk {day}", day=here.day(one.due))) if one.due else ""
            yield {"name": name, "words": here.say(_task(here, one, name)), "note": due, **_progress(here, one)}
    for each in found.found.approvals:
        void = found.found.is_rendered and (bool(each.changed) or not each.valid)
        count = len(each.valid) or len(each.changed)
        yield {
            "name": each.by,
            "words": here.say(ngettext("keurde {count} editie goed", "keurde {count} edities goed", count)),
            "note": here.moment(each.at),
            "mark": "warn" if void else "ok",
            "tone": "warn" if void else "ok",
            "percent": 0,
            "said": here.say(_("vervallen") if void else _("goedgekeurd")),
        }


def _task(here: Here, one: LocaleStanding, name: str) -> Text:
    language = language_said(here, one.locale)
    if name:
        return _("vertaalt {language}", language=language)
    if one.is_ready:
        return _("Vertaling: {language}", language=language)
    return _("{language}: nog niemand gevraagd", language=language)


def _progress(here: Here, one: LocaleStanding) -> dict[str, object]:
    percent = (one.approved + one.translated) * 100 // one.total if one.total else 0
    if one.held:
        mark, tone, said = "wait", "quiet", here.say(_("wordt tegengehouden"))
    elif one.is_ready:
        mark, tone, said = "ok", "ok", here.say(_("klaar"))
    elif percent == 100:
        mark, tone, said = "part", "quiet", here.say(_("na te lezen"))
    else:
        mark, tone, said = "part", "quiet", f"{percent}%"
    return {"mark": mark, "tone": tone, "percent": percent, "said": said}


def _checked(
    here: Here, slug: str, problems: Sequence[Problem], most: int, *, stays: bool = False
) -> dict[str, object]:
    """The checks, the errors first; with `stays` also what may stay, last."""
    judged = dismissals.with_reasons(here.office, here.person, slug, problems)
    ordered = sorted(judged, key=lambda one: (one[1] is not None, one[0].severity is not Severity.ERROR))
    shown = [one for one in ordered if stays or one[1] is None]
    return {"checks": [_line(here, *one) for one in shown[:most]], "more_checks": max(0, len(shown) - most)}


def _line(here: Here, problem: Problem, stays: Dismissed | None) -> dict[str, str]:
    line = {"where": str(problem.place), "text": here.say(problem.text), "stays": stays.reason if stays else ""}
    if stays is not None:
        return {**line, "mark": "ok", "by": stays.by or here.say(_("iemand")), "at": here.moment(stays.at)}
    return {**line, "mark": "stop" if problem.severity is Severity.ERROR else "warn"}
