"""Newsletters and audiences: what there is, change one, begin one, end one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flask import request
from werkzeug.wrappers import Response

from mailer.organisation import Audience, Publication
from mailer.services.administration import own_house
from mailer.services.administration.own_house import AsShown
from mailer.services.administration.possible import UnusableError
from mailer.services.administration.toml_changes import Change, Key
from web.staff.administration.fields import (
    CADENCES,
    CHANNELS,
    Field,
    as_shown,
    audience_fields,
    changes_of,
    labels,
    publication_fields,
    was_of,
)
from web.staff.administration.saving import refused, settle
from web.staff.administration.side import side
from web.staff.here import Here
from web.staff.naming import in_language
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, NotFoundError, SettingsError

_KEY = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""It stands in addresses and in the names of folders."""
_LONGEST = 30


def newsletters(here: Here) -> Response:
    """All of them, with their audiences."""
    house = here.office.house
    return here.page(
        "administration/newsletters",
        side=side(here),
        publications=[_publication_row(here, one) for one in house.publications.values()],
        loose=[_audience_row(here, one) for one in house.audiences.values() if not _has_newsletter(here, one.key)],
    )


def new_newsletter(here: Here) -> Response:
    """Begin a newsletter."""
    return _begun(here, "publications", publication_fields, _("Nieuwe nieuwsbrief"))


def new_audience(here: Here) -> Response:
    """Begin an audience."""
    return _begun(here, "audiences", audience_fields, _("Nieuwe doelgroep"))


def newsletter(here: Here, key: str) -> Response:
    """Change a newsletter, end it, or begin it again."""
    found = here.office.house.publications.get(key)
    if found is None:
        raise NotFoundError(_("Deze nieuwsbrief is er niet."))
    ending = [Change(("publications", key, "ended"), True if found.ended else None, None if found.ended else True)]
    return _changed(here, publication_fields(here, key), ending, in_language(here, found.title), is_ended=found.ended)


def audience_settings(here: Here, key: str) -> Response:
    """Change an audience, end it, or begin it again."""
    found = here.office.house.audiences.get(key)
    if found is None:
        raise NotFoundError(_("Deze doelgroep is er niet."))
    ending = [Change(("audiences", key, "ended"), True if found.ended else None, None if found.ended else True)]
    if not found.ended:
        ending += [
            Change(
                ("publications", one.key, "audiences"),
                [*one.audiences],
                [each for each in one.audiences if each != key],
            )
            for one in here.office.house.publications.values()
            if key in one.audiences
        ]
    return _changed(here, audience_fields(here, key), ending, in_language(here, found.title), is_ended=found.ended)


def _changed(here: Here, own: Sequence[Field], ending: Sequence[Change], title: str, *, is_ended: bool) -> Response:
    def page(status: int = 200, problem: Text | None = None, at: Key | None = None) -> Response:
        return _form(here, own, title, status, problem=problem, at=at, is_ended=is_ended)

    if request.method != "POST":
        return page()
    is_ending = request.form.get("do") == "end"
    try:
        known = {**labels(own, here), ending[0].key: here.say(_("Gestopt"))}
        return settle(here, ending if is_ending else changes_of(own), known, "newsletters")
    except UnusableError as error:
        only = _("Dit is de enige doelgroep van een nieuwsbrief. Stop dan de nieuwsbrief zelf.")
        return page(422, only if is_ending else error.text, error.key)
    except (ConflictError, InvalidInputError, SettingsError) as error:
        return page(*refused(error))


def _begun(here: Here, kind: str, fields_of: Callable[[Here, str], list[Field]], title: Text) -> Response:
    key = " ".join(request.form.get("key", "").split())[:100]
    own = fields_of(here, "new")

    def page(status: int = 200, problem: Text | None = None, at: Key | None = None) -> Response:
        return _form(here, own, here.say(title), status, problem=problem, at=at, key=key, channels=kind == "audiences")

    if request.method != "POST":
        return page()
    if not _KEY.fullmatch(key) or len(key) > _LONGEST or key == "new":
        return page(422, _("Een korte naam heeft kleine letters en cijfers, zoals buurt of buurt-noord."), ("key",))
    if key in (here.office.house.publications if kind == "publications" else here.office.house.audiences):
        return page(409, _("Deze korte naam is er al."), ("key",))
    typed = [Change((kind, key, *one.key[2:]), None, one.value) for one in changes_of(own)]
    if kind == "audiences":
        channel = request.form.get("channel", "")
        typed.append(Change((kind, key, "channel"), None, channel if channel in {*CHANNELS} else "email"))
    try:
        _require_whole(here, kind, typed)
        known = {(kind, key, *at[2:]): words for at, words in labels(own, here).items()}
        return settle(here, sorted(typed, key=lambda one: len(one.key)), known, "newsletters")
    except UnusableError as error:
        return page(422, error.text, (kind, "new", *error.key[2:]))
    except (ConflictError, InvalidInputError, SettingsError) as error:
        return page(*refused(error))


def _require_whole(here: Here, kind: str, typed: Sequence[Change]) -> None:
    """Raises UnusableError for what a new one cannot be without."""
    source = here.office.house.source_locale
    needed: dict[str, list[Key]] = {
        "publications": [
            ("title", source), ("cadence",), ("sender", "name", source), ("sender", "address"), ("sender", "reply_to"),
            ("audiences",),
        ],
        "audiences": [("title", source), ("locales",), ("fallback",)],
    }  # fmt: skip
    there = {one.key[2:] for one in typed}
    for part in needed[kind]:
        if part not in there:
            raise UnusableError((kind, "new", *part), _("Vul dit in."))


def _form(
    here: Here,
    own: Sequence[Field],
    title: str,
    status: int = 200,
    *,
    problem: Text | None = None,
    at: Key | None = None,
    is_ended: bool | None = None,
    key: str = "",
    channels: bool = False,
) -> Response:
    written = own_house.shown(here.office, here.person) if is_ended is not None else AsShown({})
    name = "/".join(at or own[0].key)
    known = {one.name for one in own} | {"key"}
    return here.page(
        "administration/newsletter",
        status,
        side=side(here),
        title=title,
        fields=as_shown(here, own, written, at),
        was=was_of(own, written),
        is_new=is_ended is None,
        is_ended=bool(is_ended),
        key=key,
        channels=[(one.value, here.say(words)) for one, words in CHANNELS.items()] if channels else [],
        channel=request.form.get("channel", "email"),
        at=name if name in known else own[0].name,
        problem=problem,
    )


def _publication_row(here: Here, one: Publication) -> dict[str, object]:
    house = here.office.house
    return {
        "key": one.key,
        "title": in_language(here, one.title),
        "rhythm": here.say(CADENCES[one.cadence]),
        "sender": one.sender.address,
        "ended": one.ended,
        "audiences": [_audience_row(here, house.audiences[each]) for each in one.audiences],
    }


def _audience_row(here: Here, one: Audience) -> dict[str, object]:
    return {
        "key": one.key,
        "title": in_language(here, one.title),
        "channel": here.say(CHANNELS[one.channel]),
        "locales": [(code, here.office.house.locales[code].name) for code in one.locales],
        "ended": one.ended,
    }


def _has_newsletter(here: Here, audience: str) -> bool:
    return any(audience in one.audiences for one in here.office.house.publications.values())
