"""Issues that were put in the archive, as they were mailed; nothing in them belongs to a reader."""

from __future__ import annotations

import re

from flask import Response, abort, make_response
from markupsafe import escape

from mailer.ledger import archive
from mailer.ledger.archive import ArchivedEdition
from web.site import Site

_SLOT = re.compile("\ue000([a-z_]+)\ue001")
_CID = re.compile(r"cid:([A-Za-z0-9._@-]+)")
PAGE_GUARD = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
"""An e-mail carries its styles in itself; scripts, frames and other hosts stay shut."""


class Archive:
    """A shelf per language, and the issues on it."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def shelf(self, lang: str) -> Response:
        with self._site.store.reading() as session:
            issues = archive.shown(session, lang)
        return self._site.page("public/archive.html.jinja", lang, here="/archief/", issues=issues)

    def issue(self, lang: str, slug: str) -> Response:
        with self._site.store.reading() as session:
            edition = archive.edition_shown(session, slug, lang)
        if edition is None:
            abort(404)
        response = make_response(self._opened(edition))
        response.headers["Content-Security-Policy"] = PAGE_GUARD
        response.headers["Content-Language"] = lang
        return response

    def picture(self, lang: str, slug: str, name: str) -> Response:
        with self._site.store.reading() as session:
            data = archive.picture_shown(session, slug, lang, name)
        if data is None:
            abort(404)
        response = make_response(data)
        response.mimetype = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        return response

    def _opened(self, edition: ArchivedEdition) -> str:
        """The mail as a page: its slots lead to the public form, its pictures to this host."""
        form = f"/{edition.locale}/aanmelden"
        html = _SLOT.sub(lambda found: form if found[1].endswith("_url") else "", edition.html)
        return _CID.sub(lambda found: f"/{edition.locale}/archief/{escape(edition.slug)}/{found[1]}", html)
