"""Afterwards: the figures of an issue, beside the five before it, as table, drawing and CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from flask import make_response, request
from werkzeug.wrappers import Response

from mailer.services.publishing import archive
from mailer.services.sending import figures as service
from mailer.services.sending import overview
from mailer.services.sending.figures import IssueFigures
from staff.permissions import Permission, may
from web.staff.here import Here
from web.staff.naming import audience_title, issue_title, locale_name
from web.staff.sending import following_said
from web.staff.sending.mailings import way
from wording import Text, _, ngettext
from wording.errors import ConflictError, ContentError, NotFoundError

FIGURES: tuple[tuple[str, Text], ...] = (
    ("sent", _("Verstuurd")),
    ("accepted", _("Aangenomen")),
    ("refused", _("Geweigerd")),
    ("uncertain", _("Onzeker")),
    ("left", _("Afgemeld")),
    ("complaints", _("Klachten")),
)
_DRAWN = ("sent", "refused", "left", "complaints")
_HIGH, _STEP, _WIDE = 58.0, 44, 30
"""Of a bar chart, in its own units: the highest bar, from bar to bar, and how wide one is."""


def figures(here: Here, number: int) -> Response:
    """GET shows them. POST puts the issue on show in the archive, or withdraws it."""
    if request.method != "POST":
        return _page(here, number)
    found = overview.mailing(here.office, here.person, number)
    try:
        if request.form.get("do") == "withdraw":
            archive.withdraw(here.office, here.person, found.issue)
        else:
            archive.show(here.office, here.person, found.issue, request.form.get("audience", "")[:60])
    except (ConflictError, ContentError, NotFoundError) as error:
        return _page(here, number, 409, problem=error.text)
    return here.go("figures", number=number)


def table(here: Here, number: int) -> Response:
    """The same as CSV: a row for each edition of each issue."""
    found = service.figures(here.office, here.person, number)
    text = StringIO()
    rows = csv.writer(text)
    rows.writerow(["issue", "audience", "locale", "sent", "accepted", "refused", "uncertain", "left"])
    for issue in found.issues:
        for one in issue.editions:
            numbers = (one.sent, one.accepted, one.refused, one.uncertain, one.left)
            rows.writerow([issue.issue, one.audience, one.locale, *numbers])
    response = make_response(text.getvalue())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="figures-{number}.csv"'
    return response


def _page(here: Here, number: int, status: int = 200, *, problem: Text | None = None) -> Response:
    mailing = overview.mailing(here.office, here.person, number)
    found = service.figures(here.office, here.person, number)
    this = found.issues[0] if found.issues else None
    return here.page(
        "sending/figures",
        status,
        mailing=mailing,
        **way(here, mailing.issue),
        heading=here.say(_heading(this)),
        columns=[here.say(words) for _name, words in FIGURES],
        totals=[(words, this.total(name)) for name, words in _said(here)[:-1]] if this else [],
        complaints=this.complaints if this else 0,
        editions=_editions(here, this) if this else [],
        issues=[(issue_title(here, one.issue), here.moment(one.begun), _numbers(one)) for one in found.issues],
        charts=_charts(here, found.issues),
        refused=[one for one in following_said.said(here, mailing) if not one["later"]],
        problem=problem,
        **_archive(here, mailing.issue, this),
    )


def _heading(this: IssueFigures | None) -> Text:
    accepted, sent = (this.total("accepted"), this.total("sent")) if this else (0, 0)
    return ngettext(
        "{accepted} van {count} e-mail is aangenomen",
        "{accepted} van {count} e-mails zijn aangenomen",
        sent,
        accepted=accepted,
    )


def _archive(here: Here, slug: str, this: IssueFigures | None) -> dict[str, object]:
    """For whoever may put an issue on show: for which audience it is, and for which it may be."""
    if not may(here.person, Permission.SHOW_IN_ARCHIVE):
        return {"may_show": False}
    shown = archive.on_show(here.office, here.person)
    public = [audience_title(here, one.audience) for one in shown if one.issue == slug]
    mailed = dict.fromkeys(one.audience for one in this.editions) if this else {}
    return {
        "may_show": True,
        "on_show": public,
        "audiences": [(audience, audience_title(here, audience)) for audience in mailed],
    }


def _said(here: Here) -> list[tuple[str, str]]:
    return [(name, here.say(words)) for name, words in FIGURES]


def _numbers(one: IssueFigures) -> list[int]:
    return [one.complaints if name == "complaints" else one.total(name) for name, _words in FIGURES]


def _editions(here: Here, this: IssueFigures) -> list[dict[str, object]]:
    return [
        {
            "title": audience_title(here, one.audience),
            "locale": one.locale,
            "language": locale_name(here, one.locale),
            "numbers": [one.sent, one.accepted, one.refused, one.uncertain, one.left],
        }
        for one in this.editions
    ]


def _charts(here: Here, issues: Sequence[IssueFigures]) -> list[dict[str, object]]:
    """A bar chart for each figure, the oldest issue first; the table beside them says the same in numbers."""
    charts = []
    for name, words in FIGURES:
        if name not in _DRAWN:
            continue
        values = [(one.issue.rpartition("-")[2], _numbers(one)[_place(name)]) for one in reversed(issues)]
        most = max((value for _label, value in values), default=0) or 1
        bars = [
            {
                "label": label,
                "value": value,
                "x": 6 + at * _STEP,
                "height": round(value * _HIGH / most, 1),
                "top": round(74 - value * _HIGH / most, 1),
                "now": at == len(values) - 1,
            }
            for at, (label, value) in enumerate(values)
        ]
        said = ", ".join(f"{label}: {value}" for label, value in values)
        charts.append({"title": here.say(words), "said": f"{here.say(words)}: {said}", "bars": bars, "wide": _WIDE})
    return charts


def _place(name: str) -> int:
    return [known for known, _words in FIGURES].index(name)
