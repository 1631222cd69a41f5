"""Chromium looking at the application: each request of the browser is answered by it, every other host by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Route

from devtools.browser import PATIENCE
from tests.web.conftest import HOST, Pages


@contextmanager
def visitor(browser: Browser, pages: Pages, *, width: int = 1280, scheme: str = "light") -> Iterator[BrowserContext]:
    """A person with a browser of this width, who prefers light or dark."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    context.set_default_timeout(PATIENCE)
    context.route("**/*", lambda route: _answer(route, pages))
    try:
        yield context
    finally:
        context.close()


def _answer(route: Route, pages: Pages) -> None:
    request, url = route.request, urlsplit(route.request.url)
    if url.hostname != HOST:
        route.abort()
        return
    path = url.path + (f"?{url.query}" if url.query else "")
    kind = request.headers.get("content-type", "application/octet-stream")
    sent = request.post_data_buffer
    with pages.client().open(
        path, method=request.method, data=sent, content_type=kind, base_url=f"https://{HOST}"
    ) as answer:
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.get_data())
