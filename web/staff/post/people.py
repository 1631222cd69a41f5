"""Who gets post: a masked list, names for ten minutes, and one button for each thing that may happen to someone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from flask import request
from werkzeug.wrappers import Response

from mailer.organisation import Channel
from mailer.services.post import addressees, centres
from mailer.services.post.addressees import Correction, Detail, Listed, NewReader, SameNameError
from mailer.services.post.desk import SOON
from mailer.services.post.words import REASONS
from subscribers.addressee import ASKED, AskedBy, Centre, SuspendedBecause
from subscribers.retention import POST_SUSPENDED
from web.staff.here import Here
from web.staff.naming import audience_title, language_said, locale_name
from web.staff.post import said
from web.staff.post.runs import hidden_later
from wording import Text, _, ngettext
from wording.errors import ConflictError, InvalidInputError, NotFoundError

LIST = "/staff/post/people"
_WHO = ("everyone", "unheard", "soon", "stopped")


def people(here: Here) -> Response:
    """Everyone, masked; or those not heard from, whose post stops soon, or who get none."""
    return _list(here, addressees.everyone(here.office, here.person), request.args.get("who", ""))


def names(here: Here) -> Response:
    """The same with names for ten minutes, or those whose name has these words in it; it is written down."""
    words = " ".join(request.form.get("words", "")[:120].split())
    if not words:
        found = addressees.everyone(here.office, here.person, names=True)
        return hidden_later(_list(here, found, request.form.get("who", ""), with_names=True), LIST)
    if len(words) >= _CODE and all(letter in "0123456789abcdef" for letter in words.casefold()):
        return here.go("person_by_post", code=words.casefold())
    found = addressees.search(here.office, here.person, words)
    return hidden_later(_list(here, found, "everyone", with_names=True, words=words), LIST)


_CODE = 8


def visit(here: Here) -> Response:
    """Whom to ask whether they are still there, by centre, to be printed and taken along."""
    found = addressees.everyone(here.office, here.person, names=True, unheard=True)
    centre_names = said.told_apart(centres.centres(here.office, here.person).values())
    grouped: dict[str, list[dict[str, object]]] = {}
    for one in found:
        grouped.setdefault(centre_names.get(one.centre, one.centre), []).append(_row(here, one, centre_names))
    page = here.page("post/visit", groups=grouped, count=len(found), today=here.day(here.office.today()))
    return hidden_later(page, "/staff/post/centres")


def new(here: Here) -> Response:
    """Someone asked for the letters."""
    if request.method != "POST":
        return _new(here)
    form = request.form
    try:
        asked_by = AskedBy(form["asked_by"]) if form.get("asked_by") in ASKED else None
        if asked_by is None:
            raise InvalidInputError(_("Kies hoe iemand erom vroeg."))
        reader = NewReader(
            " ".join(form.get("name", "")[:300].split()),
            form.get("centre", "")[:60],
            form.get("locale", "")[:20],
            asked_by,
            form.get("audience") or None,
            " ".join(form.get("registration", "")[:60].split()) or None,
            form.get("large") == "1",
        )
        kept = addressees.add(here.office, here.person, reader, twice=form.get("twice") == "1")
    except SameNameError as error:
        return _new(here, 409, problem=error.text, is_twice=True)
    except (InvalidInputError, NotFoundError) as error:
        return _new(here, 422, problem=error.text)
    return here.go("person_by_post", code=kept.code, **({"looks": "v"} if kept.warning else {}), new=1)


def person(here: Here, code: str) -> Response:
    """One of them; POST does what a button says."""
    if request.method != "POST":
        return _person(here, addressees.one(here.office, here.person, code))
    deed = DEEDS.get(request.form.get("do", ""))
    if deed is None:
        raise NotFoundError(_("Die knop is er niet (meer). Laad de bladzijde opnieuw."))
    try:
        deed(here, code)
    except (InvalidInputError, ConflictError) as error:
        return _person(here, addressees.one(here.office, here.person, code), 422, problem=error.text)
    return here.go("person_by_post", code=code, done=request.form["do"])


def name(here: Here, code: str) -> Response:
    """The name and the number of one of them, for ten minutes; it is written down."""
    found = addressees.reveal(here.office, here.person, code)
    return hidden_later(_person(here, found), f"{LIST}/{found.listed.code}")


def _correct(here: Here, code: str, correction: Correction) -> None:
    addressees.correct(here.office, here.person, code, correction)


def _move(here: Here, code: str) -> None:
    number = " ".join(request.form.get("registration", "")[:60].split())
    _correct(here, code, Correction(centre=request.form.get("centre", "")[:60], registration=number or None))


def _rename(here: Here, code: str) -> None:
    typed, number = (" ".join(request.form.get(one, "")[:300].split()) for one in ("name", "registration"))
    if not typed and not number:
        raise InvalidInputError(_("Typ de naam of het nummer zoals het moet zijn."))
    _correct(here, code, Correction(name=typed or None, registration=number or None))


def _stop(here: Here, code: str, because: SuspendedBecause) -> None:
    addressees.stop(here.office, here.person, [code], because)


DEEDS: Mapping[str, Callable[[Here, str], object]] = {
    "heard": lambda here, code: addressees.confirm(here.office, here.person, [code]),
    "released": lambda here, code: _stop(here, code, SuspendedBecause.DEPARTED),
    "refused": lambda here, code: _stop(here, code, SuspendedBecause.REFUSED),
    "transferred": lambda here, code: _stop(here, code, SuspendedBecause.TRANSFERRED),
    "unknown": lambda here, code: _stop(here, code, SuspendedBecause.UNKNOWN),
    "moved": _move,
    "renamed": _rename,
    "language": lambda here, code: _correct(here, code, Correction(locale=request.form.get("locale", "")[:20])),
    "large": lambda here, code: _correct(here, code, Correction(large_print=request.form.get("large") == "1")),
}
DONE: Mapping[str, Text] = {
    "heard": _("Genoteerd: vandaag iets gehoord. Over 60 dagen stopt de post, tenzij je weer iets hoort."),
    "released": _("De post is gestopt. Over 14 dagen is alles van deze persoon gewist."),
    "refused": _("De post is gestopt. Over 14 dagen is alles van deze persoon gewist."),
    "transferred": _("De post is gestopt. Hoor je waarheen, noteer dan ‘vandaag gehoord’ en het nieuwe centrum."),
    "unknown": _("De post is gestopt. Over 14 dagen is alles van deze persoon gewist."),
    "moved": _("Het nieuwe centrum staat er. Een opdracht met het oude adres kan niet meer op de post."),
    "renamed": _("Verbeterd. Een opdracht met de oude naam kan niet meer op de post."),
    "language": _("De taal is veranderd; het volgende nummer komt in die taal."),
    "large": _("Veranderd; het volgende nummer komt zo."),
}
"""What followed, after each button."""


def _list(here: Here, found: Sequence[Listed], who: str, *, with_names: bool = False, words: str = "") -> Response:
    today = here.office.today()
    active = [one for one in found if one.suspended_because is None]
    sorts: dict[str, list[Listed]] = {
        "everyone": list(found),
        "unheard": [one for one in active if one.unheard],
        "soon": [one for one in active if one.confirmed_on <= today - (POST_SUSPENDED - SOON)],
        "stopped": [one for one in found if one.suspended_because is not None],
    }
    titles: dict[str, Text] = {
        "everyone": _("Iedereen"),
        "unheard": _("30 dagen stil"),
        "soon": _("Stopt bijna"),
        "stopped": _("Gestopt"),
    }
    chosen = who if who in sorts else "everyone"
    known = centres.centres(here.office, here.person)
    centre_names = said.told_apart(known.values())
    places = len({one.centre for one in active})
    heading = ngettext("{count} mens krijgt post", "{count} mensen krijgen post", len(active))
    return here.page(
        "post/people",
        heading=here.say(heading),
        places=here.say(ngettext("in {count} centrum", "in {count} centra", places)),
        sorts=[(key, here.say(titles[key]), len(sorts[key])) for key in _WHO],
        who=chosen,
        rows=[_row(here, one, centre_names) for one in sorts[chosen]],
        with_names=with_names,
        words=words,
    )


def _row(here: Here, one: Listed, centre_names: Mapping[str, str]) -> dict[str, object]:
    days = (here.office.today() - one.confirmed_on).days
    stopped = one.suspended_because is not None
    mark, tone = ("stop", "stop") if stopped else ("warn", "warn") if one.unheard else ("ok", "ok")
    return {
        "code": one.code,
        "name": one.name,
        "locale": one.locale,
        "language": language_said(here, one.locale),
        "large": one.large_print,
        "centre": centre_names.get(one.centre, one.centre),
        "stopped": stopped,
        "mark": mark,
        "tone": tone,
        "heard": here.say(_("gestopt: {because}", because=REASONS[one.suspended_because or ""]))
        if stopped
        else here.say(_heard(days)),
        "since": here.day(one.confirmed_on),
    }


def _heard(days: int) -> Text:
    return ngettext("{count} dag geleden", "{count} dagen geleden", days) if days else _("vandaag")


def _new(here: Here, status: int = 200, *, problem: Text | None = None, is_twice: bool = False) -> Response:
    house, form = here.office.house, request.form
    by_post = {key: audience_title(here, key) for key, one in house.audiences.items() if one.channel is Channel.POST}
    locales = dict.fromkeys(code for key in by_post for code in house.audiences[key].locales)
    return here.page(
        "post/new_person",
        status,
        problem=problem,
        is_twice=is_twice,
        typed={one: form.get(one, "") for one in ("name", "centre", "locale", "asked_by", "audience", "registration")},
        large=form.get("large") == "1",
        audiences=by_post if len(by_post) > 1 else {},
        locales={code: locale_name(here, code) for code in locales},
        asked=said.say_all(here, ASKED),
        **_centre_choices(here),
    )


def _centre_choices(here: Here) -> dict[str, object]:
    known: dict[str, Centre] = {
        key: one for key, one in centres.centres(here.office, here.person).items() if one.closed_on is None
    }
    asking = [one.name for one in known.values() if one.asks_registration]
    return {"centres": said.told_apart(known.values()), "asking": ", ".join(asking)}


def _person(here: Here, found: Detail, status: int = 200, *, problem: Text | None = None) -> Response:
    listed = found.listed
    known = centres.centres(here.office, here.person)
    row = _row(here, listed, said.told_apart(known.values()))
    audience = here.office.house.audiences.get(found.audience)
    stops = listed.confirmed_on + POST_SUSPENDED
    return here.page(
        "post/person",
        status,
        problem=problem,
        one=row,
        name=found.name,
        registration=found.registration,
        asks_registration=found.asks_registration,
        centre_key=listed.centre,
        audience=audience_title(here, found.audience),
        locales={code: locale_name(here, code) for code in (audience.locales if audience else ())},
        stops=_day(here, stops),
        done=here.say(DONE[request.args["done"]]) if request.args.get("done") in DONE else "",
        is_new="new" in request.args,
        looks_like_v_number=request.args.get("looks") == "v",
        **_centre_choices(here),
    )


def _day(here: Here, day: date) -> str:
    return here.day(day)
