"""The web archive: only what is public, the same in every language, and nothing about any reader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from devtools.email_house import HOUSE
from devtools.email_samples import IMAGES, edition
from devtools.email_tools import TOOLS, example, images, node, node_modules
from mailer.artefacts.archive.leaf import PublicIssue, leaf_from, leaf_of
from mailer.artefacts.archive.pages import Published, archive_from
from mailer.organisation import House
from tests.support.house import house
from wording.interface import interface

ATOM = "{http://www.w3.org/2005/Atom}"
DAY = datetime(2026, 11, 26, 9, tzinfo=UTC)


Public = tuple[PublicIssue, datetime]


def public(locale: str, number: int = 3, **changed: Any) -> Public:
    made = replace(edition(locale), slug=f"meldpunt-2026-{number}", number=f"2026-{number}", **changed)
    return PublicIssue(made, IMAGES), DAY + timedelta(days=number)


def archive(*issues: Public, house: House = HOUSE) -> dict[str, bytes]:
    """The files of these issues, which were kept as JSON meanwhile."""
    published: list[Published] = []
    pictures: dict[str, bytes] = {}
    for issue, when in issues:
        leaf, images = leaf_from(issue, house, interface(issue.edition.locale))
        assert leaf_of(json.loads(json.dumps(leaf.as_json()))) == leaf
        published.append(Published(leaf, when, when))
        pictures |= images
    return {**archive_from(published, house, interface), **pictures}


@cache
def examples() -> dict[str, bytes]:
    issues = [
        (PublicIssue(example("meldpunt-2026-3", "detention-friends", locale), images("meldpunt-2026-3")), DAY)
        for locale in ("nl", "en", "ar")
    ]
    issues.append((PublicIssue(example("los-2026-24", "legal-aid", "nl"), images("los-2026-24")), DAY))
    return archive(*issues, house=house())


def test_nothing_is_public_until_someone_publishes_it() -> None:
    assert set(archive()) == {"archief/stijl.css"}


def test_each_language_has_its_page_its_list_and_its_feed() -> None:
    files = archive(public("nl"), public("ar"))
    pages = {path for path in files if not path.startswith("archief/beeld/")}
    assert pages == {
        "archief/stijl.css",
        *(f"{locale}/{path}" for locale in ("nl", "ar") for path in ("archief/index.html", "feed.atom")),
        *(f"{locale}/archief/meldpunt-2026-3/index.html" for locale in ("nl", "ar")),
    }


def test_a_page_names_itself_and_its_translations() -> None:
    page = archive(public("nl"), public("ar"))["ar/archief/meldpunt-2026-3/index.html"].decode()
    base = "https://nieuws.voorbeeld.example"
    assert f'<link rel="canonical" href="{base}/ar/archief/meldpunt-2026-3">' in page
    assert dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', page)) == {
        "ar": f"{base}/ar/archief/meldpunt-2026-3",
        "nl": f"{base}/nl/archief/meldpunt-2026-3",
        "x-default": f"{base}/nl/archief/meldpunt-2026-3",
    }
    assert '<html lang="ar" dir="rtl">' in page


def test_no_page_knows_a_reader() -> None:
    for path, content in examples().items():
        if not path.endswith((".jpeg", ".png")):
            text = content.decode()
            assert not re.search("[\ue000\ue001]|\\{\\{greeting|unsubscribe|/u/|/p/|cid:", text), path
    assert "Beste lezer," in archive(public("nl"))["nl/archief/meldpunt-2026-3/index.html"].decode()


@pytest.mark.promise("P4")
def test_a_page_loads_only_from_its_own_host() -> None:
    for path, content in examples().items():
        if path.endswith(".html"):
            sources = re.findall(r'(?:src|stylesheet" href)="([^"]+)"', content.decode())
            assert {urlsplit(source).netloc for source in sources} == {"nieuws.voorbeeld.example"}
            for source in sources:
                assert urlsplit(source).path.removeprefix("/") in examples()


def test_text_cannot_leave_the_facts_for_search_engines() -> None:
    page = archive(public("nl", title="</script><script>alert(1)</script>"))
    html = page["nl/archief/meldpunt-2026-3/index.html"].decode()
    assert html.count("<script") == 1
    assert html.count("</script>") == 1


def test_an_issue_has_one_page_in_a_language() -> None:
    with pytest.raises(ValueError, match="one page"):
        archive(public("nl"), public("nl"))


def test_html_validate_accepts_the_pages(tmp_path: Path) -> None:
    files = []
    for path, content in examples().items():
        if path.endswith(".html"):
            files.append(tmp_path / path.replace("/", "-"))
            files[-1].write_bytes(content)
    config = str(TOOLS / "html-validate-page.json")
    result = node("html-validate/bin/html-validate.mjs", "--config", config, *map(str, files))
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_axe_finds_no_violation_in_the_pages(browser: Browser, locale: str, scheme: str) -> None:
    files = examples()
    opened = browser.new_page(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": 360, "height": 900}
    )
    opened.route("**/*", lambda route: route.fulfill(body=files.get(urlsplit(route.request.url).path.lstrip("/"), b"")))
    try:
        opened.goto(f"https://nieuws.voorbeeld.example/{locale}/archief/meldpunt-2026-3/index.html")
        opened.evaluate((node_modules() / "axe-core" / "axe.min.js").read_text("utf-8"))
        found = opened.evaluate("async () => (await axe.run()).violations.map(v => [v.id, v.nodes[0].html])")
        width = opened.evaluate("document.documentElement.scrollWidth")
    finally:
        opened.close()
    assert found == []
    assert width <= 360


# ── the feed ────────────────────────────────────────────────────────────────────────────────────────────────────────


def faults(document: bytes) -> Iterator[str]:
    """What RFC 4287 §4 asks of a feed and its entries."""
    feed = ElementTree.fromstring(document)  # noqa: S314 - a document of ours
    yield from _once(feed, "id", "title", "updated")
    if feed.find(f"{ATOM}author/{ATOM}name") is None:
        yield "no author (§4.1.1)"
    relations = [link.get("rel") for link in feed.findall(f"{ATOM}link")]
    if relations.count("self") != 1:
        yield "not one rel=self (§4.1.1)"
    entries = feed.findall(f"{ATOM}entry")
    identifiers = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(identifiers)) < len(identifiers):
        yield "two entries with one id (§4.1.2)"
    for entry in entries:
        yield from _once(entry, "id", "title", "updated", "content", "summary", "published")
        if [link.get("rel") for link in entry.findall(f"{ATOM}link")] != ["alternate"]:
            yield "not one rel=alternate (§4.1.2)"
    for element in feed.iter():
        if (
            element.tag in (f"{ATOM}updated", f"{ATOM}published")
            and not datetime.fromisoformat(element.text or "").tzinfo
        ):
            yield "a date without an offset (§3.3)"
        if element.tag == f"{ATOM}link" and not (element.get("href") or "").startswith("https://"):
            yield "a link that is not absolute"
        if element.tag == f"{ATOM}id" and not (element.text or "").startswith("tag:"):
            yield "an id that is no IRI (§4.2.6)"
        if element.tag == f"{ATOM}content" and element.get("type") != "html":
            yield "content of another type (§4.1.3)"


def _once(parent: ElementTree.Element, *names: str) -> Iterator[str]:
    for name in names:
        if len(parent.findall(f"{ATOM}{name}")) != 1 or not (parent.findtext(f"{ATOM}{name}") or "").strip():
            yield f"{parent.tag} has not one {name}"


def test_every_feed_is_valid_atom_in_its_language() -> None:
    files = {path: content for path, content in examples().items() if path.endswith(".atom")}
    assert set(files) == {f"{locale}/feed.atom" for locale in ("nl", "en", "ar")}
    for path, content in files.items():
        assert list(faults(content)) == []
        assert ElementTree.fromstring(content).get("{http://www.w3.org/XML/1998/namespace}lang") == path[:2]  # noqa: S314


def test_the_check_of_feeds_would_say_so() -> None:
    assert list(
        faults(b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><updated>2026-11-26</updated></entry></feed>')
    )


def test_a_long_feed_comes_in_pages_that_name_each_other() -> None:
    """RFC 5005 §3."""
    files = archive(*(public("nl", number, lead=(), sections=()) for number in range(1, 46)))
    found: list[str] = []
    path: str | None = "nl/feed.atom"
    while path:
        assert list(faults(files[path])) == []
        feed = ElementTree.fromstring(files[path])  # noqa: S314
        links = {link.get("rel"): link.get("href") or "" for link in feed.findall(f"{ATOM}link")}
        assert links["self"].endswith(path)
        assert links["first"].endswith("nl/feed.atom")
        assert links["last"].endswith("nl/feed-3.atom")
        found += [entry.findtext(f"{ATOM}id") or "" for entry in feed.findall(f"{ATOM}entry")]
        path = urlsplit(links["next"]).path.lstrip("/") if "next" in links else None
    assert found == [f"tag:nieuws.voorbeeld.example,2026:meldpunt-2026-{number}:nl" for number in range(45, 0, -1)]


def test_a_character_that_xml_cannot_hold_is_left_out() -> None:
    assert list(faults(archive(public("nl", title="a\x0bb\ufffe"))["nl/feed.atom"])) == []
