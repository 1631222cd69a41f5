"""A print run in five steps: look, print, fold, fill, post."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from flask import request
from werkzeug.wrappers import Response

from mailer.services.post import pieces, progress, runs
from mailer.services.post.progress import Board
from mailer.services.post.steps import RunVoidError
from web.staff.here import Here
from web.staff.post import run_said, said
from wording import Text, _
from wording.errors import ConflictError, NotFoundError

_NUMBERS = re.compile(r"[0-9]{1,6}")
_HIDDEN_AFTER = 600
"""Seconds that names stand on a page."""


def run(here: Here, run: int) -> Response:
    """One run. Asked for by its script it is the part that changes alone."""
    found = progress.board(here.office, here.person, run)
    if request.headers.get("HX-Request"):
        return here.page("post/_run", **_values(here, found))
    return _page(here, found)


def names(here: Here, run: int) -> Response:
    """The same with the names of everyone in it, for ten minutes; that stands in the audit trail."""
    found = progress.with_names(here.office, here.person, run)
    return hidden_later(_page(here, found), f"/staff/post/runs/{run}")


def hidden_later(response: Response, path: str) -> Response:
    """A page with names leaves by itself, without script too, for the one where they are hidden."""
    response.headers["Refresh"] = f"{_HIDDEN_AFTER}; url={path}"
    return response


def do(here: Here, run: int) -> Response:
    """What a button of the page does. A run that turns out to be void is shown so: red, with what to destroy."""
    deed = DEEDS.get(request.form.get("do", ""))
    if deed is None:
        raise NotFoundError(_("Die knop is er niet (meer). Laad de bladzijde opnieuw."))
    try:
        deed(here, run)
    except RunVoidError:
        return here.go("print_run", run=run)
    except ConflictError as error:
        return _page(here, progress.board(here.office, here.person, run), 409, problem=error.text)
    return here.go("print_run", run=run)


def file(here: Here, run: int, name: str) -> Response:
    """A file to print. It is opened for whoever proved a second time who they are."""
    try:
        return said.pdf(runs.file(here.office, here.person, run, name))
    except RunVoidError:
        return here.go("print_run", run=run)


def _posted(here: Here, run: int) -> None:
    but = [int(one) for one in _NUMBERS.findall(request.form.get("but", "")[:2000])]
    runs.posted(here.office, here.person, run, but=set(but))


def _withdraw(here: Here, run: int) -> None:
    pieces.withdraw(here.office, here.person, run, number_in(request.form.get("piece", "")))


def number_in(typed: str) -> int:
    """The number of a piece as someone types it; 0, which no piece has, for what is no number."""
    trimmed = typed.strip()
    return int(trimmed) if _NUMBERS.fullmatch(trimmed) else 0


DEEDS: Mapping[str, Callable[[Here, int], object]] = {
    "prepare": lambda here, run: runs.prepare(here.office, here.person, run),
    "printed": lambda here, run: runs.printed(here.office, here.person, run),
    "folded": lambda here, run: runs.note(here.office, here.person, run, "folded"),
    "filled": lambda here, run: runs.note(here.office, here.person, run, "filled"),
    "posted": _posted,
    "withdraw": _withdraw,
    "drop": lambda here, run: runs.drop(here.office, here.person, run),
}


def _page(here: Here, found: Board, status: int = 200, *, problem: Text | None = None) -> Response:
    return here.page("post/run", status, **_values(here, found), problem=problem)


def _values(here: Here, found: Board) -> dict[str, object]:
    return run_said.values(here, found, found.centres)
