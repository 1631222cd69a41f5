"""Every route asked for as every role, of something that is there and of something that is not."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from devtools import routes as printed
from mailer.services.administration import signing_in
from tests.web.staff.conftest import SAME_ORIGIN, Desks
from tests.web.staff.examples import Example, example_of
from web.staff.pages import ROUTES
from web.staff.routes import Access, Route

NAMES = {route.name: route for route in ROUTES}
REFUSED, TO_SIGN_IN, NOT_THERE = 403, "/staff/sign-in", {404, 409, 410, 422}


def test_the_page_that_prints_the_matrix_is_current() -> None:
    assert printed.PAGE.read_text("utf-8") == printed.page(), "run: make permissions"


def ask(desks: Desks, client: FlaskClient, method: str, path: str, csrf: str) -> TestResponse:
    data = {"csrf": csrf} if method == "POST" else None
    return client.open(f"/staff{path}", method=method, data=data, headers=SAME_ORIGIN, base_url=desks.base)


def is_in(answer: TestResponse) -> bool:
    """False for who is refused, or sent to sign in."""
    return answer.status_code != REFUSED and not answer.headers.get("Location", "").startswith(TO_SIGN_IN)


@pytest.mark.promise("row 6")
@pytest.mark.parametrize("name", NAMES)
def test_a_route_lets_in_whom_the_table_says_and_no_one_else(full: Desks, name: str) -> None:
    route = NAMES[name]
    example = example_of(route, full)
    for method in route.methods:
        _no_one(full, example, method)
        for who in full.people:
            _as(full, example, method, who)


def _no_one(desks: Desks, example: Example, method: str) -> None:
    if example.route.may is Access.PUBLIC:
        return
    for path in (example.own, example.foreign):
        answer = ask(desks, desks.client(), method, path, "")
        assert not is_in(answer) or answer.status_code == 401, (method, path, answer.status)


def _as(desks: Desks, example: Example, method: str, who: str) -> None:
    client = desks.as_(who)
    csrf = desks.csrf(client)
    [role] = desks.people[who].roles
    for path in (example.foreign, example.own):
        answer = ask(desks, client, method, path, csrf)
        assert answer.status_code < 500, (method, path, who)
        leads_there = example.route.name in {"sign_in_code", "sign_out"}
        assert leads_there or is_in(answer) == printed.admits(example.route, method, role), (
            method,
            path,
            who,
            answer.status,
        )
        if is_in(answer) and path != example.own and "<" in example.route.path:
            assert answer.status_code in NOT_THERE, (method, path, who, answer.status)


@pytest.mark.promise("row 6")
def test_what_is_another_persons_own_is_not_there(full: Desks) -> None:
    bram, amina = full.as_("Bram"), full.as_("Amina")
    [*_earlier, theirs] = [one.uid for one in signing_in.mine(full.staff.office, full.people["Bram"])]
    for path, field in (("/staff/me/sessions", "session"), ("/staff/me/passkeys", "passkey")):
        answer = full.post(amina, path, csrf=full.csrf(amina), **{field: str(theirs)})
        assert answer.status_code == 303
    assert theirs in [one.uid for one in signing_in.mine(full.staff.office, full.people["Bram"])]
    assert bram.get("/staff/me", base_url=full.base).status_code == 200


@pytest.mark.promise("row 6")
def test_a_route_that_names_no_permission_cannot_be_written() -> None:
    with pytest.raises(TypeError):
        Route("/x", "x", lambda here: here)  # type: ignore[call-arg]
