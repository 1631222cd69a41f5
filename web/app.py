"""The web: one Flask application over one office. Nothing is built at import, and no public page sets a cookie."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from mailer.doctor.rounds import Rounds
from mailer.services.office import Office
from mailer.services.sending.witness import Witness
from mailer.surroundings import world_of
from web.languages import best_language
from web.public import public_pages
from web.public.headers import GUARDS
from web.site import Site
from web.staff.here import Demo, Staff
from web.staff.pages import Refusals, add_staff_pages, is_staff_page

ROOT = Path(__file__).resolve().parent
log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
"""Octets of a request: the largest public form is under 4 KB."""


def create_app(
    office: Office,
    *,
    hosts: Sequence[str] = (),
    proxies: int = 0,
    pages: str = "",
    demo: Demo | None = None,
    public: bool = False,
    rounds: Rounds | None = None,
    witness: Witness | None = None,
) -> Flask:
    """The application.

    `hosts` are names it answers to beside that of the base URL; `proxies` is how many reverse proxies of our own stand
    before it (their X-Forwarded-For is believed, an X-Forwarded-Host never). `pages` is the address at which the staff
    reach theirs; the base URL when it is "". `demo` adds the page on which a visitor of the demo chooses whom to be.
    `rounds` looks whether everything works; when it is None, at the content folder and the database of the office.
    `witness` is what this machine keeps of the database; without one no hold is lifted here.
    `public` leaves the staff pages out: what is left needs no content folder, so it may run anywhere.
    """
    app = Flask("postduif", root_path=str(ROOT), template_folder=str(ROOT.parent / "templates" / "web"))
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_PARTS=100,
        TRUSTED_HOSTS=[urlsplit(office.house.base_url).hostname or "", *hosts],
    )
    app.jinja_options = {"undefined": StrictUndefined, "autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    site = Site(office)
    app.register_blueprint(public_pages(site))
    app.after_request(guarded)
    app.before_request(_note_begin)
    app.after_request(_log)
    if public:
        app.register_error_handler(HTTPException, partial(explained, site))
    else:
        known = witness or Witness(sweeps=False)
        _add_staff(app, site, Staff(office, pages or office.house.base_url, rounds or rounds_of(office), known, demo))
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    return app


def rounds_of(office: Office) -> Rounds:
    """Looks at what this office works with."""
    return Rounds(lambda: world_of(office.content.folder, office.store.url))


def _add_staff(app: Flask, site: Site, staff: Staff) -> None:
    add_staff_pages(app, staff)
    refusals = Refusals(staff)
    app.register_error_handler(
        HTTPException, lambda error: refusals.refused(error) if is_staff_page() else explained(site, error)
    )


def _note_begin() -> None:
    g.begun = time.monotonic()


def _log(response: Response) -> Response:
    """By its rule, never by its path: tokens of readers stand in paths."""
    route = request.url_rule.rule if request.url_rule is not None else ""
    seconds = round(time.monotonic() - g.begun, 3) if "begun" in g else 0.0
    said = {"method": request.method, "route": route, "status": response.status_code, "seconds": seconds}
    log.info("a request was answered", extra=said)
    return response


def guarded(response: Response) -> Response:
    """Headers that every answer has, unless the page set its own."""
    for name, value in GUARDS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def explained(site: Site, error: HTTPException) -> Response:
    """An error as a page in the visitor's language; it repeats nothing of what was sent."""
    code = error.code or 500
    first = request.path.split("/", 2)[1]
    lang = first if first in site.house.locales else best_language(site.house, request.accept_languages)
    return site.page("public/error.html.jinja", lang, code, code=code)
