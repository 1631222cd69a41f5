"""The people who work here: who does what, and what an administrator changes of that, each on a page of their own."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from mailer.services.administration import colleagues, staff
from mailer.services.administration.colleagues import Colleague
from mailer.services.administration.staff import Newcomer
from mailer.services.administration.told import Told
from staff.people import Person
from staff.permissions import Permission, may
from staff.roles import ROLE_WORDS, Role
from web.forms import one
from web.staff.administration.side import side
from web.staff.here import LANGUAGES, Here, uuid_of
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError

DOES = {
    Role.EDITOR: (_("schrijft, vraagt goedkeuring, verstuurt"), _("keurt niet goed wat ze zelf verstuurt")),
    Role.TRANSLATOR: (_("ziet de tekst en vertaalt die"), _("ziet geen lezers, verstuurt niets")),
    Role.APPROVER: (_("leest na en keurt goed"), _("verandert de tekst niet, verstuurt niets")),
    Role.POSTAL: (_("ziet namen van mensen in bewaring, print en post"), _("verstuurt geen mail")),
    Role.ADMIN: (_("mensen, instellingen, lezers"), _("ziet geen namen van mensen in bewaring")),
}
"""What each role may, and what it may not."""


def people(here: Here) -> Response:
    """Everyone; what an administrator knows of them only for administrators."""
    if not may(here.person, Permission.CHANGE_STAFF):
        everyone = staff.everyone(here.office, here.person)
        return here.page("administration/people", rows=[_person(here, one) for one in everyone], known=False, side=[])
    found = colleagues.colleagues(here.office, here.person)
    administrators = [one for one in found if one.person.active and Role.ADMIN in one.person.roles]
    return here.page(
        "administration/people",
        rows=[{**_person(here, one.person), **_known(here, one)} for one in found],
        known=True,
        alone=len(administrators) == 1,
        side=side(here),
    )


def invite(here: Here) -> Response:
    """GET: the form. POST: add someone, who gets a mail with the link to come in with."""
    if request.method != "POST":
        return _invitation(here)
    newcomer = Newcomer(
        one(request.form, "name")[:200],
        one(request.form, "email")[:320],
        _roles(),
        tuple(request.form.getlist("language")[:20]),
    )
    try:
        added = colleagues.invite(
            here.office, here.person, newcomer, pages=here.staff.pages, words=one(request.form, "words")[:4000]
        )
    except (ConflictError, InvalidInputError, NotFoundError) as error:
        return _invitation(here, 422, problem=error.text)
    return here.go("person", uid=added.uid)


def person(here: Here, uid: str) -> Response:
    """GET: one colleague. POST: change what they do, or end their rights.

    What was seen of them goes along, so that a change that another made meanwhile is not undone.
    """
    if request.method != "POST":
        return _card(here, uuid_of(uid))
    subject = _subject(here, uid)
    try:
        _do(here, subject)
    except (ConflictError, InvalidInputError, NotAllowedError) as error:
        return _card(here, subject.uid, 409, problem=error.text)
    return here.go("person", uid=subject.uid)


def _do(here: Here, subject: Person) -> None:
    match one(request.form, "do"):
        case "deactivate":
            staff.deactivate(here.office, here.person, _as_seen(subject))
        case "activate":
            staff.activate(here.office, here.person, _as_seen(subject))
        case "second-step":
            staff.take_second_step(here.office, here.person, subject)
        case "sessions":
            colleagues.end_sessions(here.office, here.person, subject)
        case "invite":
            colleagues.invite_again(here.office, here.person, subject, pages=here.staff.pages)
        case "roles":
            languages = [code for code in request.form.getlist("language")[:20] if code in here.office.house.locales]
            staff.change_roles(here.office, here.person, _as_seen(subject), _roles(), languages)
        case _:
            raise InvalidInputError(_("Kies uit de lijst."))


def _subject(here: Here, uid: str) -> Person:
    wanted = uuid_of(uid)
    for each in staff.everyone(here.office, here.person):
        if each.uid == wanted:
            return each
    raise NotFoundError(_("Deze medewerker is er niet (meer)."))


def _as_seen(subject: Person) -> Person:
    """The person as the page showed them: the roles and languages that its form carries."""
    before = request.form.get("seen", "")
    roles, _bar, languages = before.partition("|")
    known = frozenset(Role(each) for each in roles.split(",") if each in set(Role))
    return replace(subject, roles=known, languages=tuple(filter(None, languages.split(","))))


def _roles() -> frozenset[Role]:
    return frozenset(Role(each) for each in request.form.getlist("role") if each in set(Role))


def _person(here: Here, who: Person) -> dict[str, object]:
    return {
        "uid": who.uid,
        "name": who.name,
        "roles": [here.say(ROLE_WORDS[role]) for role in Role if role in who.roles],
        "languages": [(code, _language(here, code)) for code in who.languages],
        "active": who.active,
        "is_me": who.uid == here.person.uid,
    }


def _known(here: Here, found: Colleague) -> dict[str, object]:
    mark, words = _second(found)
    return {
        "second": (mark, here.say(words)),
        "was": here.moment(found.seen_at) if found.seen_at else "",
        "last": deed_said(here, found.last) if found.last else "",
        "invited": here.moment(found.invited_until) if found.invited_until and not found.signed_in else "",
    }


def _second(found: Colleague) -> tuple[str, Text]:
    """The mark and the words of a second step."""
    has = found.has
    if has.passkeys:
        return "ok", _("toegangssleutel")
    if has.app:
        return "ok", _("code-app")
    if has.paper:
        return "warn", _("alleen codes op papier")
    return ("warn", _("nog niet ingesteld")) if found.needs_second else ("none", _("niet nodig"))


def deed_said(here: Here, deed: Told) -> str:
    """What was done and about what: "keurde goed: los-2026-24"."""
    what = here.say(deed.what)
    about = " ".join(filter(None, (deed.subject, deed.about)))
    return here.say(_("{what}: {about}", what=what, about=about)) if about else what


def _language(here: Here, code: str) -> str:
    known = here.office.house.locales.get(code)
    return known.name if known is not None else code


def _choices(here: Here, chosen: frozenset[Role]) -> list[tuple[str, str, str, str, bool]]:
    return [
        (role.value, here.say(ROLE_WORDS[role]), here.say(can), here.say(cannot), role in chosen)
        for role, (can, cannot) in DOES.items()
    ]


def _invitation(here: Here, status: int = 200, *, problem: Text | None = None) -> Response:
    return here.page(
        "administration/invite",
        status,
        choices=_choices(here, _roles()),
        all_languages=[(code, each.name) for code, each in here.office.house.locales.items()],
        chosen_languages=request.form.getlist("language"),
        typed={name: one(request.form, name) for name in ("name", "email", "words")},
        interface=" · ".join(LANGUAGES.values()),
        side=side(here),
        problem=problem,
    )


def _card(here: Here, uid: UUID | None, status: int = 200, *, problem: Text | None = None) -> Response:
    card = colleagues.card(here.office, here.person, uid)
    found, who = card.colleague, card.colleague.person
    return here.page(
        "administration/person",
        status,
        row={**_person(here, who), **_known(here, found)},
        has=found.has,
        is_last=card.is_last,
        seen=",".join(sorted(who.roles)) + "|" + ",".join(who.languages),
        choices=_choices(here, who.roles),
        chosen_languages=who.languages,
        all_languages=[(code, each.name) for code, each in here.office.house.locales.items()],
        sessions=[(each.device, here.moment(each.seen_at)) for each in card.sessions],
        deeds=[(here.dated(each.at), deed_said(here, each)) for each in card.deeds],
        side=side(here),
        problem=problem,
    )
