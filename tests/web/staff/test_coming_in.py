"""Coming in by the pages: the same for everyone, nothing by looking, and no farther than one may."""

from __future__ import annotations

import pyotp
import pytest

from database.base import now
from mailer.services.administration import staff
from staff import sessions
from staff.attempts import LIMITS, Attempt
from staff.people import PersonRow
from tests.web.staff.conftest import SAME_ORIGIN, Desks, code_in, link_in

UNKNOWN = "niemand@voorbeeld.example"


def test_who_needs_no_second_step_is_in_with_the_code_from_the_mail(desks: Desks) -> None:
    client = desks.client()
    entered = desks.enter(client, "Amina")
    assert entered.status_code == 303
    page = client.get("/staff/second-step", base_url=desks.base, follow_redirects=True)
    assert page.status_code == 200
    assert "Dag Amina" in page.get_data(as_text=True)


def test_the_answer_for_an_unknown_address_is_that_for_a_known_one(desks: Desks) -> None:
    answers = []
    for email in (desks.people["Amina"].email, UNKNOWN):
        answer = desks.post(desks.client(), "/staff/sign-in", email=email)
        answers.append((answer.status_code, answer.get_data(as_text=True).replace(email, "…")))
    assert answers[0] == answers[1]
    assert [one.to for one in desks.mails()] == [desks.people["Amina"].email]


def test_who_was_deactivated_is_mailed_no_link(desks: Desks) -> None:
    office, amina = desks.staff.office, desks.people["Amina"]
    staff.deactivate(office, desks.people["Noor"], amina)
    before = len(desks.mails())
    answer = desks.post(desks.client(), "/staff/sign-in", email=amina.email)
    assert (answer.status_code, len(desks.mails())) == (200, before)


@pytest.mark.promise("P3")
def test_opening_the_link_changes_nothing_and_another_browser_sees_the_code(desks: Desks) -> None:
    asking, other = desks.client(), desks.client()
    desks.post(asking, "/staff/sign-in", email=desks.people["Bram"].email)
    [mail] = desks.mails()
    before = desks.contents()
    for method in ("GET", "HEAD", "OPTIONS"):
        for client in (asking, other):
            client.open(link_in(mail), method=method, base_url=desks.base)
    assert desks.contents() == before
    elsewhere = other.get(link_in(mail), base_url=desks.base).get_data(as_text=True)
    assert code_in(mail) in elsewhere
    assert "<form" not in elsewhere
    assert desks.post(other, link_in(mail)).status_code == 410
    assert desks.post(asking, link_in(mail)).status_code == 303
    assert desks.post(asking, link_in(mail)).status_code == 410


def test_an_editor_sets_up_an_app_at_first_and_is_asked_for_it_afterwards(desks: Desks) -> None:
    client = desks.client()
    desks.enter(client, "Bram")
    for path in ("/staff/", "/staff/me"):
        assert client.get(path, base_url=desks.base).headers["Location"].startswith("/staff/second-step")
    assert client.get("/staff/second-step", base_url=desks.base).headers["Location"].startswith("/staff/set-up")
    page = client.get("/staff/set-up", base_url=desks.base).get_data(as_text=True)
    secret = page.partition("secret=")[2].partition("&")[0]
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    wrong = desks.post(client, "/staff/set-up", csrf=csrf, code="12")
    assert wrong.status_code == 422
    done = desks.post(client, "/staff/set-up", csrf=csrf, code=pyotp.TOTP(secret).now())
    assert "Schrijf deze codes op" in done.get_data(as_text=True)
    assert client.get("/staff/", base_url=desks.base).status_code == 200
    again = desks.client()
    desks.enter(again, "Bram")
    assert "Nog één stap" in again.get("/staff/second-step", base_url=desks.base).get_data(as_text=True)
    assert again.get("/staff/set-up", base_url=desks.base).headers["Location"].startswith("/staff/second-step")


def test_many_wrong_second_steps_are_slowed_down_and_not_locked_out(desks: Desks) -> None:
    client = desks.as_("Sem", fresh=False)
    page = client.get("/staff/second-step", base_url=desks.base).get_data(as_text=True)
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    for _try in range(LIMITS[Attempt.SECOND].most):
        assert "klopt niet" in desks.post(client, "/staff/second-step", csrf=csrf, code="1").get_data(as_text=True)
    told = desks.post(client, "/staff/second-step", csrf=csrf, code=pyotp.TOTP(desks.secrets["Sem"]).now())
    assert "Wacht een paar minuten" in told.get_data(as_text=True)


