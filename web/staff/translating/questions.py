"""Every question about an issue in one list: answered, closed, and the way to the source."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from mailer.services.translating import remarks
from mailer.services.translating.rows import STANDING, key_of
from staff.permissions import Permission, may
from web.errors import status_of
from web.forms import one
from web.staff.here import Here
from web.staff.translating.box import remark
from web.staff.translating.known import title_of
from wording import ExplainedError, Text, _, ngettext
from wording.errors import InvalidInputError, NotFoundError


def questions(here: Here, slug: str) -> Response:
    """The list; a form of it answers or closes one."""
    if slug != STANDING and not here.office.content.has(slug):
        raise NotFoundError(_("Dit nummer is er niet (meer): {slug}.", slug=slug))
    if request.method != "POST":
        return _page(here, slug)
    number = one(request.form, "number")
    try:
        _act(here, int(number) if number.isdecimal() else 0)
    except ExplainedError as error:
        return _page(here, slug, int(status_of(error)), problem=error.text, about=number)
    return here.go("questions", slug=slug)


def _act(here: Here, number: int) -> None:
    match one(request.form, "do"):
        case "answer":
            remarks.answer(here.office, here.person, number, words=request.form.get("words", ""))
        case "close":
            remarks.close(here.office, here.person, number)
        case _:
            raise InvalidInputError(_("Deze knop is er niet (meer). Laad de bladzijde opnieuw."))


def _page(here: Here, slug: str, status: int = 200, *, problem: Text | None = None, about: str = "") -> Response:
    found = remarks.questions(here.office, here.person, slug)
    shown = [
        {**remark(here, each), "key": key_of(each.msgid) if each.msgid else "", "path": _path(slug, each.locale)}
        for each in found
    ]
    waiting = [each for each in shown if each["waits"]]
    counted = ngettext("{count} vraag wacht op antwoord", "{count} vragen wachten op antwoord", len(waiting))
    return here.page(
        "translating/questions",
        status,
        slug=slug,
        title=title_of(here, slug),
        source=here.office.house.source_locale,
        heading=here.say(counted if waiting else _("Er wacht geen vraag op antwoord")),
        waiting=waiting,
        done=[each for each in reversed(shown) if not each["waits"]],
        answers=may(here.person, Permission.ASSIGN_TRANSLATORS),
        edits=may(here.person, Permission.EDIT_ISSUES) and slug != STANDING,
        typed=request.form.get("words", "") if status != 200 else "",
        about=about,
        problem=problem,
    )


def _path(slug: str, locale: str) -> str:
    return f"/staff/issues/{slug}/translate/{locale}"
