"""See, move or erase what is kept: for anyone who opened a fresh link in their own mailbox."""

from __future__ import annotations

import json

from flask import Response, make_response, request

from mailer.services.readers import own_data
from subscribers.address import AddressError
from web import forms
from web.site import Site
from wording import Text
from wording.errors import NotFoundError


class Managing:
    """Each link works once: every button uses it up, so a second look asks for a new one."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def manage(self, lang: str, token: str) -> Response:
        actions = {"download": self._download, "erase": self._erase, "move": self._move}
        try:
            if request.method != "POST":
                own_data.check_link(self._site.office, token)
                return self._page(lang)
            action = actions.get(request.form.get("do", ""))
            return action(token, lang) if action else self._unknown(lang)
        except NotFoundError:
            return self._unknown(lang)
        except AddressError as error:
            return self._page(lang, error.text, status=422)

    def move(self, lang: str, token: str) -> Response:
        try:
            if request.method != "POST":
                own_data.check_move(self._site.office, token)
                return self._site.page("public/move.html.jinja", lang)
            own_data.move(self._site.office, token)
        except NotFoundError:
            return self._unknown(lang)
        return self._site.page("public/moved.html.jinja", lang)

    def _download(self, token: str, _lang: str) -> Response:
        data = own_data.download(self._site.office, token)
        response = make_response(json.dumps(data, ensure_ascii=False, indent=2))
        response.mimetype = "application/json"
        response.headers["Content-Disposition"] = 'attachment; filename="postduif.json"'
        return response

    def _erase(self, token: str, lang: str) -> Response:
        own_data.erase(self._site.office, token)
        return self._site.page("public/erased.html.jinja", lang)

    def _move(self, token: str, lang: str) -> Response:
        own_data.ask_to_move(self._site.office, token, forms.one(request.form, "email"), lang)
        return self._site.page("public/asked.html.jinja", lang)

    def _page(self, lang: str, mistake: Text | None = None, *, status: int = 200) -> Response:
        return self._site.page("public/manage.html.jinja", lang, status, mistake=mistake)

    def _unknown(self, lang: str) -> Response:
        return self._site.page("public/unknown.html.jinja", lang, 404)
