"""The editions of an issue to look at: an e-mail in its frame, a booklet as PDF."""

from __future__ import annotations

from flask import make_response
from werkzeug.wrappers import Response

from mailer.organisation import Channel
from mailer.services.publishing import overview
from mailer.services.writing import previews
from web.staff.here import Here
from web.staff.issues.issue import bar
from web.staff.naming import audience_title, locale_name
from wording import _
from wording.errors import NotFoundError

FRAME = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
"""The policy of a preview: its own styles and pictures, no script, no link followed inside it."""


def frame(here: Here, slug: str, audience: str, locale: str) -> Response:
    """An e-mail as its readers will see it, for a frame without scripts."""
    _require_known(here, slug)
    page = previews.html(here.office, slug, audience, locale)
    response = make_response(page.replace(b"<head>", b'<head><base target="_blank">', 1))
    response.headers["Content-Security-Policy"] = FRAME
    return response


def booklet(here: Here, slug: str, audience: str, locale: str) -> Response:
    """The pages of a booklet as PDF."""
    _require_known(here, slug)
    response = make_response(previews.pdf(here.office, slug, audience, locale))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{slug}-{audience}-{locale}.pdf"'
    return response


def edition(here: Here, slug: str, audience: str, locale: str) -> Response:
    """One edition in its frame, narrow as on a phone and wide beside it."""
    found = overview.overview(here.office, here.person, slug)
    there = {(row.audience, one.locale) for row in found.editions.rows for one in row.cells if one}
    if (audience, locale) not in there:
        raise NotFoundError(_("Deze editie is er niet (meer)."))
    values = {"audience": audience_title(here, audience), "locale": locale, "language": locale_name(here, locale)}
    on_paper = here.office.house.audiences[audience].channel is Channel.POST
    path = f"/staff/issues/{slug}/{'booklet' if on_paper else 'frame'}/{audience}/{locale}"
    return here.page("issues/edition", path=path, on_paper=on_paper, **values, **bar(here, found))


def _require_known(here: Here, slug: str) -> None:
    if not here.office.content.has(slug):
        raise NotFoundError(_("Dit nummer is er niet (meer): {slug}.", slug=slug))
