"""The centres: their addresses, rules and when these were asked; whom to ask on a visit; the explanation letter."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from mailer.artefacts.paper.pieces import PrintFile
from mailer.services.post import centres as door
from mailer.services.post import desk
from mailer.services.post.desk import Place
from subscribers.addressee import RULES
from web.staff.here import Here
from web.staff.naming import language_said
from web.staff.post import said
from wording import Text, _, ngettext
from wording.errors import ConflictError, InvalidInputError, NotFoundError

_MOST_LINES = 8


def centres(here: Here) -> Response:
    """All of them."""
    places = desk.places(here.office, here.person)
    names = said.told_apart([one.centre for one in places])
    old = sum(one.is_old for one in places)
    return here.page(
        "post/centres",
        heading=here.say(_heading(old) if places else _("Centra")),
        rows=[_row(here, one, names) for one in places],
        locales=[(code, language_said(here, code)) for code in here.office.house.locales],
    )


def centre(here: Here, centre: str) -> Response:
    """One centre; POST does what a button says."""
    if request.method != "POST":
        return _page(here, centre)
    what = request.form.get("do", "")
    try:
        if what == "checked":
            door.checked(here.office, here.person, centre)
            return here.go("centres")
        if what in ("close", "reopen"):
            (door.close if what == "close" else door.reopen)(here.office, here.person, centre)
        else:
            _place(here, centre)  # a centre that is not there is made on the page for new ones
            _save(here, centre, is_checked=what == "save_checked")
    except (InvalidInputError, ConflictError) as error:
        return _page(here, centre, 422 if isinstance(error, InvalidInputError) else 409, problem=error.text)
    return here.go("centre", centre=centre, done=what)


def new(here: Here) -> Response:
    """A centre that is not on the list."""
    if request.method != "POST":
        return _form(here)
    key = " ".join(request.form.get("key", "")[:60].split())
    try:
        if key in door.centres(here.office, here.person):
            raise ConflictError(_("Dit korte woord is al van een ander centrum."))
        _save(here, key, is_checked=True)
    except (InvalidInputError, ConflictError) as error:
        return _form(here, 422 if isinstance(error, InvalidInputError) else 409, problem=error.text)
    return here.go("centre", centre=key, done="save_checked")


def explanation(here: Here) -> Response:
    """The leaf that goes with a first letter; it names no one."""
    locale, large = request.form.get("locale", "")[:20], request.form.get("large") == "1"
    data = door.explanation(here.office, here.person, locale, large=large)
    return said.pdf(PrintFile(f"uitleg-{locale}.pdf", data, 1, personal=False))


def _save(here: Here, key: str, *, is_checked: bool) -> None:
    """Raises InvalidInputError, ConflictError."""
    form, was = request.form, door.centres(here.office, here.person).get(key)
    lines = tuple(line.strip() for line in form.get("lines", "")[:600].splitlines() if line.strip())
    if len(lines) > _MOST_LINES:
        raise InvalidInputError(_("Een adres heeft hoogstens vijf regels onder de naam."))
    door.save(
        here.office,
        here.person,
        key=key,
        name=form.get("name", "")[:200],
        lines=lines,
        asks_registration=form.get("registration") == "1",
        checked_on=None if is_checked or was is None else was.checked_on,
        phone=form.get("phone", "")[:60],
        rules=[one for one in form.getlist("rules") if one in RULES],
    )


def _place(here: Here, key: str) -> tuple[Place, tuple[Place, ...]]:
    """Raises NotFoundError."""
    places = desk.places(here.office, here.person)
    found = next((one for one in places if one.centre.key == key), None)
    if found is None:
        raise NotFoundError(_("Het centrum ‘{centre}’ is onbekend.", centre=key))
    return found, places


def _page(here: Here, key: str, status: int = 200, *, problem: Text | None = None) -> Response:
    found, places = _place(here, key)
    everywhere = [one.centre for one in places]
    form = request.form if problem else None
    own = found.centre
    return here.page(
        "post/centre",
        status,
        problem=problem,
        key=key,
        title=said.told_apart(everywhere)[key],
        row=_row(here, found, said.told_apart(everywhere)),
        same=said.same_address(own, everywhere),
        typed={
            "name": form.get("name", own.name) if form else own.name,
            "lines": form.get("lines", "") if form and "lines" in form else "\n".join(own.postal_lines),
            "phone": form.get("phone", own.phone) if form else own.phone,
        },
        chosen=form.getlist("rules") if form else own.rules,
        registration=form.get("registration") == "1" if form else own.asks_registration,
        lines=own.postal_lines,
        asks_registration=own.asks_registration,
        rules=said.say_all(here, RULES),
        done=request.args.get("done", ""),
        is_closed=own.closed_on is not None,
        checked=_day(here, found),
    )


def _form(here: Here, status: int = 200, *, problem: Text | None = None) -> Response:
    form = request.form
    return here.page(
        "post/new_centre",
        status,
        problem=problem,
        typed={one: form.get(one, "") for one in ("key", "name", "lines", "phone")},
        chosen=form.getlist("rules"),
        registration=form.get("registration") == "1",
        rules=said.say_all(here, RULES),
    )


def _row(here: Here, one: Place, names: dict[str, str]) -> dict[str, object]:
    own = one.centre
    rules = [here.say(RULES[code]) for code in own.rules if code in RULES]
    if own.asks_registration:
        rules.append(here.say(_("registratienummer verplicht")))
    return {
        "key": own.key,
        "name": names[own.key],
        "people": one.people,
        "languages": said.languages_counted(here, one.locales),
        "rules": ", ".join(rules),
        "is_old": one.is_old,
        "closed": here.day(own.closed_on) + f" {own.closed_on:%Y}" if own.closed_on else "",
        "checked": _day(here, one),
        "phone": own.phone,
    }


def _day(here: Here, one: Place) -> str:
    return f"{here.day(one.centre.checked_on)} {one.centre.checked_on:%Y}"


def _heading(old: int) -> Text:
    if not old:
        return _("Van elk centrum is het adres kort geleden nagevraagd")
    return ngettext(
        "Van {count} centrum is het adres lang niet nagevraagd",
        "Van {count} centra is het adres lang niet nagevraagd",
        old,
    )
