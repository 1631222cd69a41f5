"""The page of the demo on which a visitor chooses whom to be. Outside the demo there is no such page."""

from __future__ import annotations

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from staff.roles import ROLE_WORDS, Role
from web.staff.here import SESSION, TWELVE_HOURS, Here, set_cookie, uuid_of
from wording import Text, _

_WHAT: dict[Role, Text] = {
    Role.EDITOR: _("Schrijft nummers, kijkt hoe ze eruitzien en verstuurt ze."),
    Role.TRANSLATOR: _("Vertaalt naar het Arabisch."),
    Role.APPROVER: _("Keurt goed wat weggaat."),
    Role.POSTAL: _("Print, vult en post de boekjes."),
    Role.ADMIN: _("Nodigt mensen uit en zorgt voor lezers, sleutels en instellingen."),
}


def demo(here: Here) -> Response:
    """GET: the people of the demo. POST: be one of them."""
    if here.staff.demo is None:
        abort(404)
    if request.method == "POST":
        uid = uuid_of(request.form.get("person", ""))
        token = here.staff.demo.enter(uid, here.browser.name) if uid else None
        if token is not None:
            response = redirect("/staff/", 303)
            set_cookie(response, SESSION, token, TWELVE_HOURS)
            return response
    people = [
        (one.uid, one.name, [here.say(ROLE_WORDS[role]) for role in Role if role in one.roles], _tasks(here, one.roles))
        for one in here.staff.demo.everyone()
    ]
    return here.page("demo", people=people)


def _tasks(here: Here, roles: frozenset[Role]) -> str:
    return " ".join(here.say(_WHAT[role]) for role in Role if role in roles)
