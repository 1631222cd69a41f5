"""The way in: ask for a link, open it or type the code, and leave."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import redirect, request
from werkzeug.wrappers import Response

from mailer.services.administration import signing_in
from mailer.services.administration.signing_in import Entered
from staff.signing_in import LASTS
from subscribers.address import AddressError, address_from
from web.staff.guard import is_own_path
from web.staff.here import (
    BROWSER,
    DEVICE,
    HALF_A_YEAR,
    QUARTER,
    SESSION,
    TWELVE_HOURS,
    Here,
    cookie,
    drop_cookie,
    set_cookie,
)
from wording import Text, _
from wording.errors import ConflictError

ANSWER_SECONDS = 0.25
"""Every answer takes at least this long: whether an address is known must not show in the time."""


def sign_in(here: Here) -> Response:
    """GET: the form. POST: the same answer for any address."""
    if here.session is not None:
        return here.go("today")
    if request.method != "POST":
        return here.page("sign_in", next=_next())
    started = time.monotonic()
    email = request.form.get("email", "")[:320]
    try:
        address_from(email)
    except AddressError as error:
        return here.page("sign_in", 422, problem=error.text, typed=email, next=_next())
    secret = cookie(BROWSER) or secrets.token_urlsafe(32)
    browser = here.browser.__class__(secret, here.browser.name, here.browser.network)
    signing_in.ask(here.office, email, browser, pages=here.staff.pages)
    time.sleep(max(0.0, ANSWER_SECONDS - (time.monotonic() - started)))
    response = _asked(here, email=email)
    set_cookie(response, BROWSER, secret, QUARTER * 4)
    return response


def code(here: Here) -> Response:
    """The code from the mail, typed where the request began."""
    if request.method != "POST":
        return here.go("sign_in")
    problem: Text = _("Die code klopt niet, of werkt niet meer. Vraag anders een nieuwe link.")
    try:
        entered = signing_in.enter_by_code(here.office, request.form.get("code", "")[:40], here.browser)
    except ConflictError as error:
        entered, problem = None, error.text
    return _came_in(here, entered) if entered is not None else _asked(here, 422, problem=problem)


def link(here: Here, token: str) -> Response:
    """GET shows a button, or the code to type elsewhere, and changes nothing. POST comes in."""
    if request.method == "POST":
        entered = signing_in.enter_by_link(here.office, token, here.browser)
        return _came_in(here, entered) if entered is not None else here.page("link_over", 410)
    found = signing_in.look(here.office, token, here.browser)
    if found is None:
        return here.page("link_over", 410)
    return here.page("link", is_here=found.is_here, code=f"{found.code[:4]}-{found.code[4:]}")


def sign_out(here: Here) -> Response:
    """End this session."""
    if here.session is not None:
        signing_in.leave(here.office, here.person, here.session.uid)
    response = here.go(here.way_in)
    drop_cookie(response, SESSION)
    response.headers["Clear-Site-Data"] = '"storage"'  # drafts that wait on the device are this person's alone
    return response


def _asked(here: Here, status: int = 200, *, email: str = "", problem: Text | None = None) -> Response:
    until = (here.office.clock() + LASTS - timedelta(seconds=30)).astimezone(ZoneInfo(here.office.house.time_zone))
    return here.page("asked", status, email=email, problem=problem, until=f"{until:%H:%M}", next=_next())


def _came_in(here: Here, entered: Entered) -> Response:
    response = redirect(f"/staff/second-step?next={quote(_next())}", 303)
    set_cookie(response, SESSION, entered.session, TWELVE_HOURS)
    set_cookie(response, DEVICE, entered.device, HALF_A_YEAR)
    drop_cookie(response, BROWSER)
    return response


def _next() -> str:
    wanted = request.values.get("next", "")[:500]
    return wanted if is_own_path(wanted) else ""
