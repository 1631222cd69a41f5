"""A browser with scripts on follows every link of every mail that was received; only a button unsubscribes."""

from __future__ import annotations

import re
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from subscribers.repository import readers_of
from tests.web.browsing import visitor
from tests.web.conftest import HOST, Pages
from tests.whole.office import WholeOffice, office
from web.app import create_app

SLUG, AUDIENCE = "noo-2026-11", "noo-national"
READERS = ("anna@lezers.example", "bas@lezers.example", "chadia@lezers.example")
_LINK = re.compile(rf"https://{re.escape(HOST)}/[^\s\"'<>)]+")
SECONDS_OF_A_SCANNER = 10


def links_of(message: Message) -> set[str]:
    """Every address of ours in the header and in both texts."""
    found = set(_LINK.findall(str(message["List-Unsubscribe"])))
    for part in message.walk():
        data = part.get_payload(decode=True)
        if part.get_content_maintype() == "text" and isinstance(data, bytes):
            found |= set(_LINK.findall(data.decode().replace("&amp;", "&")))
    return found


def subscribed(whole: WholeOffice) -> int:
    with whole.parts.store.reading() as session:
        return len(readers_of(session, AUDIENCE))


def test_a_scanner_that_follows_every_link_unsubscribes_nobody_and_the_button_works(
    tmp_path: Path, browser: Browser
) -> None:
    with office(tmp_path / "content", f"sqlite:///{tmp_path}/postduif.sqlite") as whole:
        for address in READERS:
            whole.subscribe(address, AUDIENCE, "nl")
        published = whole.publish(SLUG)
        assert published.mailing is not None
        whole.send(published.mailing)
        messages = [whole.received_by(address)[0] for address in READERS]
        links = sorted({link for message in messages for link in links_of(message)})
        assert len([link for link in links if urlsplit(link).path.startswith("/u/")]) == len(READERS)

        parts = whole.parts
        pages = Pages(parts.house, parts.store, parts.keys, create_app(parts))
        with visitor(browser, pages) as scanner:
            tabs = [scanner.new_page() for _ in links]
            for tab, link in zip(tabs, links, strict=True):
                tab.goto(link)
            tabs[0].wait_for_timeout(SECONDS_OF_A_SCANNER * 1000)
            assert subscribed(whole) == len(READERS)
            [tab] = [tab for tab in tabs if tab.url in links_of(messages[0]) and "/u/" in tab.url]
            tab.get_by_role("button").last.click()
            tab.get_by_role("heading", name="U bent afgemeld").wait_for()
        assert subscribed(whole) == len(READERS) - 1

        [one_click] = [link for link in links_of(messages[1]) if "/u/" in link]
        sent = {"List-Unsubscribe": "One-Click"}
        assert pages.client().post(urlsplit(one_click).path, data=sent, base_url=f"https://{HOST}").status_code == 200
        assert subscribed(whole) == len(READERS) - 2
