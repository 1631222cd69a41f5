"""The people who work here: who does what, add someone, change roles, end their rights."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from mailer.services.administration import staff
from mailer.services.administration.staff import Newcomer
from staff.people import Person
from staff.permissions import Permission, may
from staff.roles import ROLE_WORDS, Role
from web.staff.here import Here, uuid_of
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError


def people(here: Here) -> Response:
    """GET: everyone. POST: add someone, who then signs in with the address."""
    if request.method != "POST":
        return _page(here)
    newcomer = Newcomer(
        request.form.get("name", "")[:200],
        request.form.get("email", "")[:320],
        _roles(),
        tuple(request.form.getlist("language")[:20]),
    )
    try:
        staff.add(here.office, here.person, newcomer)
    except (ConflictError, InvalidInputError, NotFoundError) as error:
        return _page(here, 422, problem=error.text)
    return here.go("people")


def change(here: Here, uid: str) -> Response:
    """Change what someone does, or end their rights.

    What was seen of them goes along, so that a change that another made meanwhile is not undone.
    """
    subject = _subject(here, uid)
    seen = _as_seen(subject)
    try:
        match request.form.get("do"):
            case "deactivate":
                staff.deactivate(here.office, here.person, seen)
            case "activate":
                staff.activate(here.office, here.person, seen)
            case "second-step":
                staff.take_second_step(here.office, here.person, subject)
            case _:
                languages = request.form.getlist("language")[:20]
                staff.change_roles(here.office, here.person, seen, _roles(), languages)
    except (ConflictError, InvalidInputError, NotAllowedError, NotFoundError) as error:
        return _page(here, 409, problem=error.text)
    return here.go("people")


def _subject(here: Here, uid: str) -> Person:
    wanted = uuid_of(uid)
    for one in staff.everyone(here.office, here.person):
        if one.uid == wanted:
            return one
    raise NotFoundError(_("Deze medewerker is er niet (meer)."))


def _as_seen(subject: Person) -> Person:
    """The person as the page showed them: the roles and languages that its form carries."""
    before = request.form.get("seen", "")
    roles, _bar, languages = before.partition("|")
    known = frozenset(Role(one) for one in roles.split(",") if one in set(Role))
    return replace(subject, roles=known, languages=tuple(filter(None, languages.split(","))))


def _roles() -> frozenset[Role]:
    return frozenset(Role(one) for one in request.form.getlist("role") if one in set(Role))


def _page(here: Here, status: int = 200, *, problem: Text | None = None) -> Response:
    rows = [
        {
            "uid": one.uid,
            "name": one.name,
            "roles": sorted(one.roles),
            "said": ", ".join(here.say(ROLE_WORDS[role]) for role in Role if role in one.roles),
            "languages": list(one.languages),
            "active": one.active,
            "seen": ",".join(sorted(one.roles)) + "|" + ",".join(one.languages),
            "is_me": one.uid == here.person.uid,
        }
        for one in staff.everyone(here.office, here.person)
    ]
    return here.page(
        "administration/people",
        status,
        rows=rows,
        all_roles=[(role.value, here.say(ROLE_WORDS[role])) for role in Role],
        all_languages=[(code, one.name) for code, one in here.office.house.locales.items()],
        may_change=may(here.person, Permission.CHANGE_STAFF),
        problem=problem,
    )
