"""Someone who wants harm walks every route: ids of others and of nothing, old proofs, hostile files, other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from database import onetime
from database.base import now
from devtools import routes as printed
from mailer.services.administration import signing_in
from staff import second_factor
from staff.people import add_person
from staff.roles import Role
from staff.sessions import SUDO, StaffSession
from subscribers import managing
from subscribers.services import CONFIRM
from subscribers.tokens import Purpose, token_for
from tests.support.people import reader
from tests.web.staff.conftest import SAME_ORIGIN, Desks
from tests.web.staff.examples import ELSEWHERE, SLOT, THERE, example_of
from web import forms
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


KEPT_BY_CACHES: dict[str, str] = {}
"""Routes whose answers a browser may keep, with the reason."""


@pytest.mark.promise("row 25")
def test_no_answer_of_any_route_is_kept_by_a_browser_or_on_the_way(full: Desks) -> None:
    """Also files, frames, pictures of pages, and answers that say no."""
    clients = {name: full.as_(name) for name in full.people}
    for route in ROUTES:
        example = example_of(route, full)
        for method in route.methods:
            for who in ("Yasmin", next(everyone_with(full, route, method), "Noor")):
                for path in {example.own, example.foreign}:
                    headers = asked(full, clients[who], method, path).headers
                    case = (method, path, who, headers)
                    assert headers["Cache-Control"] == KEPT_BY_CACHES.get(route.name, "no-store"), case
                    assert headers["X-Content-Type-Options"] == "nosniff", case
                    assert "Cookie" in headers["Vary"], case
        if route.name == "sign_out":
            clients = {name: full.as_(name) for name in full.people}


def test_a_cookie_of_the_staff_is_for_its_own_pages_and_for_no_script(desks: Desks) -> None:
    client = desks.client()
    answers = [desks.post(client, "/staff/sign-in", email=desks.people["Amina"].email)]
    before = client.get_cookie("staff-localhost", path="/staff")
    answers.append(desks.enter(client, "Amina"))
    after = client.get_cookie("staff-localhost", path="/staff")
    assert before is None
    assert after is not None
    made = [one for answer in answers for one in answer.headers.getlist("Set-Cookie") if "Max-Age=0" not in one]
    assert len(made) >= 3
    for one in made:
        assert {"HttpOnly", "Path=/staff", "SameSite=Lax"} <= set(one.split("; ")), one
        assert "Domain" not in one


@pytest.mark.promise("row 20")
def test_another_name_of_a_host_is_answered_by_no_page(full: Desks) -> None:
    noor = full.as_("Noor")
    csrf = full.csrf(noor)
    for host in (
        "evil.example",
        "localhost.evil.example",
        "evil.example:80@localhost",
        "localhost:1@evil.example",
        "[",
    ):
        for path in ("/staff/", "/staff/people", "/staff/sign-in", "/staff/nergens"):
            for method in ("GET", "POST"):
                headers = {**SAME_ORIGIN, "Host": host, "Origin": f"http://{host}"}
                answer = noor.open(path, method=method, data={"csrf": csrf}, headers=headers, base_url=full.base)
                assert answer.status_code == 400, (host, path, answer.status)
                assert "evil" not in answer.get_data(as_text=True) + str(answer.headers)
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.1"}
    answer = full.client().get("/staff/people", headers=forged, base_url=full.base)
    assert answer.headers["Location"].startswith("/staff/sign-in"), "no address of another host, and none of https"


@pytest.mark.promise("row 25")
def test_no_field_header_or_address_leads_away_from_any_page(full: Desks) -> None:
    """`next` in the address and in the form, a Referer, and what htmx says of itself."""
    amina = full.as_("Amina")
    csrf = full.csrf(amina)
    away = ("//evil.example/staff/", "https://evil.example/staff/", "/staff/\\evil.example", "/staff/..//evil.example")
    for target in away:
        headers = {
            **SAME_ORIGIN,
            "Referer": f"http://localhost/{target}",
            "HX-Request": "true",
            "HX-Current-URL": target,
        }
        for client in (amina, full.client(), full.as_("Bram", fresh=False)):
            for path in (
                "sign-in",
                "second-step",
                "set-up",
                "paper-codes",
                "me",
                "people",
                "me/language",
                "sign-in/code",
            ):
                for method in ("GET", "POST"):
                    answer = client.open(
                        f"/staff/{path}",
                        method=method,
                        query_string={"next": target},
                        data={"next": target, "csrf": csrf} if method == "POST" else None,
                        headers=headers,
                        base_url=full.base,
                    )
                    for name in ("Location", "HX-Redirect", "Refresh", "HX-Location"):
                        led = answer.headers.get(name, "/")
                        assert led.startswith("/") and not led.startswith("//"), (path, name, led)  # noqa: PT018
                    shown = answer.get_data(as_text=True)
                    assert 'href="https://evil' not in shown
                    assert 'href="//evil' not in shown


def every_token(desks: Desks) -> dict[str, str]:
    """One genuine token or proof of each kind that there is, each of another purpose."""
    keys, store = desks.staff.office.keys, desks.store
    uid = reader(store, "token@lezers.example", "noo-national")
    with store.transaction() as session:
        once = {
            purpose: onetime.issue(session, purpose, uid, timedelta(hours=1), {"address": "token@lezers.example"})
            for purpose in (CONFIRM, managing.MANAGE, managing.MOVE)
        }
    link = signing_in.link_for(desks.staff.office, desks.people["Amina"], pages=desks.base)
    return {
        **once,
        "unsubscribe": token_for(keys, Purpose.UNSUBSCRIBE, uid, "noo"),
        "preferences": token_for(keys, Purpose.PREFERENCES, uid),
        "sign-in": link.rpartition("/")[2],
        "session": desks.session_of("Sem"),
        "csrf": desks.csrf(desks.as_("Amina")),
        "form": forms.signed_now(keys, now() - timedelta(seconds=30)),
    }


DOORS = {
    "/u/{}": "unsubscribe",
    "/p/{}": "preferences",
    "/nl/bevestigen/{}": CONFIRM,
    "/nl/beheer/{}": managing.MANAGE,
    "/nl/verhuizen/{}": managing.MOVE,
    "/staff/sign-in/{}": "sign-in",
}


@pytest.mark.promise("row 12")
def test_a_token_of_one_purpose_opens_no_other_door(desks: Desks) -> None:
    tokens = every_token(desks)
    for door, purpose in DOORS.items():
        for kind, token in tokens.items():
            if kind == purpose:
                continue
            for method in ("GET", "POST"):
                answer = desks.client().open(
                    door.format(token), method=method, data={"do": "erase"}, headers=SAME_ORIGIN, base_url=desks.base
                )
                assert answer.status_code in {404, 410}, (door, kind, answer.status)
    client = desks.client()
    for kind, token in tokens.items():
        client.set_cookie("staff-localhost", token, domain="localhost", path="/staff")
        led = client.get("/staff/", base_url=desks.base).status_code
        assert led == (303 if kind != "session" else 200), kind
    assert desks.client().get(f"/u/{tokens['unsubscribe']}", base_url=desks.base).status_code == 200, "a door it is"


@pytest.mark.promise("row 12")
def test_a_link_to_a_file_is_good_for_who_made_it_and_for_that_file(desks: Desks) -> None:
    yasmin, bram = desks.as_("Yasmin"), desks.as_("Bram")
    page = yasmin.get("/staff/issues/los-2026-24/translate/ar/file", base_url=desks.base).get_data(as_text=True)
    found = re.search(r"http://localhost:\d+(/staff/issues/los-2026-24/translate/ar/po/(\d+)/[0-9a-f]+)", page)
    assert found is not None
    own, until = found[1], found[2]
    assert yasmin.get(own, base_url=desks.base).status_code == 200
    assert bram.get(own, base_url=desks.base).status_code == 404, "of another person, whatever they may"
    for changed in (own.replace(until, str(int(until) + 86_400)), own.replace("24/", "25/"), own[:-1], own.upper()):
        assert yasmin.get(changed, base_url=desks.base).status_code in {403, 404}, changed
    assert bram.get(own.replace("/ar/", "/en/"), base_url=desks.base).status_code == 404
    assert desks.client().get(own, base_url=desks.base).status_code == 303


PNG = b"\x89PNG\r\n\x1a\n"
FILES = {
    "nothing": b"",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
    "html as png": b"<html><script>alert(1)</script>",
    "png that is html": PNG + b"<script>alert(1)</script>" * 9,
    "zip": b"PK\x03\x04" + b"\x00" * 200,
    "pdf": b"%PDF-1.7\n1 0 obj<</JS(app.alert(1))>>",
    "po that plurals": b'msgid ""\nmsgstr "Plural-Forms: nplurals=1000000000; plural=n;\\n"\n',
    "nuls": b"\x00" * 3000,
    "csv": b"email;taal\n\x00=1+1;nl\n",
    "bytes": bytes(range(256)) * 9,
}
NAMES = (
    "../../../postduif.toml",
    "..\\..\\x.png",
    "/etc/passwd",
    "x\x00.png",
    "CON",
    "a" * 300 + ".png",
    "",
    "\u202egnp.x",
)
UPLOADS = {
    "/issues/los-2026-24/write/pictures": ("Bram", "picture"),
    "/issues/los-2026-24/write/bring": ("Bram", "file"),
    "/issues/bring": ("Bram", "file"),
    "/issues/los-2026-24/translate/ar/file": ("Yasmin", "file"),
    "/post/import": ("Sem", "file"),
    "/readers/import": ("Noor", "file"),
}


@pytest.mark.promise("row 5", "row 26")
def test_no_file_of_any_kind_or_name_breaks_a_page_or_lands_outside(desks: Desks) -> None:
    folder = desks.staff.office.content.folder
    before = {path for path in folder.parent.rglob("*") if not path.name.startswith("postduif.sqlite")}
    for path, (who, field) in UPLOADS.items():
        client = desks.as_(who)
        csrf = desks.csrf(client)
        for number, (kind, data) in enumerate(FILES.items()):
            name = NAMES[number % len(NAMES)]
            for fields in ({field: (BytesIO(data), name)}, {field: (BytesIO(data), name, "text/html")}):
                answer = client.post(
                    f"/staff{path}",
                    data={"csrf": csrf, "source": "x", "audience": "detention", **fields},
                    headers=SAME_ORIGIN,
                    base_url=desks.base,
                    content_type="multipart/form-data",
                )
                assert answer.status_code in {200, 303, 400, 409, 413, 415, 422}, (path, kind, answer.status)
                assert answer.mimetype != "text/html" or "<script>alert" not in answer.get_data(as_text=True), path
    made = {path for path in folder.parent.rglob("*") if not path.name.startswith("postduif.sqlite")} - before
    assert {path.suffix for path in made if path.is_file()} <= {""}, made
