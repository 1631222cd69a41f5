"""A block put in without a script: which, its fields, how the reader sees it; and that look for the dialogs too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from flask import make_response, request
from werkzeug.wrappers import Response

from mailer.document.sections import Piece, cut, piece_of
from mailer.organisation import Channel
from mailer.services.writing import previews, unsaved
from mailer.services.writing.merging import plain_text
from web.errors import status_of
from web.staff.here import Here
from web.staff.issues.editions import FRAME
from web.staff.naming import issue_title
from web.staff.writing import showing
from web.staff.writing.blocks import Block, blocks
from web.staff.writing.form import Typed
from web.staff.writing.page import keep
from wording import Text, _
from wording.errors import ContentError, NotFoundError
from wording.interface import interface

ANCHOR = "voorbeeld"
"""Where a block stands in the letter that shows it."""
_MOST = 5_000
"""Characters of one field."""
_NO_PROSE = (":::", "|", "```", "~~~", "[^", "#")
"""How a line begins that no words may follow on."""
_LONGEST = 4_000
"""Characters of an address with what was typed."""
_ATTRIBUTES = re.compile(r" ?\{((?:@[a-z]+ ?)+)\}")
_QUOTED = re.compile(r'["{}]')
_FIELD = re.compile(r"\{([a-z]+)\}")


def insert(here: Here, slug: str) -> Response:
    """GET shows the fields of a block, or which there are. POST puts it at the end of a section of the draft.

    Raises NotFoundError.
    """
    unsaved.open_sheet(here.office, here.person, slug)  # raises for an issue that is not there
    known = {one.key: one for one in blocks(here)}
    what = request.values.get("what", "")[:20]
    if what and what not in known:
        raise NotFoundError(_("Dit is niet in te voegen."))
    if request.method == "POST" and what:
        return _inserted(here, slug, known[what])
    return _page(here, slug, known.get(what))


def block(here: Here, slug: str) -> Response:
    """The letter with nothing but one block in it, for a frame. Raises NotFoundError."""
    known = {one.key: one for one in blocks(here)}
    if (what := request.args.get("what", "")[:20]) not in known:
        raise NotFoundError(_("Dit is niet in te voegen."))
    opened, kept = unsaved.open_sheet(here.office, here.person, slug)
    front = cut(kept.text if kept else plain_text(opened.text)).front
    made = "\n\n".join(filter(None, _written(known[what], request.args)))
    house = here.office.house
    mailed = [key for key in showing.audiences_of(here, slug) if house.audiences[key].channel is Channel.EMAIL]
    audience = house.audiences[(mailed or [*showing.audiences_of(here, slug)])[0]]
    locale = house.source_locale if house.source_locale in audience.locales else audience.locales[0]
    try:
        heading = interface(house.source_locale).say(_("Voorbeeld"))
        text = f"{front}\n## {heading} {{#{ANCHOR}}}\n\n{made}\n"
        response = make_response(previews.html(here.office, slug, audience.key, locale, text=text))
    except ContentError as error:
        said = error.problems[0].text if error.problems else error.text
        response = make_response(here.say(said), int(status_of(error)))
        response.mimetype = "text/plain"
    response.headers["Content-Security-Policy"] = FRAME
    return response


def _page(here: Here, slug: str, chosen: Block | None, problem: Text | None = None) -> Response:
    names = [] if chosen is None else [one.name for one in chosen.fields]
    return here.page(
        "writing/insert",
        200 if problem is None else 422,
        slug=slug,
        title=issue_title(here, slug),
        blocks=blocks(here),
        chosen=chosen,
        after=_number(request.values.get("after", "")),
        typed={name: request.values.get(name, "")[:_MOST] for name in names},
        look=_look(slug, chosen, names) if chosen else "",
        source=here.office.house.source_locale,
        problem=problem,
    )


def _look(slug: str, chosen: Block, names: Sequence[str]) -> str:
    """The address of what a reader would see of it; "" while nothing is filled in."""
    filled = {name: typed for name in names if (typed := request.values.get(name, "")[:_MOST])}
    query = urlencode({"what": chosen.key, **filled})
    return f"/staff/issues/{slug}/write/block?{query}#{ANCHOR}" if filled and len(query) < _LONGEST else ""


def _inserted(here: Here, slug: str, what: Block) -> Response:
    missing = [one for one in what.fields if one.needed and not request.form.get(one.name, "").strip()]
    if missing:
        return _page(here, slug, what, _("Vul dit nog in: {field}", field=here.say(missing[0].label)))
    if request.form.get("do") == "look":
        return _page(here, slug, what)
    opened, kept = unsaved.open_sheet(here.office, here.person, slug)
    base, mark = (kept.base, kept.mark) if kept else (opened.hash, "")
    sheet = cut(kept.text if kept else plain_text(opened.text))
    number = min(_number(request.form.get("after", "")), len(sheet.pieces) - 1)
    made, end = _written(what, request.form)
    goes_on = what.inline and not sheet.pieces[number].body.rpartition("\n")[2].startswith(_NO_PROSE)
    piece = _with(_with(sheet.pieces[number], made, " " if goes_on else "\n\n"), end, "\n\n")
    pieces = (*sheet.pieces[:number], piece, *sheet.pieces[number + 1 :])
    return keep(here, slug, Typed(replace(sheet, pieces=pieces).text, base, mark), number)


def _written(what: Block, typed: Mapping[str, str]) -> tuple[str, str]:
    """The block, and what comes at the end of its section besides: as the script of the page writes them."""
    lines = {one.name for one in what.fields if one.kind == "words"}

    def value(name: str) -> str:
        text = plain_text(typed.get(name, ""))[:_MOST].strip()
        return text if name in lines else " ".join(text.split())

    def attributes(found: re.Match[str]) -> str:
        names = [one.removeprefix("@") for one in found[1].split()]
        said = [name + '="' + _QUOTED.sub("’", value(name)) + '"' for name in names if value(name)]
        return f" {{{' '.join(said)}}}" if said else ""

    def made(pattern: str) -> str:
        filled = _FIELD.sub(lambda found: value(found[1]), _ATTRIBUTES.sub(attributes, pattern))
        return re.sub(r"(?<!\n)\n{2,}:::", "\n:::", filled)

    return made(what.make), made(what.end)


def _with(piece: Piece, text: str, between: str) -> Piece:
    """A section with this at its end."""
    if not text:
        return piece
    if piece.body:
        return replace(piece, body=f"{piece.body}{between}{text}")
    heads = piece.head.count("\n")
    return piece_of(f"{piece.head}\n{text}\n\n" if piece.head else f"{text}\n\n", heads)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
