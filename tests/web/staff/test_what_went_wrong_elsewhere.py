"""What went wrong in the pages of others, row by row of our list of such things, tried on ours.

Rows with a test of their own elsewhere: 1 and 2 (previews), 6 (test_matrix), 10 (returned mail), 16, 18 and 19 (public
pages; test_left_alone for the link of staff), 22 to 24 (print, worker, catalogs).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from mailer.services.administration import signing_in, staff
from staff import sessions
from staff.roles import Role
from tests.support.house import ROOT
from tests.support.queries import queries
from tests.web.staff.conftest import SAME_ORIGIN, Desks, link_in
from tests.web.staff.examples import example_of, pages
from web.staff.pages import ROUTES
from web.staff.routes import Access, Route

POSTS = [route for route in ROUTES if "POST" in route.methods]
XSS = '"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}'
SQL = ["1 OR 1=1", "1; DROP TABLE person", "' UNION SELECT email FROM person --", "-1", "0", "9" * 40, "1e3"]


@pytest.mark.promise("row 2")
def test_row_2_no_page_of_the_staff_may_be_framed_or_run_a_script_of_others(full: Desks) -> None:
    """Also one that says no; but a preview, which our own pages show in a sandbox."""
    bram = full.as_("Bram")
    for path in [*pages(full), "/nergens"]:
        policy = bram.get(f"/staff{path}", base_url=full.base).headers["Content-Security-Policy"]
        rules = dict(one.strip().partition(" ")[::2] for one in policy.split(";"))
        assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'", path
        assert rules["script-src"] == rules["form-action"] == "'self'", path


@pytest.mark.promise("row 3")
@pytest.mark.parametrize("route", POSTS, ids=lambda one: one.name)
def test_row_3_no_form_is_taken_from_another_site_or_with_a_token_of_no_session(full: Desks, route: Route) -> None:
    bram, path = full.as_("Noor"), f"/staff{example_of(route, full).own}"
    csrf = full.csrf(bram)
    before = full.contents()
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
        answer = bram.post(path, data={"csrf": csrf}, headers=headers, base_url=full.base)
        assert answer.status_code == 403
    if route.may is not Access.PUBLIC:
        for token in ("", "x", csrf[:-1], csrf.upper()):
            answer = bram.post(path, data={"csrf": token}, headers=SAME_ORIGIN, base_url=full.base)
            assert answer.status_code == 403
    assert full.contents() == before


@pytest.mark.promise("row 3")
def test_row_3_no_look_changes_a_row(full: Desks) -> None:
    client = full.as_("Bram")
    looked_at = [path for path in pages(full) if not path.startswith(("/sign-in", "/second-step", "/set-up"))]
    for path in looked_at:
        client.get(f"/staff{path}", base_url=full.base)
    before = full.contents()
    for method in ("GET", "HEAD", "OPTIONS"):
        for path in looked_at:
            client.open(f"/staff{path}", method=method, base_url=full.base)
    assert full.contents() == before


@pytest.mark.promise("row 4")
@pytest.mark.parametrize("change", ["roles", "second step", "deactivate"])
def test_row_4_a_session_does_not_outlive_a_change_of_who_one_is(desks: Desks, change: str) -> None:
    bram, office, noor = desks.as_("Bram"), desks.staff.office, desks.people["Noor"]
    send = "/staff/issues/los-2026-24/send"
    assert bram.get(send, base_url=desks.base).status_code == 200
    if change == "roles":
        staff.change_roles(office, noor, desks.people["Bram"], [Role.APPROVER])
        assert bram.get(send, base_url=desks.base).status_code == 403
        return
    if change == "deactivate":
        staff.deactivate(office, noor, desks.people["Bram"])
    else:
        staff.take_second_step(office, noor, desks.people["Bram"])
    assert bram.get(send, base_url=desks.base).headers["Location"].startswith("/staff/sign-in")


TRICKS = ["/{}/", "//{}", "/{}/.", "/./{}", "/{};a", "/{}%2f", "/%2e/{}", "/{}?x", "/{}%00", "/{}..%2f"]


@pytest.mark.promise("row 7")
@pytest.mark.parametrize("trick", TRICKS)
def test_row_7_no_spelling_of_an_address_goes_around_the_guard(full: Desks, trick: str) -> None:
    for name in ("people", "mailings/1/cancel", "issues/los-2026-24/send", "ISSUES/los-2026-24/SEND"):
        path = "/staff" + trick.format(name)
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE"):
            for client in (full.client(), full.as_("Yasmin")):
                overridden = {"X-HTTP-Method-Override": "GET", "X-Original-URL": "/staff/", **SAME_ORIGIN}
                answer = client.open(path, method=method, headers=overridden, base_url=full.base)
                shown = answer.get_data(as_text=True)
                assert "Verstuur aan" not in shown
                assert "Breek deze verzending af" not in shown
                assert answer.status_code < 500


@pytest.mark.promise("row 7")
def test_row_7_who_says_to_be_further_is_not(full: Desks) -> None:
    half = full.as_("Bram", fresh=False)
    claims = {"mfa": "1", "is_admin": "1", "second_at": "2038-01-01", "skip_second_step": "true", "role": "admin"}
    answer = half.get("/staff/issues/los-2026-24/send", query_string=claims, base_url=full.base)
    assert answer.headers["Location"].startswith("/staff/second-step")
    amina = full.as_("Amina")
    full.post(amina, "/staff/me/language", csrf=full.csrf(amina), language="nl", **claims)
    mine = staff.find(full.staff.office, full.people["Noor"], "Amina")
    assert mine.roles == {Role.APPROVER}


@pytest.mark.promise("row 8")
@pytest.mark.parametrize("payload", SQL)
def test_row_8_nothing_from_an_address_becomes_sql(full: Desks, payload: str) -> None:
    client = full.as_("Bram")
    names = ("page", "sort", "order", "state", "filter", "q", "publication", "number")
    plain = {path: client.get(f"/staff{path}", base_url=full.base).status_code for path in ("/issues", "/mailings")}
    with queries() as asked:
        for path, status in plain.items():
            found = client.get(f"/staff{path}", query_string=dict.fromkeys(names, payload), base_url=full.base)
            assert found.status_code in {status, 404, 422}
        for path in (f"/mailings/{payload}", f"/issues/{payload}", f"/issues/los-2026-24/edition/{payload}/nl"):
            assert client.get(f"/staff{path}", base_url=full.base).status_code in {404, 308}
    assert not [one for one in asked if payload in one and len(payload) > 3]


@pytest.mark.promise("row 11")
def test_row_11_what_a_browser_says_of_itself_is_kept_in_our_own_words(full: Desks) -> None:
    client = full.client()
    headers = dict.fromkeys(("User-Agent", "Referer", "X-Forwarded-For", "Accept-Language", "X-Real-IP"), XSS)
    client.post(
        "/staff/sign-in",
        data={"email": full.people["Yasmin"].email},
        headers={**headers, **SAME_ORIGIN},
        base_url=full.base,
    )
    token = link_in(full.mails()[-1])
    client.post(token, headers={**headers, **SAME_ORIGIN}, base_url=full.base)
    page = client.get("/staff/me", headers=headers, base_url=full.base).get_data(as_text=True)
    assert "Mijn instellingen" in page
    assert "onerror" not in page
    assert {one.device for one in signing_in.mine(full.staff.office, full.people["Yasmin"])} <= {"?", "Test, Linux"}


@pytest.mark.promise("row 12")
def test_row_12_tokens_are_long_never_the_same_and_good_for_one_thing(full: Desks) -> None:
    with full.store.transaction() as session:
        tokens = {sessions.begin(session, full.people["Amina"], "x") for _each in range(300)}
    assert len(tokens) == 300
    assert min(map(len, tokens)) >= 43  # 256 bits in base64
    link = signing_in.link_for(full.staff.office, full.people["Amina"], pages=full.base).rpartition("/")[2]
    session_token = next(iter(tokens))
    assert full.client().get(f"/staff/sign-in/{session_token}", base_url=full.base).status_code == 410
    client = full.client()
    client.set_cookie("staff-localhost", link, domain="localhost", path="/staff")
    assert client.get("/staff/", base_url=full.base).status_code == 303


@pytest.mark.promise("row 12")
@pytest.mark.parametrize(
    "bend", [str.upper, str.lower, lambda one: one[:-1], lambda one: one + "A", lambda one: one * 200]
)
def test_row_12_a_token_that_was_bent_opens_nothing(full: Desks, bend: object) -> None:
    link = signing_in.link_for(full.staff.office, full.people["Amina"], pages=full.base).rpartition("/")[2]
    bent = bend(link)  # type: ignore[operator]
    assert full.post(full.client(), f"/staff/sign-in/{bent}").status_code == 410


NO_FILE = (
    *("/.env", "/.git/HEAD", "/config.json", "/postduif.toml", "/var/keys/data.1", "/backup.sql", "/server-status"),
    *("/static/../app.py", "/static/%2e%2e/app.py", "/staff/static/x", "/static/..%2f..%2fpostduif.toml"),
)


@pytest.mark.promise("row 13")
@pytest.mark.parametrize("path", NO_FILE)
def test_row_13_no_file_of_the_installation_is_served(full: Desks, path: str) -> None:
    for client in (full.client(), full.as_("Noor")):
        assert client.get(path, base_url=full.base).status_code == 404


@pytest.mark.promise("row 14")
def test_row_14_secrets_are_compared_in_constant_time() -> None:
    secret = re.compile(r"token|hash|digest|mac\b|csrf|secret", re.IGNORECASE)
    for path in [*(ROOT / "web").rglob("*.py"), *(ROOT / "staff").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Compare) and any(isinstance(one, ast.Eq) for one in node.ops):
                text = ast.unparse(node)
                in_sql = re.match(r"[A-Z]\w+\.\w+ == ", text)  # a column: the database finds it by its hash
                assert in_sql or not secret.search(text), (path.name, text)


@pytest.mark.promise("row 15")
def test_row_15_a_token_of_one_session_is_of_no_use_in_another(full: Desks) -> None:
    first, second, other = full.as_("Amina"), full.as_("Amina"), full.as_("Yasmin")
    for mine, theirs in ((first, second), (first, other), (other, second)):
        fields = {"csrf": full.csrf(theirs), "language": "ar"}
        assert full.post(mine, "/staff/me/language", **fields).status_code == 403


@pytest.mark.promise("row 17")
def test_row_17_no_template_writes_out_what_it_was_given_unescaped() -> None:
    for path in (ROOT / "templates" / "web").rglob("*.jinja"):
        assert not re.search(
            r"\|\s*safe\b|autoescape false|\sstyle=|\son[a-z]+=|hx-on|javascript:", path.read_text("utf-8")
        ), path
    for path in (ROOT / "web").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Markup"):
                made = ast.unparse(node.args[0])
                assert isinstance(node.args[0], ast.Constant) or made.startswith("render_template("), (path, made)
    for path in (ROOT / "web" / "static").glob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|eval\(|document\.write", path.read_text("utf-8")), path


@pytest.mark.promise("row 20")
@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Host": "localhost.evil.example"}, {"X-Forwarded-Host": "evil.example"}]
)
def test_row_20_no_name_of_a_host_in_a_request_comes_into_a_mail(desks: Desks, headers: dict[str, str]) -> None:
    desks.client().post(
        "/staff/sign-in",
        data={"email": desks.people["Amina"].email},
        headers={**headers, **SAME_ORIGIN},
        base_url=desks.base,
    )
    assert not [one for one in desks.mails() if "evil" in one.text + one.subject]


@pytest.mark.promise("row 20")
@pytest.mark.parametrize("other", ["amına@voorbeeld.example", "ａmina@voorbeeld.example", "AMINA@VOORBEELD.EXAMPLE"])
def test_row_20_mail_goes_to_the_address_that_is_kept(desks: Desks, other: str) -> None:
    desks.post(desks.client(), "/staff/sign-in", email=other)
    assert {one.to for one in desks.mails()} <= {desks.people["Amina"].email}


@pytest.mark.promise("row 25")
def test_row_25_nothing_of_the_staff_is_kept_on_the_way(full: Desks) -> None:
    for client in (full.client(), full.as_("Bram")):
        for path in ("/staff/", "/staff/issues", "/staff/nergens", "/staff/sign-in", "/staff/mailings/1"):
            headers = client.get(path, base_url=full.base).headers
            assert headers["Cache-Control"] == "no-store"
            assert "Cookie" in headers["Vary"]


AWAY = [
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "%2f%2fevil.example",
    "/staff/\t//evil",
    "/staff/\n/x",
]


@pytest.mark.promise("row 25")
@pytest.mark.parametrize(
    "target",
    [*AWAY, "/staff/\\evil.example", "/staff/../../evil", "javascript:alert(1)", "\\\\evil.example", "/staff@evil"],
)
def test_row_25_no_address_leads_away_after_signing_in(full: Desks, target: str) -> None:
    client = full.as_("Amina")
    answer = client.get("/staff/second-step", query_string={"next": target}, base_url=full.base)
    assert re.fullmatch(r"/staff/[^\\\s]*", answer.headers["Location"])
    assert "evil.example" not in answer.headers["Location"]


def forms(full: Desks, client: FlaskClient) -> Iterator[tuple[str, dict[str, object]]]:
    """Each deed with its fields left out, empty, doubled, or far too long."""
    csrf = full.csrf(client)
    for path in (
        "/staff/people/new",
        "/staff/me/language",
        "/staff/issues/los-2026-24/send",
        "/staff/mailings/1/order",
    ):
        yield path, {"csrf": csrf}
        yield (
            path,
            {"csrf": csrf, **dict.fromkeys(("name", "email", "language", "when", "at", "do", "seen", "role"), "")},
        )
        yield path, {"csrf": csrf, "do": ["pause", "cancel"], "language": ["ar", "xx"], "role": ["admin", "root"]}
        yield path, {"csrf": csrf, "name": "x" * 50_000, "do": "\x00", "language": "../../etc/passwd", "at": XSS}


@pytest.mark.promise("row 26")
def test_row_26_a_form_that_is_not_whole_is_refused_and_changes_nothing(full: Desks) -> None:
    client = full.as_("Bram")
    everyone = staff.everyone(full.staff.office, full.people["Noor"])
    for path, fields in forms(full, client):
        answer = client.post(path, data=fields, headers=SAME_ORIGIN, base_url=full.base)
        assert answer.status_code < 500, (path, answer.status)
        assert XSS not in answer.get_data(as_text=True)
    assert staff.everyone(full.staff.office, full.people["Noor"]) == everyone


@pytest.mark.promise("row 26")
def test_row_26_a_form_of_a_hundred_thousand_fields_is_refused(full: Desks) -> None:
    client = full.as_("Bram")
    many = [("csrf", full.csrf(client)), ("language", "ar"), *((f"a{n}", "1") for n in range(110))]
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{one}\r\n' for name, one in many)
    for body, kind in (
        ("&".join(f"a{n}=1" for n in range(9_000)), "application/x-www-form-urlencoded"),
        (f"{parts}--b--\r\n", "multipart/form-data; boundary=b"),
    ):
        answer = client.post(
            "/staff/me/language", data=body, content_type=kind, headers=SAME_ORIGIN, base_url=full.base
        )
        assert answer.status_code in {400, 403, 413}
