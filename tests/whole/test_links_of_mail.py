"""A browser with scripts on follows every link of every mail of the demo; only a button unsubscribes."""

from __future__ import annotations

import mailbox
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from commands.demo import FOLDER
from database.keys import KeyRing
from database.session import Store
from devtools.waiting import wait_for
from mailer.organisation import Channel
from mailer.places import demo_keys
from subscribers.address import address_from
from subscribers.repository import readers_of, subscriber_with
from tests.support.browsing import visitor
from tests.support.house import ROOT
from tests.support.loads import load
from tests.support.office import office_of
from tests.web.conftest import HOST, Pages
from web.app import create_app

READERS = load(80, 24)
"""Every newsletter in every language to several readers, and some with two; a page takes a tenth of a second."""
SECONDS_OF_A_SCANNER = 10
PATIENCE = 30
_LINK = re.compile(rf"https://{re.escape(HOST)}/[^\s\"'<>)]+")
_PATIENT = """<title>waits</title><script>
setTimeout(() => { document.title = "nine seconds later" }, 9000)
</script>"""

Reading = set[tuple[str, UUID]]


@contextmanager
def demonstrated(folder: Path) -> Iterator[Pages]:
    """What the demo leaves in a copy of the example content, and the pages over its database with its keys."""
    for name in ("issues", "translations"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "postduif.toml", folder)
    command = [sys.executable, "-m", "commands", "--content", str(folder), "demo"]
    subprocess.run(
        [*command, "--readers", str(READERS), "--addressees", "2"], cwd=ROOT, check=True, capture_output=True
    )
    keys = KeyRing.from_folder(demo_keys(folder))
    store = Store(f"sqlite:///{folder / FOLDER / 'postduif.sqlite'}", keys)
    office = office_of(store, folder)
    yield Pages(office.house, store, keys, create_app(office))
    store.close()


def links_of(message: Message) -> set[str]:
    """Every address of ours in the headers and in both texts."""
    found = {link for value in message.values() for link in _LINK.findall(str(value))}
    for part in message.walk():
        data = part.get_payload(decode=True)
        if part.get_content_maintype() == "text" and isinstance(data, bytes):
            found |= set(_LINK.findall(data.decode().replace("&amp;", "&")))
    return found


def to_leave(message: Message) -> str:
    [link] = [link for link in links_of(message) if urlsplit(link).path.startswith("/u/")]
    return link


def reading(pages: Pages) -> Reading:
    """Who gets which newsletter."""
    mailed = [one.key for one in pages.house.audiences.values() if one.channel is Channel.EMAIL]
    with pages.store.reading() as session:
        return {(key, ref.uid) for key in mailed for ref in readers_of(session, key)}


def reader_of(pages: Pages, message: Message) -> UUID:
    with pages.store.reading() as session:
        row = subscriber_with(session, address_from(str(message["Delivered-To"])))
        assert row is not None
        return row.uid


class Scanner:
    """A tab in which ten seconds pass at once for the scripts of each page: Chromium's virtual time."""

    def __init__(self, context: BrowserContext) -> None:
        self.hosts: set[str | None] = set()
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        self.tab: Page = context.new_page()
        self._devtools = context.new_cdp_session(self.tab)
        self._over = 0
        self._devtools.on("Emulation.virtualTimeBudgetExpired", self._count)

    def visit(self, link: str) -> str:
        """The title of the page ten seconds after it was there."""
        answer = self.tab.goto(link)
        assert answer is not None
        assert answer.status == 200, link
        before = self._over
        budget = {"policy": "pauseIfNetworkFetchesPending", "budget": SECONDS_OF_A_SCANNER * 1000}
        self._devtools.send("Emulation.setVirtualTimePolicy", budget)
        wait_for(lambda: self._is_over(before), lambda: link, every=0)
        title = self.tab.title()
        # Time that stands still would keep the next page from being loaded.
        self._devtools.send("Emulation.setVirtualTimePolicy", {"policy": "advance"})
        return title

    def _is_over(self, before: int) -> bool:
        self.tab.wait_for_timeout(1)  # lets Playwright hear what the browser says
        return self._over > before

    def _count(self, _event: object) -> None:
        self._over += 1


@pytest.mark.promise("row 19")
@pytest.mark.load
def test_a_scanner_that_follows_every_link_unsubscribes_nobody_and_the_button_works(
    tmp_path: Path, browser: Browser
) -> None:
    with demonstrated(tmp_path) as pages, visitor(browser, pages) as context:
        messages = list(mailbox.Maildir(tmp_path / FOLDER / "Maildir", create=False))
        links = sorted({link for message in messages for link in links_of(message)})
        assert len({to_leave(message) for message in messages}) == len(messages) >= READERS
        assert len(links) >= 2 * len(messages)
        before, contents = reading(pages), pages.contents()

        context.route("**/patient", lambda route: route.fulfill(content_type="text/html", body=_PATIENT))
        scanner = Scanner(context)
        assert scanner.visit(f"https://{HOST}/patient") == "nine seconds later"
        for link in links:
            scanner.visit(link)
        assert scanner.visit(f"https://{HOST}/patient") == "nine seconds later"
        assert scanner.hosts == {HOST}
        assert reading(pages) == before
        assert pages.contents() == contents

        dutch = {str(one["Delivered-To"]): one for one in messages if one["Content-Language"] == "nl"}
        pressing, clicking = list(dutch.values())[:2]
        scanner.visit(to_leave(pressing))
        scanner.tab.get_by_role("button").last.click()
        scanner.tab.get_by_role("heading", name="U bent afgemeld").wait_for()
        left = reading(pages)
        assert {uid for _key, uid in before - left} == {reader_of(pages, pressing)}

        path, sent = urlsplit(to_leave(clicking)).path, {"List-Unsubscribe": "One-Click"}
        assert pages.client().post(path, data=sent, base_url=f"https://{HOST}").status_code == 200
        assert {uid for _key, uid in left - reading(pages)} == {reader_of(pages, clicking)}
