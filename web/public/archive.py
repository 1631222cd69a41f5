"""Issues that were put in the archive, the same for everyone: no script, no cookie, nothing of a reader."""

from __future__ import annotations

from flask import Response, abort, make_response, request

from mailer.artefacts.archive.leaf import PICTURES
from mailer.artefacts.archive.pages import style
from mailer.services.publishing import archive
from web.site import Site
from wording.interface import interface

KEPT = "public, max-age=300"
"""Five minutes at a proxy: a busy day costs little, and what is withdrawn is soon gone everywhere."""


class Archive:
    """A list and a feed per language, the issues on it, their pictures and the style."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def shelf(self, lang: str) -> Response:
        asked = request.args
        words, publication = asked.get("q", "")[:400], asked.get("p", "")[:60]
        response = _public(archive.shelf(self._site.office, lang, words, publication), "text/html")
        if words.strip() or publication:
            response.headers["X-Robots-Tag"] = "noindex"  # a page for each word that someone thinks of
        return response

    def issue(self, lang: str, slug: str) -> Response:
        return _public(archive.page(self._site.office, lang, slug), "text/html")

    def earlier(self, lang: str, slug: str, revision: int) -> Response:
        return _public(archive.earlier_page(self._site.office, lang, slug, revision), "text/html")

    def feed(self, lang: str, number: int = 1) -> Response:
        name = "feed.atom" if number == 1 else f"feed-{number}.atom"
        return _public(archive.feed(self._site.office, lang, name), "application/atom+xml")

    def event(self, lang: str, slug: str, number: int) -> Response:
        response = _public(archive.calendar(self._site.office, lang, slug, number), "text/calendar")
        response.headers["Content-Disposition"] = f'attachment; filename="{slug}-{number}.ics"'
        return response

    def picture(self, name: str) -> Response:
        kind = "image/png" if name.endswith(".png") else "image/jpeg"
        return _public(archive.picture(self._site.office, f"{PICTURES}/{name}"), kind)

    def style(self) -> Response:
        return _public(style(self._site.house, interface(self._site.house.source_locale)), "text/css")


def _public(content: bytes | None, kind: str) -> Response:
    """What search engines and proxies may keep; 404 when there is none."""
    if content is None:
        abort(404)
    response = make_response(content)
    response.mimetype = kind
    response.headers["Cache-Control"] = KEPT
    response.headers["X-Robots-Tag"] = "all"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]  # a Response stays one
