"""What came back: number, reason, Enter, and the next."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from mailer.services.post import centres, overview, pieces, progress
from mailer.services.post.words import ON_AN_ENVELOPE
from subscribers.addressee import SuspendedBecause
from web.staff.here import Here
from web.staff.naming import issue_title
from web.staff.post import said
from web.staff.post.runs import number_in
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, NotFoundError

_SHOWN = 20
"""Posted runs to choose from, the newest first."""


def returned(here: Here) -> Response:
    """GET shows the form; POST reports one envelope, or takes back what was reported today."""
    if request.method != "POST":
        return _page(here)
    run, number = number_in(request.form.get("run", "")), number_in(request.form.get("number", ""))
    try:
        if request.form.get("do") == "undo":
            pieces.undo_return(here.office, here.person, run, number)
            return here.go("returned", run=run, undone=number)
        pieces.returned(here.office, here.person, run, number, _because())
    except (ConflictError, InvalidInputError, NotFoundError) as error:
        return _page(here, 409 if isinstance(error, ConflictError) else 422, problem=error.text)
    return here.go("returned", run=run, told=number)


def _because() -> SuspendedBecause:
    """Raises InvalidInputError for what is on no envelope."""
    typed = request.form.get("because", "")
    if typed not in ON_AN_ENVELOPE:
        raise InvalidInputError(_("Kies wat er op de envelop staat."))
    return SuspendedBecause(typed)


def _page(here: Here, status: int = 200, *, problem: Text | None = None) -> Response:
    posted = [one for one in reversed(overview.runs(here.office, here.person)) if one.state == "posted"][:_SHOWN]
    today = progress.came_back_today(here.office, here.person)
    names = said.told_apart(centres.centres(here.office, here.person).values())
    chosen = number_in(request.values.get("run", "")) or (posted[0].run if posted else 0)
    told = number_in(request.args.get("told", ""))
    rows = [
        {
            "run": one.run,
            "number": one.number,
            "because": here.say(ON_AN_ENVELOPE[one.because]) if one.because in ON_AN_ENVELOPE else "",
            "centre": names.get(one.centre, here.say(_("gewist"))),
            "at": here.moment(one.at),
        }
        for one in today
    ]
    hints: dict[str, Text] = {
        "departed": _("niet meer in dit centrum"),
        "unknown": _("de naam kennen ze daar niet"),
        "refused": _("het centrum of de persoon nam haar niet aan"),
        "transferred": _("er staat een ander centrum op"),
    }
    return here.page(
        "post/returned",
        status,
        problem=problem,
        runs=[
            {
                "run": one.run,
                "said": here.say(_("{run}: {title}", run=one.run, title=issue_title(here, one.issue))),
                "pieces": one.pieces,
            }
            for one in posted
        ],
        chosen=chosen,
        most=next((one.pieces for one in posted if one.run == chosen), 0),
        told=next((row for row in rows if (row["run"], row["number"]) == (chosen, told)), None),
        undone=number_in(request.args.get("undone", "")),
        typed={"number": request.form.get("number", "")[:8], "because": request.form.get("because", "")}
        if problem
        else {"number": request.args.get("number", "")[:8], "because": ""},
        reasons=[(code, here.say(ON_AN_ENVELOPE[code]), here.say(hint)) for code, hint in hints.items()],
        today=rows,
    )
