"""The form, the mail and the button: nobody becomes a reader without pressing it, and robots get no mail sent."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest

from database.base import now
from tests.support.people import gets
from tests.web.conftest import HOST, Pages, link_in
from web import forms
from web.public.subscribing import ANSWER_SECONDS

SUBSCRIBE = "/nl/aanmelden"
BASE = f"https://{HOST}"


def test_a_reader_asks_gets_one_mail_and_presses_the_button(pages: Pages) -> None:
    client = pages.client()
    assert client.get(SUBSCRIBE, base_url=BASE).status_code == 200
    assert client.post(SUBSCRIBE, data=pages.form(), base_url=BASE).status_code == 200
    [mail] = pages.mails()
    link = link_in(mail)
    assert client.get(link, base_url=BASE).status_code == 200
    assert gets(pages.store) == set()
    assert "U bent aangemeld" in client.post(link, base_url=BASE).text
    assert len(gets(pages.store)) == 1
    assert client.post(link, base_url=BASE).status_code == 404


@pytest.mark.parametrize("lang", ["nl", "en", "ar"])
def test_every_language_has_its_page_and_direction(pages: Pages, lang: str) -> None:
    html = pages.client().get(f"/{lang}/aanmelden", base_url=BASE).text
    assert f'<html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">' in html
    assert not re.search(r"<script|https?://(?!nieuws)|<iframe|<img", html)


@pytest.mark.promise("P4")
def test_no_page_sets_a_cookie_or_lets_anything_else_in(pages: Pages) -> None:
    for path in ("/", SUBSCRIBE, "/nl/archief/", "/u/x", "/p/x", "/nl/bevestigen/x", "/nergens"):
        answer = pages.client().get(path, base_url=BASE)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_known_unknown_and_barred_addresses_get_the_same_answer(pages: Pages) -> None:
    client = pages.client()
    first = client.post(SUBSCRIBE, data=pages.form(), base_url=BASE)
    again = client.post(SUBSCRIBE, data=pages.form(), base_url=BASE)
    other = client.post(SUBSCRIBE, data=pages.form(email="bas@lezers.example"), base_url=BASE)
    assert first.data == again.data == other.data
    assert len(pages.mails()) == 2


def test_the_time_of_the_answer_tells_nothing(pages: Pages) -> None:
    client, times = pages.client(), []
    for address in ("anna@lezers.example", "anna@lezers.example", "bas@lezers.example", "bas@lezers.example"):
        started = time.perf_counter()
        client.post(SUBSCRIBE, data=pages.form(email=address), base_url=BASE)
        times.append(time.perf_counter() - started)
    assert min(times) >= ANSWER_SECONDS


@pytest.mark.parametrize("made", ["", "0", "zz.zz", "6743f000." + "0" * 32, "é.é"])
def test_a_form_we_did_not_make_mails_nobody(pages: Pages, made: str) -> None:
    assert pages.client().post(SUBSCRIBE, data=pages.form(form=made), base_url=BASE).status_code == 422
    assert pages.mails() == []


@pytest.mark.promise("row 18")
@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=25), timedelta(hours=-1)])
def test_a_form_sent_too_fast_too_late_or_from_the_future_is_asked_again(pages: Pages, age: timedelta) -> None:
    made = forms.signed_now(pages.keys, now() - age)
    assert pages.client().post(SUBSCRIBE, data=pages.form(form=made), base_url=BASE).status_code == 422
    assert pages.mails() == []


@pytest.mark.promise("row 18")
@pytest.mark.parametrize("trap", ["https://spam.example", None, ["", ""]])
def test_who_fills_in_the_hidden_field_hears_nothing_and_mails_nobody(pages: Pages, trap: object) -> None:
    answer = pages.client().post(SUBSCRIBE, data=pages.form(website=trap), base_url=BASE)
    assert (answer.status_code, pages.mails()) == (200, [])


@pytest.mark.promise("row 26")
@pytest.mark.parametrize(
    "changed",
    [
        {"email": None},
        {"email": ""},
        {"email": "a@x.nl\r\nBcc: b@y.nl"},
        {"email": ["a@x.nl", "b@x.nl"]},
        {"audience": None},
        {"audience": ["nergens"]},
        {"audience": ["detention"]},
        {"audience": ["legal-aid", "legal-aid"]},
        {"locale": "xx"},
        {"locale": None},
        {"locale": ["nl", "en"]},
        {"form": None},
    ],
)
def test_a_missing_doubled_or_unknown_field_is_refused(pages: Pages, changed: dict[str, object]) -> None:
    assert pages.client().post(SUBSCRIBE, data=pages.form(**changed), base_url=BASE).status_code == 422
    assert pages.mails() == []


@pytest.mark.promise("row 18")
def test_the_mail_repeats_nothing_the_visitor_typed_but_the_address(pages: Pages) -> None:
    pages.client().post(
        SUBSCRIBE,
        data=pages.form(name="Koop nu", email="koop.nu@lezers.example"),
        base_url=BASE,
        headers={"User-Agent": "Koop nu", "Referer": "https://koop.example"},
    )
    [mail] = pages.mails()
    assert "koop" not in (mail.subject + mail.text).lower()


@pytest.mark.promise("row 20")
@pytest.mark.parametrize("host", ["evil.example", f"{HOST}.evil.example", f"evil.example#{HOST}", ""])
def test_a_host_that_is_not_ours_is_refused(pages: Pages, host: str) -> None:
    answer = pages.client().post(SUBSCRIBE, data=pages.form(), headers={"Host": host})
    assert (answer.status_code, pages.mails()) == (400, [])


@pytest.mark.promise("row 20")
def test_a_forwarded_host_never_reaches_a_link(pages: Pages) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Host": "evil.example"}
    pages.client().post(SUBSCRIBE, data=pages.form(), headers=forged, base_url=BASE)
    [mail] = pages.mails()
    assert "evil" not in mail.text
    assert BASE in mail.text


@pytest.mark.promise("P3")
@pytest.mark.parametrize("lang", ["nl", "en", "ar"])
def test_scanners_may_fetch_the_link_a_thousand_times(pages: Pages, lang: str) -> None:
    pages.client().post(f"/{lang}/aanmelden", data=pages.form(), base_url=BASE)
    link = link_in(pages.mails()[0])
    before = pages.contents()
    client = pages.client()
    for _ in range(100):
        for method in (client.get, client.head, client.options):
            assert method(link, base_url=BASE).status_code == 200
    assert pages.contents() == before
    assert gets(pages.store) == set()
