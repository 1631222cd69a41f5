"""The archive on the web: searched, with its diary as files, made once per change, and gone when it is withdrawn."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import update

from mailer.artefacts.archive.events import event_file
from mailer.artefacts.archive.leaf import Leaf, LeafEvent, LeafSection, leaf_of
from mailer.artefacts.archive.pages import Published
from mailer.ledger import archive
from mailer.ledger.archive import ArchivedPage
from mailer.services.publishing.shelving import folded
from tests.support.house import house
from tests.support.queries import queries
from tests.web.conftest import HOST, Pages

BASE = f"https://{HOST}"
EVENT = LeafEvent("Spreekuur; gratis, ook voor u", "2026-12-03", "16:00", "Buurthuis\nRotterdam")


def leaf(number: int, locale: str = "nl", words: str = "De arts kwam te laat.", **more: object) -> Leaf:
    given = {"slug": f"los-2026-{number}", "locale": locale, "number": str(number), "day": date(2026, 11, number)}
    texts = {
        "title": f"Nummer {number} & meer",
        "summary": "Kort.",
        "publication": "Recht en opvang",
        "lead": "<p>Dag</p>",
    }
    return Leaf(**{**given, **texts, "sections": (LeafSection("a", "Kop", f"<p>{words}</p>"),), **more})  # type: ignore[arg-type]


def show(pages: Pages, *leaves: Leaf) -> None:
    with pages.store.transaction() as session:
        archive.show(session, leaves[0].slug, "legal-aid", {one.locale: one.as_json() for one in leaves}, {})


def get(pages: Pages, path: str, status: int = 200) -> str:
    answer = pages.client().get(path, base_url=BASE)
    assert answer.status_code == status, answer.status
    return answer.get_data(as_text=True)


def test_a_word_is_found_in_any_form_of_its_letters_and_no_markup_is(pages: Pages) -> None:
    show(pages, leaf(1, words="De café-arts kwam."), leaf(1, "ar", "الطَّبيب تأخر"))
    show(pages, leaf(2, words="Iets anders."))
    found = get(pages, "/nl/archief/?q=CAFE+arts")
    assert "/archief/los-2026-1" in found
    assert "/archief/los-2026-2" not in found
    assert "/archief/los-2026-1" in get(pages, "/ar/archief/?q=الطبيب")
    for nothing in ("niets", "<p>", "%3Cp%3E", "x" * 500):
        page = get(pages, f"/nl/archief/?q={nothing}")
        assert "Niets gevonden." in page
        assert 'value="<p>' not in page
    assert "los-2026-2" in get(pages, "/nl/archief/?p=los")
    assert "Niets gevonden." in get(pages, "/nl/archief/?p=noo")
    assert "los-2026-2" in get(pages, "/nl/archief/?p=vreemd"), "no newsletter of ours: all of them"
    answer = pages.client().get("/nl/archief/?q=arts", base_url=BASE)
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert folded("Ça va, الطَّبيبـ") == "ca va, الطبيب"


def test_issues_lead_to_the_ones_beside_them_and_to_their_diary(pages: Pages) -> None:
    for number in (1, 2, 3):
        show(pages, leaf(number, events=(EVENT,)))
    page = get(pages, "/nl/archief/los-2026-2")
    assert f'rel="prev" href="{BASE}/nl/archief/los-2026-1"' in page
    assert f'rel="next" href="{BASE}/nl/archief/los-2026-3"' in page
    assert f'href="{BASE}/nl/archief/los-2026-2/1.ics"' in page
    answer = pages.client().get("/nl/archief/los-2026-2/1.ics", base_url=BASE)
    assert answer.mimetype == "text/calendar"
    for path in ("los-2026-2/2.ics", "los-2026-2/0.ics", "los-2026-9/1.ics"):
        get(pages, f"/nl/archief/{path}", 404)


def test_an_event_is_a_file_that_a_calendar_reads() -> None:
    one = Published(leaf(1, events=(EVENT, LeafEvent("é" * 60, "2026-12-31"))), NOW, NOW)
    lines = event_file(one, 1, house()).decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "SUMMARY:Spreekuur\\; gratis\\, ook voor u" in lines
    assert "LOCATION:Buurthuis Rotterdam" in lines, "a line end in it begins no property of its own"
    assert {"DTSTART:20261203T150000Z", "DTEND:20261203T160000Z"} <= set(lines)
    whole = event_file(one, 2, house())
    assert b"DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n" in whole
    assert max(len(line) for line in whole.split(b"\r\n")) <= 75
    assert "é" * 60 in whole.replace(b"\r\n ", b"").decode()
    kept = one.leaf.as_json()
    assert leaf_of(kept) == one.leaf
    del kept["events"]
    assert leaf_of(kept).events == (), "put on show before there were any"


NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_a_page_is_made_once_per_change_and_answered_by_its_tag(pages: Pages) -> None:
    show(pages, leaf(1))
    client, path = pages.client(), "/nl/archief/los-2026-1"
    first = client.get(path, base_url=BASE)
    with queries() as asked:
        again = client.get(path, base_url=BASE)
    assert len(asked) <= 2, "only whether the archive changed"
    assert again.get_data() == first.get_data()
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(path, headers=tag, base_url=BASE).status_code == 304
    show(pages, leaf(1, words="Verbeterd."))
    assert "Verbeterd." in client.get(path, headers=tag, base_url=BASE).get_data(as_text=True)
    assert "Verbeterd." in client.get("/nl/feed.atom", base_url=BASE).get_data(as_text=True)
    with pages.store.transaction() as session:
        archive.withdraw(session, "los-2026-1")
    get(pages, path, 404)
    assert "los-2026-1" not in get(pages, "/nl/archief/")


def test_what_is_altered_behind_our_back_is_not_shown(pages: Pages) -> None:
    show(pages, leaf(1))
    with pages.store.transaction() as session:
        session.execute(update(ArchivedPage).values(leaf=leaf(1, words="Vals.").as_json()))
    get(pages, "/nl/archief/los-2026-1", 404)


def test_machines_get_what_they_ask_of_every_site(pages: Pages) -> None:
    robots = get(pages, "/robots.txt")
    for closed in ("/staff/", "/u/", "/p/", "/nl/beheer/", "/ar/bevestigen/"):
        assert f"Disallow: {closed}\n" in robots
    assert "Disallow: /nl/archief" not in robots
    told = get(pages, "/.well-known/security.txt")
    assert "Contact: mailto:" in told
    assert f"Canonical: {BASE}/.well-known/security.txt" in told
    assert 'fill="#0b5f58"' in get(pages, "/icoon.svg")
    icon = pages.client().get("/apple-touch-icon.png", base_url=BASE)
    assert icon.get_data().startswith(b"\x89PNG")
    assert "--pine: #0b5f58" in get(pages, "/huisstijl.css")
    assert pages.client().get("/ar/", base_url=BASE).headers["Location"] == "/ar/aanmelden"
