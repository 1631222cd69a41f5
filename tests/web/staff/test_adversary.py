"""Someone who wants harm walks every route: ids of others and of nothing, old proofs, hostile files, other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from database.base import now
from devtools import routes as printed
from staff import second_factor
from staff.people import add_person
from staff.roles import Role
from staff.sessions import SUDO, StaffSession
from tests.web.staff.conftest import SAME_ORIGIN, Desks
from tests.web.staff.examples import ELSEWHERE, SLOT, THERE, example_of
from web.staff.pages import ROUTES
from web.staff.routes import Route

HOSTILE = (
    "..%2f..%2fpostduif.toml",
    "%00",
    "1%20OR%201=1",
    "9" * 30,
    "%3Cscript%3Ealert(1)%3C",
    "%D9%A1%E2%80%AE",
    "-1",
)
"""In the place of any id."""
SECRETS = ("lezer0@", "lezer1@", "Ada Voorbeeld", "Eva Voorbeeld", "Gijs Voorbeeld", "فرح", "Traceback")
"""Of people, and of our own insides: no refusal shows one."""
REFUSED = {303, 400, 401, 403, 404, 405, 409, 410, 413, 422}
OF_ONE_PERSON = ("draft",)
"""Slots of what belongs to the one who made it, whatever others of that role may do."""


def everyone_with(desks: Desks, route: Route, method: str) -> Iterator[str]:
    """Who gets into a route."""
    for name, who in desks.people.items():
        [role] = who.roles
        if printed.admits(route, method, role):
            yield name


def asked(desks: Desks, client: FlaskClient, method: str, path: str) -> TestResponse:
    data = {"csrf": desks.csrf(client)} if method == "POST" else None
    return client.open(f"/staff{path}", method=method, data=data, headers=SAME_ORIGIN, base_url=desks.base)


def bent(route: Route, desks: Desks) -> Iterator[str]:
    """The paths of a route with each slot in turn spoiled, or of nothing; the others as they should be."""
    made = THERE | desks.made
    slots = SLOT.findall(route.path)
    for slot in slots:
        for wrong in (ELSEWHERE[slot], *HOSTILE):
            chosen = {**made, slot: wrong}
            yield SLOT.sub(lambda found, chosen=chosen: chosen[found[1]], route.path)  # type: ignore[misc]


@pytest.mark.promise("row 5", "row 6", "row 8")
def test_no_id_of_nothing_and_no_spoiled_one_opens_or_breaks_a_route(full: Desks) -> None:
    clients = {name: full.as_(name) for name in full.people}
    walked = 0
    for route in ROUTES:
        if route.name == "desk_link" or not SLOT.search(route.path):
            continue
        for method in route.methods:
            who = next(everyone_with(full, route, method))
            for path in bent(route, full):
                answer = asked(full, clients[who], method, path)
                shown = answer.get_data(as_text=True)
                case = (method, path, who, answer.status)
                assert answer.status_code in REFUSED, case
                assert not [one for one in SECRETS if one in shown], case
                assert answer.mimetype != "text/html" or "<script>alert" not in shown, case
                walked += 1
    assert walked > 500


@pytest.mark.promise("row 6")
def test_what_one_person_began_is_not_there_for_a_colleague_with_the_same_role(full: Desks) -> None:
    """A list that is being read in holds addresses: of who brought it, and of no one else."""
    with full.store.transaction() as session:
        for name, role in (("Ad", Role.ADMIN), ("Pim", Role.POSTAL)):
            full.people[name] = add_person(session, name, f"{name}@voorbeeld.example".lower(), [role])
    try:
        tried = 0
        for route in ROUTES:
            if "<draft>" not in route.path:
                continue
            path = example_of(route, full).own
            crossed = path.replace(full.made["reader_draft"], full.made["draft"])
            name = "Ad" if path.startswith("/readers") else "Pim"
            for method in route.methods:
                for one in {path, crossed}:
                    answer = asked(full, full.as_(name), method, one)
                    assert answer.status_code == 404, (method, one, answer.status)
                    tried += 1
        assert tried > 10
    finally:
        del full.people["Ad"], full.people["Pim"]


def factor_doors(desks: Desks, client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """Every way by which one more second step could be set up."""
    yield "set-up", client.get("/staff/set-up", base_url=desks.base)
    csrf = desks.csrf(client)
    for path, fields in (
        ("set-up", {"code": ""}),
        ("paper-codes", {}),
        ("passkey-options", {"new": "1"}),
        ("passkey", {"new": "1", "answer": "{}"}),
        ("me/passkeys", {"passkey": "00000000-0000-0000-0000-000000000000"}),
    ):
        yield path, desks.post(client, f"/staff/{path}", csrf=csrf, **fields)


@pytest.mark.promise("row 4", "row 7")
def test_who_finds_an_open_session_sets_up_no_second_step_of_their_own(desks: Desks) -> None:
    """With the last proof eleven minutes old: a new app would prove whatever its maker wants from then on."""
    bram = desks.as_("Bram")
    with desks.store.transaction() as session:
        session.execute(update(StaffSession).values(second_at=now() - SUDO - timedelta(minutes=1)))
    for door, answer in factor_doors(desks, bram):
        assert answer.status_code in {303, 401, 403}, (door, answer.status)
        assert "otpauth" not in answer.get_data(as_text=True), door
    with desks.store.transaction() as session:  # the page of the new app was opened in time, and left open
        proposed = second_factor.propose_app(session, desks.people["Bram"], "x").secret
    code = pyotp.TOTP(proposed).now()
    csrf = desks.csrf(bram)
    for path, fields in (
        ("set-up", {"code": code}),
        ("second-step", {"code": code}),
        ("issues/los-2026-24/send", {"second_code": code}),
    ):
        answer = desks.post(bram, f"/staff/{path}", csrf=csrf, **fields)
        assert answer.status_code in {303, 401, 422}, (path, answer.status)
        assert not (answer.status_code == 303 and "second-step" not in answer.headers["Location"]), path
    with desks.store.reading() as session:
        [second_at] = session.scalars(select(StaffSession.second_at)).all()
        assert session.scalars(select(second_factor.Authenticator.proposed)).all() != [None], "it counts for nothing"
    assert second_at is not None
    assert now() - second_at > SUDO, "nothing proved anything"


def test_who_proves_it_again_sets_up_another_app_and_comes_back_to_its_page(desks: Desks) -> None:
    bram = desks.as_("Bram")
    with desks.store.transaction() as session:
        session.execute(update(StaffSession).values(second_at=now() - SUDO))
        paper = second_factor.new_paper(session, desks.people["Bram"].uid)
    led = bram.get("/staff/set-up?next=/staff/me", base_url=desks.base).headers["Location"]
    assert led == "/staff/second-step?next=/staff/set-up?next%3D/staff/me"
    done = desks.post(bram, led, csrf=desks.csrf(bram), code=paper[0], next="/staff/set-up?next=/staff/me")
    page = bram.get(done.headers["Location"], base_url=desks.base).get_data(as_text=True)
    secret = re.search(r"secret=([A-Z2-7]+)", page)
    assert secret is not None
    assert desks.post(bram, "/staff/set-up", csrf=desks.csrf(bram), code=pyotp.TOTP(secret[1]).now()).status_code == 200
    with desks.store.reading() as session:
        assert session.scalars(select(second_factor.Authenticator.proposed)).all() == [None]


def test_who_needs_no_second_step_but_has_one_is_not_led_in_a_circle(desks: Desks) -> None:
    amina = desks.as_("Amina", fresh=False)
    asked = amina.get("/staff/set-up", base_url=desks.base, follow_redirects=True)
    assert (asked.request.path, asked.status_code) == ("/staff/second-step", 200)
