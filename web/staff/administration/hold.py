"""Why nothing leaves the house after a backup was put back: what was on its way, and to go on."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from mailer.services.keeping import holding
from mailer.services.sending.words import word_for
from web.staff.administration.side import side
from web.staff.here import Here
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError


def hold(here: Here) -> Response:
    """GET: why, and what was on its way. POST: go on with this database."""
    if request.method != "POST":
        return _page(here)
    try:
        if request.form.get("looked") != "yes":
            raise InvalidInputError(_("Zeg eerst dat je gekeken hebt wat er onderweg was."))
        nobody = request.form.get("nobody_erased") == "yes"
        done = holding.lift(here.office, here.person, here.staff.witness, nobody_erased=nobody)
    except (ConflictError, InvalidInputError) as error:
        return _page(here, 409, problem=error.text)
    return _page(here, waiting=done.waiting)


def _page(here: Here, status: int = 200, *, problem: Text | None = None, waiting: int | None = None) -> Response:
    found = holding.show(here.office, here.person)
    return here.page(
        "administration/hold",
        status,
        found=found,
        since=here.dated(found.since) if found and found.since else "",
        why=here.say(found.why) if found else "",
        mailings=[
            (one.mailing, one.issue, here.say(word_for(one.state)), one.waiting, one.uncertain, one.post)
            for one in (found.mailings if found else ())
        ],
        mails=sum(found.notices.values()) if found else 0,
        waiting=waiting,
        side=side(here),
        problem=problem,
    )
