"""What the organisation decides about its own work: whether a second person approves what is sent."""

from __future__ import annotations

from babel.lists import format_list
from flask import request
from werkzeug.wrappers import Response

from mailer.services.administration import second_person
from web.staff.here import Here
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, SettingsError

CHOICES = {"yes": True, "no": False}


def organisation(here: Here) -> Response:
    """GET: how it is, and who decided that. POST: decide it anew."""
    if request.method != "POST":
        return _page(here)
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


def _page(here: Here, status: int = 200, *, problem: Text | None = None) -> Response:
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
        problem=problem,
    )
