"""One envelope of a run: print it again, take it out, report it."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from mailer.artefacts.paper.labels import SHEETS
from mailer.services.post import pieces, progress
from mailer.services.post.progress import Board, RunPiece
from web.staff.here import Here
from web.staff.naming import issue_title
from web.staff.post import said
from web.staff.post.run_said import kind_of, piece_row
from web.staff.post.runs import number_in
from wording import _
from wording.errors import NotFoundError

_KINDS = {"booklet": ("boekje",), "address": ("etiketten", "adresbrieven"), "leaf": ("uitleg",)}


def piece(here: Here, run: int, piece: int) -> Response:
    """What can be done with one envelope. Raises NotFoundError for a piece of another run."""
    found = progress.board(here.office, here.person, run)
    one = _piece(found, piece)
    names = said.told_apart(found.centres.values())
    sheet = SHEETS.get(found.options.addressing)
    return here.page(
        "post/piece",
        run=run,
        state=found.state.value,
        title=issue_title(here, found.issue),
        one=piece_row(here, one, names, found.state.value),
        is_stale=one.is_stale,
        is_live=one.state == "in_run",
        labels=sheet.columns * sheet.rows if sheet else 0,
        sheet=found.options.addressing,
    )


def again(here: Here, run: int, piece: int) -> Response:
    """A part of one envelope once more, with its own number."""
    wanted = _KINDS.get(request.form.get("what", ""), ())
    skip = number_in(request.form.get("skip", ""))
    found = progress.pile(here.office, here.person, run)
    sheet = SHEETS.get(found.options.addressing)
    skip = skip % (sheet.columns * sheet.rows) if sheet else 0
    made = pieces.reprint(here.office, here.person, run, piece, skip=skip)
    one = next((file for file in made if kind_of(file.name) in wanted), None)
    if one is None:
        raise NotFoundError(_("Bij stuk {number} hoort dat niet.", number=piece))
    return said.pdf(one)


def _piece(found: Board, number: int) -> RunPiece:
    one = next((each for each in found.pieces if each.number == number), None)
    if one is None:
        raise NotFoundError(_("Printopdracht {run} heeft geen stuk {number}.", run=found.run, number=number))
    return one
