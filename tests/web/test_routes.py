"""Every route at once: reading changes no row, sets no cookie, and nothing from outside is believed."""

from __future__ import annotations

import io
import time

import pytest

from mailer.artefacts.slots import slot
from mailer.ledger import archive, opening
from mailer.ledger.opening import EditionToFreeze
from mailer.organisation import Channel
from tests.subscribers.people import ANNA, reader
from tests.web.conftest import HOST, Pages
from tests.web.test_in_chromium import every_page

BASE = f"https://{HOST}"
PNG = b"\x89PNG\r\n\x1a\n"


def mailed(pages: Pages) -> None:
    """An issue was mailed to two audiences; only one of them may be read by everybody."""
    with pages.store.transaction() as session:
        mailing = opening.open_mailing(session, slug="los-1", publication="los", content_hash="x")
        for audience, words in (("legal-aid", "voor iedereen"), ("womens-orgs", "niet voor iedereen")):
            html = f'<p>{words}</p><a href="{slot("unsubscribe_url")}">x</a>{slot("greeting")}<img src="cid:a.png">'
            edition = EditionToFreeze(audience, "nl", Channel.EMAIL, "Nummer 1", html, "x", b"x", images={"a.png": PNG})
            opening.freeze(session, mailing, edition)


def test_no_get_head_or_options_on_any_page_changes_a_row(pages: Pages) -> None:
    addresses = list(every_page(pages, "nl").values())
    before = pages.contents()
    client = pages.client()
    for address in [*addresses, f"{BASE}/", f"{BASE}/en/archief/x", f"{BASE}/static/public.css"]:
        for method in (client.get, client.head, client.options):
            with method(address.removeprefix(BASE), base_url=BASE) as answer:
                assert "Set-Cookie" not in answer.headers
                assert answer.status_code < 500
    assert pages.contents() == before


def test_an_issue_is_private_until_it_is_put_on_show_for_one_audience(pages: Pages) -> None:
    mailed(pages)
    client = pages.client()
    paths = ("/nl/archief/los-1", "/nl/archief/los-1/a.png")
    assert [client.get(path, base_url=BASE).status_code for path in paths] == [404, 404]
    with pages.store.transaction() as session:
        archive.show(session, "los-1", "legal-aid")
    page, picture = (client.get(path, base_url=BASE) for path in paths)
    assert "voor iedereen" in page.text
    assert "niet voor iedereen" not in page.text
    assert 'href="/nl/aanmelden"' in page.text
    assert "\ue000" not in page.text
    assert (picture.data, picture.mimetype) == (PNG, "image/png")
    assert "Nummer 1" in client.get("/nl/archief/", base_url=BASE).text
    assert "Nummer 1" not in client.get("/en/archief/", base_url=BASE).text
    with pages.store.transaction() as session:
        archive.withdraw(session, "los-1")
    assert client.get(paths[0], base_url=BASE).status_code == 404


@pytest.mark.parametrize("path", ["/.env", "/.git/HEAD", "/config.toml", "/postduif.toml", "/static/../app.py", "/nl/"])
def test_what_is_no_page_is_not_there(pages: Pages, path: str) -> None:
    assert pages.client().get(path, base_url=BASE).status_code == 404


def test_too_much_is_refused_at_once(pages: Pages) -> None:
    uid = reader(pages.store, ANNA)
    started = time.perf_counter()
    big = pages.client().post("/nl/aanmelden", data=b"a=" + b"x" * 10_000_000, base_url=BASE)
    parts = {f"field{number}": "x" for number in range(200)}
    many = pages.client().post("/nl/aanmelden", data={**parts, "file": (io.BytesIO(b"x"), "x.csv")}, base_url=BASE)
    assert (big.status_code, many.status_code) == (413, 413)
    assert time.perf_counter() - started < 2
    assert uid is not None


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_and_overrides_do_nothing(pages: Pages, method: str) -> None:
    before = pages.contents()
    client = pages.client()
    assert client.open("/nl/aanmelden", method=method, base_url=BASE).status_code == 405
    override = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
    assert client.get("/nl/aanmelden?_method=POST", headers=override, base_url=BASE).status_code == 200
    assert pages.contents() == before
