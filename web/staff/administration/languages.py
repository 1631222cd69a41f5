"""Languages: what each has and still needs, begin one, end one."""

from __future__ import annotations

import re

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date
from flask import request
from werkzeug.wrappers import Response

from mailer.services.administration.possible import UnusableError
from mailer.services.administration.toml_changes import Change
from mailer.services.administration.tongues import Progress, Tongue, tongues
from web.staff.administration.saving import refused, settle
from web.staff.administration.side import side
from web.staff.here import Here
from web.staff.naming import audience_title
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, SettingsError

_CODE = re.compile(r"[a-z]{2,3}")
_NAMED = 5
"""Letters without a form that are shown."""


def languages(here: Here) -> Response:
    """GET: all of them. POST: begin one, end one, or begin it again."""
    if request.method != "POST":
        return _page(here)
    code = request.form.get("code", "").strip()[:20]
    try:
        changes = _ending(here, code) if request.form.get("do") == "end" else _beginning(here, code)
        known = {one.key: here.say(_("Taal")) for one in changes}
        return settle(here, changes, known, "languages")
    except (ConflictError, InvalidInputError, SettingsError) as error:
        status, said = refused(error)
        return _page(here, status, problem=said)


def _beginning(here: Here, code: str) -> list[Change]:
    known = here.office.house.locales.get(code)
    if known is not None:
        return [Change(("locales", code, "ended"), True, None)] if known.ended else []
    try:
        locale = Locale.parse(code) if _CODE.fullmatch(code) else None
    except (UnknownLocaleError, ValueError):
        locale = None
    if locale is None:
        raise UnusableError(
            ("code",), _("Dit is geen taalcode. Een taalcode heeft twee of drie letters, zoals fr of tr.")
        )
    name = " ".join(request.form.get("name", "").split()) or (locale.display_name or code).capitalize()
    return [Change(("locales", code, "name"), None, name), Change(("locales", code, "formats"), None, code)]


def _ending(here: Here, code: str) -> list[Change]:
    house = here.office.house
    if code not in house.locales or house.locales[code].ended:
        return []
    if code == house.source_locale:
        raise UnusableError(("code",), _("In deze taal schrijven jullie; die kan niet stoppen."))
    used = [audience_title(here, key) for key, one in house.audiences.items() if code in one.locales and not one.ended]
    if used:
        text = _("Deze doelgroepen krijgen deze taal nog: {names}. Haal haar daar eerst weg.", names=", ".join(used))
        raise UnusableError(("code",), text)
    return [Change(("locales", code, "ended"), None, True)]


def _page(here: Here, status: int = 200, *, problem: Text | None = None) -> Response:
    return here.page(
        "administration/languages",
        status,
        side=side(here),
        rows=[_row(here, one) for one in tongues(here.office, here.person)],
        typed={name: request.form.get(name, "")[:60] if problem else "" for name in ("code", "name")},
        problem=problem,
    )


def _row(here: Here, one: Tongue) -> dict[str, object]:
    needs = [
        (_("woorden van Postduif"), one.ours),
        (_("vaste teksten"), one.standing),
        (_("vaste woorden"), one.glossary),
    ]
    return {
        "code": one.code,
        "name": one.name,
        "direction": one.direction,
        "way": here.say(_("links naar rechts") if one.direction == "ltr" else _("rechts naar links")),
        "day": format_date(here.office.today(), "long", locale=here.office.house.locales[one.code].formats),
        "is_source": one.is_source,
        "ended": one.ended,
        "translators": ", ".join(one.translators),
        "audiences": [audience_title(here, key) for key in one.audiences],
        "needs": [(here.say(words), _far(here, found), found.is_whole) for words, found in needs if found.total],
        "missing": " ".join(one.missing[:_NAMED]),
    }


def _far(here: Here, found: Progress) -> str:
    return here.say(_("{done} van {total}", done=found.done, total=found.total))
