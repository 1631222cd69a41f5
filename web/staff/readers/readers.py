"""The readers in numbers, the search by an exact address, and the list as a file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO

from flask import make_response, request
from werkzeug.wrappers import Response

from mailer.services.readers import barring, card, overview, people
from mailer.services.readers.card import Sought
from mailer.services.readers.overview import Sized
from web.staff.here import Here
from web.staff.naming import audience_title, publication_title
from web.staff.readers.words import BARRED
from wording import Text
from wording.errors import ConflictError, InvalidInputError, NotFoundError

MEBIBYTE = 1024 * 1024
LIFTED_BY_HAND = ("bounced", "complained")
"""Bars that staff can take away; the others are the reader's own."""


def readers(here: Here) -> Response:
    """GET: the numbers. POST: look someone up, or bar or free an address; the address stands in no path."""
    if request.method != "POST":
        return _page(here)
    email = request.form.get("email", "")[:320]
    try:
        match request.form.get("do"):
            case "bar":
                barring.bar(here.office, here.person, email, _why())
            case "lift":
                barring.lift(here.office, here.person, email, _why())
        found = card.find(here.office, here.person, email)
    except (ConflictError, InvalidInputError, NotFoundError) as error:
        return _page(here, 422, problem=error.text, typed=email)
    if found.uid is not None and request.form.get("do") not in {"bar", "lift"}:
        return here.go("reader", reader=found.uid)
    return _page(here, found=found, typed=email)


def export(here: Here) -> Response:
    """Every reader of an audience, or all, as a table."""
    audience = request.form.get("audience", "")[:60] or None
    form = "json" if request.form.get("form") == "json" else "csv"
    kept: IO[bytes] = tempfile.SpooledTemporaryFile(MEBIBYTE)  # noqa: SIM115 - the answer closes it
    try:
        written = TextIOWrapper(kept, "utf-8", newline="", write_through=True)
        people.export(here.office, here.person, written, audience, form)
        written.detach()
        kept.seek(0)
    except BaseException:
        kept.close()
        raise
    response = make_response(_read(kept))
    response.mimetype = "text/csv" if form == "csv" else "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="readers.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _read(kept: IO[bytes]) -> Iterator[bytes]:
    """A part at a time; the file goes when the last was read, or no one reads on."""
    with kept:
        while part := kept.read(MEBIBYTE):
            yield part


def _why() -> str:
    return request.form.get("why", "")[:400]


def _page(
    here: Here, status: int = 200, *, found: Sought | None = None, typed: str = "", problem: Text | None = None
) -> Response:
    counted = overview.readers(here.office, here.person)
    return here.page(
        "readers/readers",
        status,
        counted=counted.value,
        counted_at=here.moment(counted.at),
        rows=[_row(here, one) for one in counted.value.audiences],
        sought=_sought(here, found) if found else None,
        typed=typed,
        problem=problem,
    )


def _row(here: Here, one: Sized) -> dict[str, object]:
    return {
        "key": one.audience,
        "title": audience_title(here, one.audience),
        "publication": publication_title(here, one.publication) if one.publication else "–",
        "readers": one.readers,
        "locales": list(one.locales.items()),
        "moved": f"+{one.joined} −{one.left}",
        "still": one.still,
    }


def _sought(here: Here, found: Sought) -> dict[str, object]:
    barred = found.barred
    return {
        "masked": found.masked,
        "uid": found.uid,
        "barred": here.say(BARRED.get(barred.reason, Text(barred.reason))) if barred else "",
        "since": here.moment(barred.at) if barred else "",
        "may_lift": barred is not None and barred.reason in LIFTED_BY_HAND,
    }
