"""The second step, and setting one up: an app, a passkey, codes on paper."""

from __future__ import annotations

import segno
from flask import Response as FlaskResponse
from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from mailer.services.administration import signing_in
from staff.sessions import OpenSession
from web.staff.guard import is_own_path
from web.staff.here import Here
from wording import Text
from wording.errors import ConflictError, InvalidInputError

SET_UP = "/staff/set-up"


def second_step(here: Here) -> Response:
    """Ask for it; someone who has none yet sets one up, someone who needs none goes on, but not to set one up."""
    if here.session is None:
        return here.go("sign_in")
    if not signing_in.needs_second_step(here.person) and not _next().startswith(SET_UP):
        return _onwards(here)
    if not signing_in.factors(here.office, here.person).any:
        return here.go("set_up", next=_next())
    if request.method != "POST":
        return _ask(here)
    try:
        signing_in.second_step(here.office, here.session, request.form.get("code", "")[:40])
    except (InvalidInputError, ConflictError) as error:
        return _ask(here, 422, problem=error.text)
    return _onwards(here)


def set_up(here: Here) -> Response:
    """An app is set up with its first right code; then the codes for paper are shown, once."""
    if here.session is None:
        return here.go("sign_in")
    if _must_prove_first(here, here.session):
        return here.go("second_step", next=request.full_path.rstrip("?") if request.method == "GET" else SET_UP)
    if request.method != "POST":
        return _app(here)
    try:
        signing_in.second_step(here.office, here.session, request.form.get("code", "")[:40], new=True)
    except (InvalidInputError, ConflictError) as error:
        return _app(here, 422, problem=error.text)
    return _paper(here)


def paper(here: Here) -> Response:
    """GET: a button. POST: new codes for paper; the old ones stop working."""
    if request.method != "POST":
        return here.page("paper_codes", codes=[], next=_next() or "/staff/")
    return _paper(here)


def passkey_options(here: Here) -> Response:
    """What the browser is to sign, or to make a passkey from."""
    if here.session is None:
        return here.go("sign_in")
    new = request.form.get("new") == "1"
    if new and _must_prove_first(here, here.session):
        return FlaskResponse(status=403)
    options = signing_in.ask_for_passkey(here.office, here.session, here.staff.site, new=new)
    return FlaskResponse(options, mimetype="application/json")


def passkey(here: Here) -> Response:
    """What the browser signed or made. Answers its script, as JSON, where to go on or what is wrong."""
    if here.session is None:
        return here.go("sign_in")
    answer, new = request.form.get("answer", ""), request.form.get("new") == "1"
    if new and _must_prove_first(here, here.session):
        return FlaskResponse(status=403)
    deed = signing_in.add_passkey if new else signing_in.passkey
    try:
        deed(here.office, here.session, here.staff.site, answer)
    except (InvalidInputError, ConflictError) as error:
        response = jsonify(problem=here.say(error.text))
        response.status_code = 422
        return response
    first = new and signing_in.factors(here.office, here.person).paper_left == 0
    return jsonify(next="/staff/paper-codes" if first else _next() or "/staff/")


def _must_prove_first(here: Here, session: OpenSession) -> bool:
    """Before one more second step is set up: it would prove whatever its maker wants from then on, so who finds an open
    session gets none. Who has none yet proved enough by the mail."""
    has_one = signing_in.factors(here.office, here.person).any
    return has_one and not session.is_fresh(here.office.clock())


def _ask(here: Here, status: int = 200, *, problem: Text | None = None) -> Response:
    found = signing_in.factors(here.office, here.person)
    return here.page("second_step", status, factors=found, next=_next(), problem=problem)


def _app(here: Here, status: int = 200, *, problem: Text | None = None) -> Response:
    app = signing_in.propose_app(here.office, here.person)
    modules = [[bool(cell) for cell in row] for row in segno.make(app.uri, error="m", micro=False).matrix]
    size = len(modules)
    drawn = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, is_black in enumerate(row) if is_black)
    secret = " ".join(app.secret[at : at + 4] for at in range(0, len(app.secret), 4))
    values = {"drawn": drawn, "size": size, "secret": secret, "uri": app.uri}
    return here.page("set_up", status, problem=problem, next=_next(), **values)


def _paper(here: Here) -> Response:
    codes = signing_in.new_paper(here.office, here.person)
    return here.page("paper_codes", codes=[f"{one[:4]}-{one[4:]}" for one in codes], next=_next() or "/staff/")


def _onwards(here: Here) -> Response:
    return redirect(_next() or "/staff/", 303)


def _next() -> str:
    wanted = request.values.get("next", "")[:500]
    return wanted if is_own_path(wanted) else ""
