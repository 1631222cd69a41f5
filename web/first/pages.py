"""One address for the whole first run: it shows the step that is to be done now, whoever asks, however often."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, make_response, redirect, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as WerkzeugResponse

from mailer.services.administration.mail_server import MailServer, ServerError
from mailer.services.administration.starting import Start, Step
from subscribers.address import AddressError, address_from
from web.errors import status_of
from web.first.running import FirstPerson, FirstRun
from web.public.headers import GUARDS
from web.staff.guard import GUARDS as STAFF_GUARDS
from web.staff.guard import is_of_this_site
from web.staff.here import LANGUAGES
from wording import Text, _
from wording.errors import PostduifError
from wording.interface import direction, interface

WEB = Path(__file__).resolve().parents[1]
ADDRESS = "/staff/first/<token>"
MAX_BODY = 64 * 1024


@dataclass(frozen=True)
class Field:
    """What is wrong, and in which field of the form."""

    text: Text
    name: str


def create_first_app(run: FirstRun, *, hosts: tuple[str, ...] = (), proxies: int = 0) -> Flask:
    """The application of an installation that is not there yet: the first run, and that it is not there yet.

    `hosts` and `proxies` as `web.app.create_app` takes them; the host of the run's own pages is answered too.
    """
    app = Flask("postduif-first", root_path=str(WEB), template_folder=str(WEB.parent / "templates" / "web"))
    known = ["localhost", urlsplit(run.pages).hostname or "", *hosts]
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_PARTS=100, TRUSTED_HOSTS=known)
    app.jinja_options = {"undefined": StrictUndefined, "autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    pages = FirstPages(run)
    app.add_url_rule(ADDRESS, "first", pages.step, methods=["GET", "POST"])
    app.add_url_rule(f"{ADDRESS}/paper", "paper", pages.paper)
    app.register_error_handler(HTTPException, pages.refused)
    app.after_request(_guarded)
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    return app


class FirstPages:
    """The pages of one first run."""

    def __init__(self, run: FirstRun) -> None:
        self._run = run

    def step(self, token: str) -> WerkzeugResponse:
        """GET shows the step of now. POST does it, when it still is the one that the form was for."""
        self._admit(token)
        now = self._run.step()
        if now is None:
            return redirect(self._run.end(), 303)  # another process ended it
        if request.method != "POST":
            return self._show(now)
        if request.form.get("step") != now:
            return self._show(now, 409, Field(_("Iemand anders was net eerder. Dit is de stap van nu."), ""))
        try:
            return {Step.US: self._us, Step.KEYS: self._keys, Step.MAIL: self._mail, Step.ISSUE: self._issue}[now]()
        except PostduifError as error:
            return self._show(self._run.step() or now, int(status_of(error)), Field(error.text, ""))

    def paper(self, token: str) -> WerkzeugResponse:
        """The keys, to be printed; only while they are to be put on paper."""
        self._admit(token)
        if self._run.step() is not Step.KEYS:
            abort(404)
        return self._page("paper", lines=self._run.paper(), organisation=self._run.organisation)

    def refused(self, error: HTTPException) -> Response:
        """Every other address: there is nothing yet, and the link stands in the terminal."""
        return self._page("not_yet", error.code or 404)

    def _admit(self, token: str) -> None:
        given, own = token.encode("utf-8", "replace"), self._run.token.encode()
        if not hmac.compare_digest(given, own):
            abort(404)
        if request.method == "POST" and not is_of_this_site(self._run.pages):
            abort(403)

    def _us(self) -> WerkzeugResponse:
        form = request.form
        organisation, name = (" ".join(form.get(key, "").split())[:200] for key in ("organisation", "name"))
        if not organisation and not self._run.organisation:
            return self._show(Step.US, 422, Field(_("Vul de naam van je organisatie in."), "organisation"))
        if not name:
            return self._show(Step.US, 422, Field(_("Vul je eigen naam in."), "name"))
        try:
            address_from(form.get("email", "")[:320])
        except AddressError as error:
            return self._show(Step.US, 422, Field(error.text, "email"))
        languages = tuple(code for code in LANGUAGES if code in form.getlist("language"))
        if not languages and not self._run.organisation:
            return self._show(Step.US, 422, Field(_("Kies minstens één taal."), "language"))
        start = Start(organisation, languages, second_person=form.get("second") != "no")
        self._run.found(start, FirstPerson(name, form.get("email", "")))
        return self._on()

    def _keys(self) -> WerkzeugResponse:
        if self._run.on_paper(request.form.get("line", "")[:200]):
            return self._on()
        wrong = _("Deze regel klopt niet met de eerste sleutel. Typ de regel over die met data.1 begint.")
        return self._show(Step.KEYS, 422, Field(wrong, "line"))

    def _mail(self) -> WerkzeugResponse:
        form = request.form
        if form.get("do") != "try":
            self._run.after_mail()
            return self._on()
        words = {key: form.get(key, "")[:320] for key in ("host", "security", "user", "password", "sender")}
        port = form.get("port", "")
        try:
            self._run.choose_mail(MailServer(port=int(port) if port.isdecimal() and len(port) < 6 else 0, **words))
        except AddressError as error:
            return self._show(Step.MAIL, 422, Field(error.text, "sender"))
        except ServerError as error:
            return self._show(Step.MAIL, 422, Field(error.text, error.part))
        except PostduifError as error:
            return self._show(Step.MAIL, int(status_of(error)), Field(error.text, "host"))
        return self._show(Step.MAIL, tried=True)

    def _issue(self) -> WerkzeugResponse:
        return redirect(self._run.end(), 303)

    def _on(self) -> WerkzeugResponse:
        return redirect(f"{request.path}?lang={_language()}", 303)

    def _show(
        self, step: Step, status: int = 200, problem: Field | None = None, *, tried: bool = False
    ) -> WerkzeugResponse:
        values = {"organisation": self._run.organisation, "sender": self._run.sender, "tried": tried}
        typed: dict[str, str | list[str]] = dict(request.form)
        typed |= {"language": request.form.getlist("language") or [_language()], "password": ""}
        return self._page(step.value, status, problem=problem, typed=typed, step=step, **values)

    def _page(self, template: str, status: int = 200, /, **values: Any) -> Response:
        lang = _language()
        say = interface(lang).say
        words = {
            "_": lambda msgid, **slots: say(Text(msgid, slots)),
            "say": say,
            "lang": lang,
            "dir": direction(lang),
            "languages": LANGUAGES,
            "organisation": "",
            "person": None,
            "path": request.path,
            "problem": None,
        }
        return make_response(render_template(f"first/{template}.html.jinja", **{**words, **values}), status)


def _language() -> str:
    """The one that was chosen on the page, or the first of the browser's that the interface has."""
    chosen = request.args.get("lang", "")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES), "nl") or "nl"


def _guarded(response: Response) -> Response:
    for name, value in {**GUARDS, **STAFF_GUARDS}.items():
        response.headers[name] = value
    return response
