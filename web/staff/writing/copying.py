"""The page to copy a section of an earlier issue from: which issue, and which of its sections."""

from __future__ import annotations

import re

from flask import request
from werkzeug.wrappers import Response

from mailer.document.sections import cut, piece_of
from mailer.services.writing import copying, unsaved
from mailer.services.writing.merging import plain_text
from web.staff.here import Here
from web.staff.naming import audience_title, issue_title
from web.staff.writing.form import Typed
from web.staff.writing.page import keep
from wording import _
from wording.errors import ContentError, NotFoundError

_FORM = re.compile(r"^:::.*$|!\[[^\[\]]*\]\([^()]*\)|\]\([^()]*\)|\{[^{}\n]*\}|[*#>|`\[\]]", re.MULTILINE)
_BEGIN = 160
"""Characters of a section that are shown."""


def copy(here: Here, slug: str) -> Response:
    """GET shows the sections of an earlier issue, the last one when none is chosen. POST copies one of them.

    It is put in after the section with the number `after`, in what this person is writing. Raises NotFoundError.
    """
    if request.method == "POST":
        return _copied(here, slug)
    others = copying.earlier_issues(here.office, here.person, slug)
    chosen = request.args.get("from", "")[:100] or next(iter(others), "")
    if chosen and chosen not in others:
        raise NotFoundError(_("Er is geen nummer ‘{slug}’.", slug=chosen))
    return here.page(
        "writing/copy",
        slug=slug,
        title=issue_title(here, slug),
        after=_number(request.args.get("after", "")),
        others=[(one, issue_title(here, one)) for one in others],
        chosen=chosen,
        sections=_sections(here, chosen) if chosen else [],
    )


def _copied(here: Here, slug: str) -> Response:
    other, number = request.form.get("from", "")[:100], _number(request.form.get("section", ""))
    text = copying.copied_section(here.office, here.person, slug, other, number)
    opened, kept = unsaved.open_sheet(here.office, here.person, slug)
    base, mark = (kept.base, kept.mark) if kept else (opened.hash, "")
    sheet = cut(kept.text if kept else plain_text(opened.text))
    after = min(_number(request.form.get("after", "")), len(sheet.pieces) - 1)
    return keep(here, slug, Typed(sheet.added(after, piece_of(text)).text, base, mark), after + 1)


def _sections(here: Here, slug: str) -> list[dict[str, object]]:
    try:
        pieces = copying.sections_of(here.office, here.person, slug).pieces
    except ContentError:
        return []
    return [
        {
            "number": number,
            "title": piece.title,
            "tags": [audience_title(here, one) for one in sorted(piece.audiences)],
            "begin": _begin(piece.body),
        }
        for number, piece in enumerate(pieces)
        if piece.head
    ]


def _begin(body: str) -> str:
    """Its first words, without the signs of Markdown."""
    words = " ".join(_FORM.sub(" ", body).split())
    return words[:_BEGIN] + ("…" if len(words) > _BEGIN else "")


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
