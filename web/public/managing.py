"""See, move or erase what is kept: for whoever opened a fresh link in their own mailbox."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Response, make_response, request
from sqlalchemy.orm import Session

from database import audit, onetime
from mailer.services.notices.letters import ask_to_move
from subscribers import managing, rights
from subscribers.address import AddressError
from subscribers.tables import Subscriber
from web import forms
from web.site import Site
from wording import Text


class Managing:
    """Each link works once: every button uses it up, so a second look asks for a new one."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def manage(self, lang: str, token: str) -> Response:
        if request.method != "POST":
            with self._site.store.reading() as session:
                known = onetime.peek(session, managing.MANAGE, token)
            return self._page(lang) if known else self._unknown(lang)
        action = {"download": self._download, "erase": self._erase, "move": self._move}.get(request.form.get("do", ""))
        with self._site.store.transaction() as session:
            try:
                redeemed = onetime.redeem(session, managing.MANAGE, token) if action else None
                if action is None or redeemed is None or session.get(Subscriber, redeemed.subject) is None:
                    return self._unknown(lang)
                return action(session, redeemed.subject, lang)
            except AddressError as error:
                session.rollback()  # a typing mistake does not use the link up
                return self._page(lang, error.text, status=422)

    def move(self, lang: str, token: str) -> Response:
        if request.method != "POST":
            with self._site.store.reading() as session:
                known = onetime.peek(session, managing.MOVE, token)
            return self._site.page("public/move.html.jinja", lang) if known else self._unknown(lang)
        with self._site.store.transaction() as session:
            moved = managing.move(session, token)
        return self._site.page("public/moved.html.jinja", lang) if moved else self._unknown(lang)

    def _download(self, session: Session, uid: UUID, _lang: str) -> Response:
        audit.record(session, audit.Event.EXPORT, "reader", uid)
        data = json.dumps(rights.data_of_subscriber(session, uid), ensure_ascii=False, indent=2)
        response = make_response(data)
        response.mimetype = "application/json"
        response.headers["Content-Disposition"] = 'attachment; filename="postduif.json"'
        return response

    def _erase(self, session: Session, uid: UUID, lang: str) -> Response:
        rights.erase_subscriber(session, uid, "reader")
        return self._site.page("public/erased.html.jinja", lang)

    def _move(self, session: Session, uid: UUID, lang: str) -> Response:
        needed = managing.ask_to_move(session, uid, forms.one(request.form, "email"))
        if needed is not None:
            ask_to_move(session, self._site.house, lang, needed)
            self._site.posted()
        return self._site.page("public/asked.html.jinja", lang)

    def _page(self, lang: str, mistake: Text | None = None, *, status: int = 200) -> Response:
        return self._site.page("public/manage.html.jinja", lang, status, mistake=mistake)

    def _unknown(self, lang: str) -> Response:
        return self._site.page("public/unknown.html.jinja", lang, 404)