def test_asking_too_often_mails_no_more_and_says_the_same(desks: Desks) -> None:
    email = desks.people["Bram"].email
    bodies = {
        desks.post(desks.client(), "/staff/sign-in", email=email).status_code
        for _each in range(LIMITS[Attempt.MAIL].most + 3)
    }
    assert bodies == {200}
    assert len(desks.mails()) == LIMITS[Attempt.MAIL].most


def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(desks: Desks) -> None:
    client = desks.client()
    desks.enter(client, "Amina")
    assert [one.kind for one in desks.mails()] == ["sign_in", "new_device"]
    desks.post(client, "/staff/sign-out", csrf=desks.csrf(client))
    desks.enter(client, "Amina")
    assert [one.kind for one in desks.mails()] == ["sign_in", "new_device", "sign_in"]


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {"Origin": "https://x.example"}]
)
def test_a_form_of_another_site_is_refused(desks: Desks, headers: dict[str, str]) -> None:
    client = desks.as_("Amina")
    data = {"csrf": desks.csrf(client), "language": "ar"}
    answer = client.post("/staff/me/language", data=data, headers=headers, base_url=desks.base)
    assert answer.status_code == 403
    assert desks.people["Amina"].interface == ""
    assert '<html lang="nl"' in client.get("/staff/me", base_url=desks.base).get_data(as_text=True)


def test_a_form_without_the_token_of_its_own_session_is_refused(desks: Desks) -> None:
    client, other = desks.as_("Amina"), desks.as_("Yasmin")
    for token in ("", "x", desks.csrf(other)):
        answer = client.post(
            "/staff/me/language", data={"csrf": token, "language": "ar"}, headers=SAME_ORIGIN, base_url=desks.base
        )
        assert answer.status_code == 403


def test_over_https_the_cookie_has_the_prefix_that_only_https_may_set(desks: Desks) -> None:
    client = desks.client()
    base = "https://nieuws.voorbeeld.example"
    client.post("/staff/sign-in", data={"email": desks.people["Amina"].email}, headers=SAME_ORIGIN, base_url=base)
    code = code_in(desks.mails()[-1])
    entered = client.post("/staff/sign-in/code", data={"code": code}, headers=SAME_ORIGIN, base_url=base)
    [cookie] = [one for one in entered.headers.getlist("Set-Cookie") if one.startswith("__Secure-staff=")]
    assert {"Secure", "HttpOnly", "Path=/staff", "SameSite=Lax"} <= set(cookie.split("; "))
    assert client.get("/nl/aanmelden", base_url=base).headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/staff/\\evil", "/staff//", "/nl/", "javascript:x"]
)
def test_signing_in_goes_on_to_a_page_of_ours_alone(desks: Desks, target: str) -> None:
    client = desks.client()
    desks.post(client, "/staff/sign-in", email=desks.people["Amina"].email)
    entered = desks.post(client, "/staff/sign-in/code", code=code_in(desks.mails()[-1]), next=target)
    after = client.get(entered.headers["Location"], base_url=desks.base)
    assert after.headers["Location"] in {"/staff/", "/staff//"}


@pytest.mark.promise("row 4")
def test_a_session_ends_for_who_is_deactivated_and_for_who_sees_names_when_idle(desks: Desks) -> None:
    amina, sem = desks.as_("Amina"), desks.as_("Sem")
    later = now() + sessions.IDLE_WITH_NAMES
    idle = desks.staff.office
    object.__setattr__(idle, "clock", lambda: later)
    assert sem.get("/staff/", base_url=desks.base).headers["Location"].startswith("/staff/sign-in")
    assert amina.get("/staff/", base_url=desks.base).status_code == 200
    with desks.store.transaction() as session:
        row = session.get(PersonRow, desks.people["Amina"].uid)
        assert row is not None
        row.active = False
    assert amina.get("/staff/", base_url=desks.base).headers["Location"].startswith("/staff/sign-in")


def test_a_body_over_its_limit_is_refused_before_it_is_read(desks: Desks) -> None:
    client = desks.as_("Amina")
    answer = client.post("/staff/me/language", data=b"x" * 70_000, headers=SAME_ORIGIN, base_url=desks.base)
    assert answer.status_code == 413
    assert "te groot" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/staff/nergens", "/staff/sign-in/" + "x" * 3000, "/staff/%00", "/staff/me/%FF"])
def test_a_page_that_is_not_there_says_so_as_a_staff_page(desks: Desks, path: str) -> None:
    answer = desks.as_("Amina").get(path, base_url=desks.base)
    assert answer.status_code in {404, 410}
    assert "staff.css" in answer.get_data(as_text=True)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
