"""One Chromium for all tests of a process: Playwright's loop cannot be started twice in one thread."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

from devtools.servers import program

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"),
]


PATIENCE = 90_000
"""Milliseconds that a fact on a page is waited for: a machine that is busy with other tests takes long."""

SHELL = "chromium-headless-shell"
"""The same Chromium without windows: a new page takes 0.2 s of processor in it, and 1.2 s in the whole browser."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless, with a new profile and no network but this machine."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        path = shutil.which(SHELL) or program("chromium", "chromium")
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()
