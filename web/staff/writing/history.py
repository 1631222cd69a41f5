"""The versions of an issue: two of them beside each other, section by section, and one put back."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from mailer.services.writing import history as versions
from mailer.services.writing import saving
from mailer.services.writing.history import Revision
from mailer.services.writing.merging import FRONT, Side, sides
from staff.permissions import Permission, may
from web.errors import status_of
from web.staff.here import Here
from web.staff.naming import issue_title
from wording import ExplainedError, Text, _
from wording.errors import ConflictError, InvalidInputError, NotFoundError

MOST_SHOWN = 100
"""Versions in the list."""


def history(here: Here, slug: str) -> Response:
    """GET compares two versions, the last two when none are chosen. POST puts one back as a new version."""
    if request.method == "POST":
        return _put_back(here, slug)
    return _page(here, slug)


def _put_back(here: Here, slug: str) -> Response:
    number, base = _number(request.form.get("version", "")), request.form.get("base", "")[:64]
    try:
        versions.restore(here.office, here.person, slug, number, base)
    except (ConflictError, InvalidInputError) as error:
        return _page(here, slug, error)
    return here.go("history", slug=slug)


def _page(here: Here, slug: str, error: ExplainedError | None = None) -> Response:
    found = versions.history(here.office, here.person, slug)
    if not found and slug not in here.office.content.slugs():
        raise NotFoundError(_("Er is geen nummer ‘{slug}’.", slug=slug))
    numbers = [one.number for one in found]
    new = _chosen("to", numbers, 0)
    old = _chosen("from", numbers, min(numbers.index(new) + 1, len(numbers) - 1) if numbers else 0)
    may_write = may(here.person, Permission.EDIT_ISSUES) and slug in here.office.content.slugs()
    return here.page(
        "writing/history",
        200 if error is None else int(status_of(error)),
        slug=slug,
        title=issue_title(here, slug),
        versions=[_row(here, one) for one in found[:MOST_SHOWN]],
        old=old,
        new=new,
        old_said=next((here.moment(one.at) for one in found if one.number == old), ""),
        changes=_changes(here, slug, old, new),
        base=saving.open_issue(here.office, here.person, slug).hash if may_write else "",
        may_write=may_write,
        problem=error and error.text,
    )


def _changes(here: Here, slug: str, old: int, new: int) -> list[dict[str, object]]:
    if not new or old == new:
        return []
    texts = [versions.revision_text(here.office, here.person, slug, one) for one in (old, new)]
    between = sides(None, *texts)
    return [_change(here, one) for one in between if not one.settled]


def _change(here: Here, side: Side) -> dict[str, object]:
    title: Text | str = side.title or _("Inleiding")
    if side.title == FRONT[0]:
        title = _("Titel, onderwerp en datum")
    state = "new" if side.theirs is None else "gone" if side.mine is None else "changed"
    return {"title": here.say(title), "state": state, "words": side.words}


def _row(here: Here, one: Revision) -> dict[str, object]:
    said = here.say(_("Teruggezet: versie {number}", number=one.restores)) if one.restores else ""
    said = here.say(_("Alleen een tikfout: {reason}", reason=one.typo)) if one.typo else said
    by = one.by or here.say(_("van buiten deze pagina’s"))
    return {"number": one.number, "said": said, "by": by, "at": here.moment(one.at)}


def _chosen(name: str, numbers: list[int], otherwise: int) -> int:
    """A version from the address; 0 when there is none at all. Raises NotFoundError for one that is not there."""
    typed = request.args.get(name, "")
    if not typed:
        return numbers[otherwise] if numbers else 0
    if _number(typed) not in numbers:
        raise NotFoundError(_("Deze versie is er niet (meer)."))
    return _number(typed)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
