"""Every route at once: reading changes no row, sets no cookie, and nothing from outside is believed."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from database import onetime
from mailer.services.publishing import archive
from subscribers import managing
from tests.support.desk_people import EDITOR
from tests.support.office import office_of
from tests.support.people import reader
from tests.support.shown import SLUG, on_show
from tests.web.conftest import HOST, Pages
from tests.web.test_in_chromium import every_page
from web.public.archive import KEPT

BASE = f"https://{HOST}"


def onetime_link(pages: Pages, page: str) -> str:
    """A page with a genuine single-use token that was mailed to Anna."""
    uid = reader(pages.store, "move@lezers.example")
    with pages.store.transaction() as session:
        token = onetime.issue(session, managing.MOVE, uid, timedelta(hours=1), {"address": "new@lezers.example"})
    return f"/nl/{page}/{token}"


OTHERS = (
    *(
        "/static/shared.css",
        "/static/public.css",
        "/huisstijl.css",
        "/icoon.svg",
        "/favicon.ico",
        "/apple-touch-icon.png",
    ),
    *("/robots.txt", "/.well-known/security.txt", "/nl/", f"/nl/archief/{SLUG}/1.ics"),
)
"""What a browser or a machine asks of every site, and a file for a calendar."""
EARLIER = f"/nl/archief/{SLUG}/eerder/0"
"""Of an issue that was never corrected: no page."""


def test_every_public_route_is_opened_by_the_tests_of_this_file(pages: Pages) -> None:
    """A new page must be added to them: what they do not open may change something on a GET."""
    opened = {*every_page(pages, "nl").values()} - {f"{BASE}/nl/nergens"} | {
        f"{BASE}{onetime_link(pages, 'verhuizen')}",
        f"{BASE}/",
    }
    paths = [*(address.removeprefix(BASE) for address in opened), *public_paths(pages)]
    more = [*OTHERS, "/nl/feed-2.atom", EARLIER]
    adapter = pages.app.url_map.bind(HOST, url_scheme="https")
    assert {adapter.match(path.partition("?")[0])[0] for path in (*paths, *more)} >= {
        rule.endpoint for rule in pages.app.url_map.iter_rules() if not rule.endpoint.startswith("staff.")
    }


@pytest.mark.promise("P3")
def test_no_get_head_or_options_on_any_page_changes_a_row(pages: Pages) -> None:
    addresses = list(every_page(pages, "nl").values())
    move = onetime_link(pages, "verhuizen")
    more = [f"{BASE}{path}" for path in ("/", "/en/archief/x", EARLIER, *OTHERS, *public_paths(pages), move)]
    before = pages.contents()
    client = pages.client()
    for address in [*addresses, *more]:
        for method in (client.get, client.head, client.options):
            with method(address.removeprefix(BASE), base_url=BASE) as answer:
                assert "Set-Cookie" not in answer.headers
                assert answer.status_code < 500
    assert pages.contents() == before


def public_paths(pages: Pages) -> dict[str, str]:
    """Everything the archive serves, by path, with its type."""
    client = pages.client()
    page = client.get(f"/nl/archief/{SLUG}", base_url=BASE).text
    pictures = {urlsplit(url).path for url in re.findall(r'<img src="([^"]+)"', page)}
    kinds = {"png": "image/png", "jpeg": "image/jpeg"}
    return {
        f"/nl/archief/{SLUG}": "text/html",
        "/nl/archief/": "text/html",
        "/nl/feed.atom": "application/atom+xml",
        "/archief/stijl.css": "text/css",
        **{path: kinds[path.rpartition(".")[2]] for path in pictures},
    }


@pytest.mark.promise("row 16")
def test_an_issue_is_private_until_it_is_put_on_show_for_one_audience(pages: Pages) -> None:
    client = pages.client()
    closed = (f"/nl/archief/{SLUG}", f"/ar/archief/{SLUG}", "/nl/feed.atom", "/ar/feed.atom", "/nl/feed-2.atom")
    assert [client.get(path, base_url=BASE).status_code for path in closed] == [404] * 5
    assert SLUG not in client.get("/nl/archief/", base_url=BASE).text
    on_show(pages)
    page = client.get(closed[0], base_url=BASE).text
    assert f'<link rel="canonical" href="{BASE}{closed[0]}">' in page
    assert not re.search("[\ue000\ue001]|/u/|/p/|cid:|unsubscribe", page)
    assert SLUG in client.get("/nl/archief/", base_url=BASE).text
    assert f'hreflang="ar" href="{BASE}{closed[1]}"' in page
    pictures = [path for path in public_paths(pages) if "/beeld/" in path]
    assert pictures
    archive.withdraw(office_of(pages.store), EDITOR, SLUG)
    assert {client.get(path, base_url=BASE).status_code for path in (*closed, *pictures)} == {404}


def test_search_engines_and_proxies_may_keep_the_archive_and_nothing_else(pages: Pages) -> None:
    on_show(pages)
    client, before = pages.client(), pages.contents()
    for path, kind in public_paths(pages).items():
        answer = client.get(path, base_url=BASE)
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == (KEPT, "all")
        assert "Set-Cookie" not in answer.headers
        again = client.get(path, base_url=BASE, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert client.head(path, base_url=BASE).headers["ETag"] == answer.headers["ETag"]
    for path in ("/nl/aanmelden", "/u/x", "/nl/nergens"):
        answer = client.get(path, base_url=BASE)
        assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert pages.contents() == before


@pytest.mark.parametrize(
    "path", ["/.env", "/.git/HEAD", "/config.toml", "/postduif.toml", "/static/../app.py", "/nl/x/"]
)
def test_what_is_no_page_is_not_there(pages: Pages, path: str) -> None:
    assert pages.client().get(path, base_url=BASE).status_code == 404


def test_too_much_is_refused_before_it_is_read(pages: Pages) -> None:
    body = io.BytesIO(b"a=" + b"x" * 10_000_000)
    big = pages.client().post("/nl/aanmelden", input_stream=body, content_length=10_000_002, base_url=BASE)
    parts = {f"field{number}": "x" for number in range(200)}
    many = pages.client().post("/nl/aanmelden", data={**parts, "file": (io.BytesIO(b"x"), "x.csv")}, base_url=BASE)
    assert (big.status_code, many.status_code) == (413, 413)
    assert body.tell() == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_and_overrides_do_nothing(pages: Pages, method: str) -> None:
    before = pages.contents()
    client = pages.client()
    assert client.open("/nl/aanmelden", method=method, base_url=BASE).status_code == 405
    override = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
    assert client.get("/nl/aanmelden?_method=POST", headers=override, base_url=BASE).status_code == 200
    assert pages.contents() == before
