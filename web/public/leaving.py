"""Leave: by a mail program's own button (RFC 8058), or by ours. Opening the link changes nothing."""

from __future__ import annotations

from flask import Response, make_response, request

from mailer.services.readers import choices
from web.languages import best_language
from web.site import Site, title_in
from wording.errors import NotFoundError

ONE_CLICK = ("List-Unsubscribe", "One-Click")


class Leaving:
    """No cookie, no form token, no limit per network: mail providers press this for thousands of readers at once."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def leave(self, token: str) -> Response:
        lang = best_language(self._site.house, request.accept_languages)
        try:
            leaver = choices.leaver(self._site.office, token)
        except NotFoundError:
            return self._site.page("public/unknown.html.jinja", lang, 404)
        lang = leaver.locale or lang
        title = leaver.publication and self._title(leaver.publication, lang)
        if request.method != "POST":
            return self._site.page("public/leave.html.jinja", lang, title=title)
        one_click = request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]
        everything = request.form.get("what") == "all" and not one_click
        source = "one-click" if one_click else "button"
        choices.leave(self._site.office, token, source=source, everything=everything)
        if one_click:
            return make_response("", 200)
        return self._site.page("public/left.html.jinja", lang, title=None if everything else title)

    def _title(self, publication: str, lang: str) -> str:
        return title_in(self._site.house.publications[publication].title, lang, self._site.house.source_locale)
