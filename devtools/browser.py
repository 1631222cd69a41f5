"""One Chromium for all tests of a process: Playwright's loop cannot be started twice in one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from devtools.servers import program

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"),
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless, with a new profile and no network but this machine."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program("chromium", "chromium"), args=ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()
