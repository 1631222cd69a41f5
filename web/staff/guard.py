"""Who comes through: the session, the permission, the second step, the form that is our own, and the size of a body."""

from __future__ import annotations

import hmac
import re
from urllib.parse import urlsplit

from flask import Response, abort, request
from werkzeug.wrappers import Response as WerkzeugResponse

from mailer.services.administration import signing_in
from staff.permissions import Permission, require
from staff.sessions import OpenSession
from web.staff.here import Here, Staff, csrf_token
from web.staff.routes import Access, Route
from wording import Text
from wording.errors import ConflictError, InvalidInputError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
GUARDS = {
    "Content-Security-Policy": POLICY,
    # with no-referrer a form posts `Origin: null`, and no check could tell it from a foreign one
    "Referrer-Policy": "same-origin",
    "Vary": "Cookie",
}

_NOT_TYPED = {"csrf", "password", "second_code"}
_NO_WORDS = {"along", "losses"}
"""What a page put in its own form, and is no use to read."""
_HASH = re.compile(r"[0-9a-f-]{32,}|[A-Za-z0-9_-]{43}")
"""What a page put in its own form."""


def admitted(staff: Staff, route: Route) -> tuple[WerkzeugResponse | None, Here]:
    """What to answer instead of the page, or None; and who is here.

    Raises NotAllowedError for a person without the permission; aborts for a form of another site and for a body that
    is too large. Who signs in has no session to bind a form to: there a cookie of its own binds it to the browser.
    """
    request.max_content_length = route.body
    request.max_form_memory_size = max(route.body, request.max_form_memory_size or 0)
    if request.content_length is not None and request.content_length > route.body:
        abort(413)
    here = Here.of(staff)
    session = here.session
    if request.method == "POST" and not is_of_this_site(here.staff.pages):
        abort(403)
    if route.may is Access.PUBLIC:
        return None, here
    if session is None:
        return _led(_come_in(here)) if request.method != "POST" else _kept(here, 401), here
    if request.method == "POST" and not _is_of_session(here):
        return _kept(here, 403), here
    if route.may is not Access.HALF_IN and signing_in.needs_second_step(session.person) and session.second_at is None:
        return _led(here.go("second_step", next=_wanted())), here
    if isinstance(asked := route.asks(request.method), Permission):
        require(session.person, asked)
    if route.fresh and request.method == "POST" and not session.is_fresh(staff.office.clock()):
        return _proven_again(here, session), here
    return None, here


def guarded(response: Response) -> Response:
    """The headers of staff pages; those of the frame of a preview are its own."""
    for name, value in GUARDS.items():
        response.headers.setdefault(name, value)
    return response


def is_own_path(path: str) -> bool:
    """True for a path of the staff pages: nothing else is gone to after signing in."""
    parts = urlsplit(path)
    return (
        path.startswith("/staff/") and not parts.scheme and not parts.netloc and "\\" not in path and path.isprintable()
    )


def _wanted() -> str:
    """Where to go on after the second step: a page that was asked for, not a deed that was not done."""
    return request.full_path.rstrip("?") if request.method == "GET" else urlsplit(request.referrer or "").path


def _come_in(here: Here) -> WerkzeugResponse:
    return here.go(here.way_in, next=_wanted()) if request.path != "/staff/" else here.go(here.way_in)


def _led(way: WerkzeugResponse) -> WerkzeugResponse:
    """The same way for the whole page: a redirect is followed by htmx itself, which puts the page in a part of ours."""
    return Response(status=204, headers={"HX-Redirect": way.location}) if "HX-Request" in request.headers else way


def _proven_again(here: Here, session: OpenSession) -> WerkzeugResponse | None:
    """None when the code of the second step came along and is right; else the page that asks for it."""
    if not signing_in.factors(here.office, here.person).any:
        return here.go("set_up", next=_wanted())
    if not (code := request.form.get("second_code", "")[:40]):
        return _kept(here, 401, asks_code=True)
    try:
        signing_in.second_step(here.office, session, code)
    except (InvalidInputError, ConflictError) as error:
        return _kept(here, 422, asks_code=True, problem=error.text)
    return None


def _kept(here: Here, status: int, *, asks_code: bool = False, problem: Text | None = None) -> WerkzeugResponse:
    """Nothing is done; what was typed stands on the page, to be sent again by a person who looks at it.

    A session ended while someone typed, or it is another one by now. The token of a form is bound to its session, so
    the page that shows what came in has the right one: only a page of ours can have sent it here.
    """
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_TYPED]
    typed = [value for name, value in fields if name not in _NO_WORDS and (" " in value.strip() or len(value) > 12)]
    shown = [one for one in typed if not _HASH.fullmatch(one)]
    factors = signing_in.factors(here.office, here.person) if asks_code else None
    return here.page("again", status, fields=fields, typed=shown, factors=factors, problem=problem)


def is_of_this_site(pages: str) -> bool:
    """Whether a page of ours, reached at `pages` or at the host that was asked, sent this request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin", "") in {pages, request.host_url.rstrip("/")}


def _is_of_session(here: Here) -> bool:
    given = (request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")).encode("utf-8", "replace")
    keys = here.office.keys
    return any(
        hmac.compare_digest(csrf_token(keys.derive("session", "csrf", kid), here.token).encode(), given)
        for kid in keys.ids("session")
    )
