"""Save what a person changed of the organisation: what falls is said first, and what another changed is asked about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from flask import request
from werkzeug.wrappers import Response

from mailer.services.administration import own_house
from mailer.services.administration.toml_changes import Change, Key, SettledElsewhereError
from mailer.services.publishing.losing import Loss, losses
from web.errors import status_of
from web.staff.administration.fields import WAS, label_of, said
from web.staff.administration.side import side
from web.staff.here import Here
from web.staff.naming import audience_title, issue_title, language_said
from wording import ExplainedError, Text
from wording.errors import SettingsError

SEEN = "falls"
"""The field that says which approvals a person saw fall."""


def settle(here: Here, changes: Sequence[Change], known: Mapping[Key, str], back: str, **slots: str) -> Response:
    """Write the changes down, or show first which approvals would fall, or what others changed meanwhile.

    `back` is the endpoint of the page that goes on. Raises what `own_house.proposed` raises but for
    SettledElsewhereError.
    """
    if not changes:
        return here.go(back, **slots)
    try:
        house = own_house.proposed(here.office, here.person, changes)
        fall = losses(here.office, here.person, house)
        if fall and request.form.get(SEEN) != _digest(fall):
            return _falls(here, changes, fall, known)
        own_house.change(here.office, here.person, changes)
    except SettledElsewhereError as error:
        if request.form.get("do") == "undo":
            raise
        return _elsewhere(here, changes, error, known)
    return here.go(back, **slots)


def refused(error: ExplainedError) -> tuple[int, Text]:
    """The status of a page that shows what was typed again, and the sentence that says what is wrong."""
    problems = getattr(error, "problems", ())
    if isinstance(error, SettingsError):
        return 409, problems[0].text if problems else error.text
    return int(status_of(error)), error.text


def _falls(here: Here, changes: Sequence[Change], fall: Sequence[Loss], known: Mapping[Key, str]) -> Response:
    return here.page(
        "administration/falls",
        side=side(here),
        rows=[(label_of(known, one.key), said(one.was), said(one.value)) for one in changes],
        fall=[
            {
                "slug": one.slug,
                "title": issue_title(here, one.slug),
                "is_broken": one.is_broken,
                "editions": [_edition_said(here, name) for name in one.editions],
            }
            for one in fall
        ],
        count=sum(len(one.editions) for one in fall),
        seen=_digest(fall),
        carried=_carried({SEEN}),
    )


def _elsewhere(
    here: Here, changes: Sequence[Change], error: SettledElsewhereError, known: Mapping[Key, str]
) -> Response:
    """Both values, to choose from; what no one else touched goes along as it was typed."""
    rows = [
        {
            "name": "/".join(one.key),
            "label": label_of(known, one.key),
            "theirs": said(error.theirs[one.key]),
            "mine": said(one.value),
        }
        for one in changes
        if one.key in error.theirs
    ]
    asked = {str(row["name"]) for row in rows}
    was = json.loads(request.form.get(WAS, "{}"))
    was |= {"/".join(key): value for key, value in error.theirs.items()}
    return here.page(
        "administration/elsewhere",
        409,
        side=side(here),
        rows=rows,
        was=json.dumps(was),
        text=here.say(error.text),
        carried=_carried({SEEN, WAS, *asked}),
    )


def _carried(without: set[str]) -> list[tuple[str, str]]:
    """The fields of the form, to go along unseen."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf", *without}]


def _digest(fall: Sequence[Loss]) -> str:
    return hashlib.sha256(repr(fall).encode()).hexdigest()[:16]


def _edition_said(here: Here, name: str) -> str:
    """ "Rechtshulp, Nederlands" of the name of an edition."""
    audience, _bracket, locale = name.rstrip(")").rpartition(" (")
    return f"{audience_title(here, audience)}, {language_said(here, locale)}"
