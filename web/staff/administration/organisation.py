"""The organisation: how it is called, what stands under its mail, and whether a second person approves what is sent."""

from __future__ import annotations

from babel.lists import format_list
from flask import request
from werkzeug.wrappers import Response

from mailer.services.administration import own_house, second_person
from mailer.services.administration.possible import UnusableError
from mailer.services.administration.toml_changes import Key
from web.staff.administration import fields
from web.staff.administration.fields import ORGANISATION, as_shown, changes_of, every_label, label_of, was_of
from web.staff.administration.saving import refused, settle
from web.staff.administration.side import side
from web.staff.here import Here
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, NotFoundError, SettingsError

CHOICES = {"yes": True, "no": False}


def organisation(here: Here) -> Response:
    """GET: how it is, and who decided that. POST: change it, or decide anew."""
    if request.method != "POST":
        return _page(here)
    if "second" in request.form:
        return _decided(here)
    try:
        if request.form.get("do") == "undo":
            return _undone(here)
        return settle(here, changes_of(ORGANISATION), every_label(here), "organisation")
    except UnusableError as error:
        return _page(here, 422, problem=error.text, at=error.key)
    except (ConflictError, InvalidInputError, NotFoundError, SettingsError) as error:
        status, said = refused(error)
        return _page(here, status, problem=said)


def _undone(here: Here) -> Response:
    typed = request.form.get("row", "")
    row = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else -1
    back = own_house.undo(here.office, here.person, row)
    return settle(here, back, every_label(here), "organisation")


def _decided(here: Here) -> Response:
    try:
        if (needed := CHOICES.get(request.form.get("second", ""))) is None:
            raise InvalidInputError(_("Kies uit de lijst."))
        second_person.decide(here.office, here.person, needed=needed)
    except (ConflictError, InvalidInputError, SettingsError) as error:
        return _page(here, 409, problem=error.text)
    return here.go("organisation")


def second_said(here: Here) -> dict[str, object]:
    """What a page before a mailing says: that no second person is needed and who decided so, or that none is there."""
    found = second_person.second_person(here.office, here.person)
    said = alone = ""
    if not found.needed:
        said = here.say(_("In deze organisatie hoeft niemand anders goed te keuren. Dat staat in het logboek."))
        if found.by and found.at:
            decided = _("{name} besloot dat op {moment}.", name=found.by, moment=here.moment(found.at))
            said = f"{said} {here.say(decided)}"
    elif not found.is_there:
        alone = here.say(
            _(
                "Er werken hier geen twee mensen van wie de een goedkeurt wat de ander verstuurt. Een beheerder kan "
                "iemand uitnodigen, of onder Organisatie kiezen dat één persoon genoeg is."
            )
        )
    return {"waived_said": said, "alone_said": alone}


def _page(here: Here, status: int = 200, *, problem: Text | None = None, at: Key | None = None) -> Response:
    written = own_house.shown(here.office, here.person)
    found = second_person.second_person(here.office, here.person)
    names = format_list(found.approvers, locale=here.lang) if found.approvers else ""
    decided = ""
    if found.by and found.at:
        decided = here.say(_("{name} besloot dit op {moment}.", name=found.by, moment=here.moment(found.at)))
    return here.page(
        "administration/organisation",
        status,
        needed=found.needed,
        decided=decided,
        approvers=here.say(_("Dat kan nu: {names}.", names=names) if names else _("Die is er nog niet.")),
        side=side(here),
        fields=as_shown(here, ORGANISATION, written, at),
        was=was_of(ORGANISATION, written),
        wrong=_wrong(here, written.wrong),
        made=_made(here),
        at="/".join(at or ("second",)),
        problem=problem,
    )


def _wrong(here: Here, error: SettingsError | None) -> list[str]:
    """What an administrator reads while the file is wrong: each line that is."""
    if error is None:
        return []
    return [
        here.say(one.text) if not one.place.line else f"{one.place}: {here.say(one.text)}" for one in error.problems
    ]


def _made(here: Here) -> list[dict[str, object]]:
    known = every_label(here)
    return [
        {
            "row": one.row,
            "by": one.by,
            "at": here.dated(one.at),
            "is_so": one.is_so,
            "changes": [
                (label_of(known, each.key), fields.said(each.was), fields.said(each.value)) for each in one.changes
            ],
        }
        for one in own_house.made(here.office, here.person)
    ]
