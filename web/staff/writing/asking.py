"""The page that asks someone to approve."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from mailer.services.writing import asking, unsaved
from web.staff.here import Here, uuid_of
from web.staff.naming import issue_title
from wording import Text, _
from wording.errors import ConflictError, NotFoundError


def ask(here: Here, slug: str) -> Response:
    """GET shows whom to ask. POST mails a link to who was chosen. Raises NotFoundError."""
    if request.method != "POST":
        return _page(here, slug)
    whom = uuid_of(request.form.get("approver", "")[:40])
    if whom is None:
        raise NotFoundError(_("Deze collega kan dit nummer niet goedkeuren."))
    try:
        asked = asking.ask_approval(here.office, here.person, slug, whom, here.staff.pages)
    except ConflictError as error:
        return _page(here, slug, 409, error.text)
    return here.go("ask_approval", slug=slug, asked=asked.uid)


def _page(here: Here, slug: str, status: int = 200, problem: Text | None = None) -> Response:
    _opened, kept = unsaved.open_sheet(here.office, here.person, slug)
    return here.page(
        "writing/ask",
        status,
        slug=slug,
        title=issue_title(here, slug),
        approvers=asking.approvers(here.office, here.person),
        asked=request.args.get("asked", ""),
        unsaved=kept is not None,
        problem=problem,
    )
