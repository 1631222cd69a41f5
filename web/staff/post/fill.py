"""Fill the envelopes with a phone in the hand: the pick list, ticked piece by piece."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from flask import request
from werkzeug.wrappers import Response

from mailer.services.post import pieces, progress
from mailer.services.post.progress import Board, RunPiece
from web.staff.here import Here
from web.staff.post import said
from web.staff.post.run_said import piece_row
from web.staff.post.runs import number_in
from wording import Text
from wording.errors import ConflictError


def fill(here: Here, run: int) -> Response:
    """GET shows the pieces; POST ticks or unticks. Its script asks for the part that changes alone."""
    if request.method != "POST":
        return _page(here, progress.pile(here.office, here.person, run))
    problem = _ticked(here, run)
    found = progress.pile(here.office, here.person, run)
    if problem is None and not _by_script():
        return here.go("fill", run=run)
    return _page(here, found, 409 if problem else 200, problem=problem)


def _ticked(here: Here, run: int) -> Text | None:
    """Do what the button says; gives why a tick was refused, or None when each was taken."""
    what, _dash, piece = request.form.get("one", "save")[:40].partition("-")
    if what == "destroyed":
        pieces.withdraw(here.office, here.person, run, number_in(piece))
        return None
    refused = None
    for number, filled in sorted(_wanted(what, piece).items()):
        try:
            progress.tick(here.office, here.person, run, number, filled=filled)
        except ConflictError as error:
            refused = error.text
    return refused


def _wanted(what: str, piece: str) -> dict[int, bool]:
    """Pieces and whether they are to be ticked. Without a script it is what differs from what the page showed."""
    if what in ("tick", "untick"):
        return {number_in(piece): what == "tick"}
    on, was = ({number_in(one) for one in request.form.getlist(name)} for name in ("on", "was"))
    return {**dict.fromkeys(on - was, True), **dict.fromkeys(was - on, False)}


def _by_script() -> bool:
    return bool(request.headers.get("HX-Request"))


def _page(here: Here, found: Board, status: int = 200, *, problem: Text | None = None) -> Response:
    names = said.told_apart(found.centres.values())
    live = found.live
    good = [one for one in live if not one.is_stale]
    left = [one.number for one in good if not one.is_filled]
    boxes = [_box(here, key, list(each), names, found) for key, each in groupby(good, key=lambda one: one.centre)]
    values = {
        "run": found.run,
        "state": found.state.value,
        "total": len(good),
        "filled": len(good) - len(left),
        "percent": f"{(len(good) - len(left)) * 100 / len(good):.2f}%" if good else "0%",
        "stale": [one.number for one in found.stale],
        "next": left[0] if left else None,
        "last": max((one.number for one in good if one.is_filled), default=None),
        "boxes": boxes,
        "problem": problem,
    }
    return here.page("post/_fill" if _by_script() else "post/fill", status, **values)


def _box(here: Here, key: str, rows: list[RunPiece], names: Mapping[str, str], found: Board) -> dict[str, object]:
    """The pieces for one centre."""
    return {
        "key": key or "none",
        "name": names.get(key, "?"),
        "filled": sum(one.is_filled for one in rows),
        "rows": [{**piece_row(here, one, names, found.state.value), "is_filled": one.is_filled} for one in rows],
    }
