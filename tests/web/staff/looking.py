"""What is asked of every staff page: axe, the policy, foreign requests, sideways scroll, and its direction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from devtools.browser import PATIENCE
from devtools.npm import package
from staff.people import set_interface
from tests.web.staff.conftest import Desks
from tests.web.staff.examples import pages

AXE = "async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html).slice(0, 3)])"
WHO = {"/sign-in": "", "/second-step": "Sem", "/set-up": "Sem"}
"""Who looks at a page; an editor where it does not say."""
_ASKED_BY_AXE = "Failed to execute 'postMessage' on 'DOMWindow'"
HEIGHT = 900
Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Sight:
    """How a page is looked at: width in pixels, and light or dark."""

    width: int
    scheme: Scheme


EVERY_SIGHT = [Sight(width, scheme) for width in (1280, 360) for scheme in ("light", "dark")]


@contextmanager
def looking(browser: Browser, *, lang: str, scheme: Scheme, width: int) -> Iterator[BrowserContext]:
    """A browser of this width, in this language, that prefers light or dark."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, locale=lang, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield context
    finally:
        context.close()


def overhear(page: Page, base: str) -> list[str]:
    """A list in which stands what the page writes to the console from now on, and what it asks of others.

    Chromium writes down that a page itself came with a status of 4xx, as one that explains a mistake does; and that
    what axe asks of a frame without an origin does not arrive.
    """
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        of_itself = message.text.startswith("Failed to load resource") and message.location["url"] == page.url
        said.extend([] if of_itself or message.text.startswith(_ASKED_BY_AXE) else [message.text])

    page.on("console", hear)
    page.on("request", lambda one: said.append(one.url) if not one.url.startswith(base) else None)
    return said


def faults_of(desks: Desks, context: BrowserContext, lang: str, sights: Sequence[Sight]) -> dict[str, Any]:
    """By page, what is wrong with it at each sight; empty when nothing is. A page is loaded once for all of them."""
    found: dict[str, Any] = {}
    for example in pages(desks):
        page = _page(desks, context, _who(example), lang)
        said = overhear(page, desks.base)
        page.goto(f"{desks.base}/staff{example}")
        faults = faults_in(page, lang, sights)
        found |= {example: [*said, *faults]} if said or faults else {}
        page.close()
    return found


def faults_in(page: Page, lang: str, sights: Sequence[Sight]) -> list[Any]:
    """What is wrong with the page that is open, at each sight."""
    faults: list[Any] = []
    page.wait_for_load_state()
    if page.evaluate("document.documentElement.dir") != ("rtl" if lang == "ar" else "ltr"):
        faults.append("the direction")
    page.evaluate(_axe())
    for sight in sights:
        page.set_viewport_size({"width": sight.width, "height": HEIGHT})
        page.emulate_media(color_scheme=sight.scheme)
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > sight.width:
            faults.append(f"{wide} pixels wide at {sight.width}")
        faults += [[sight.width, sight.scheme, *one] for one in page.evaluate(AXE)]
    return faults


@cache
def _axe() -> str:
    return (package("axe-core") / "axe.min.js").read_text("utf-8")


def _who(example: str) -> str:
    """An administrator looks at the pages about readers, somebody of the postal desk at its own."""
    if example.startswith(("/readers", "/audiences", "/returned", "/privacy", "/people", "/health", "/keys", "/audit")):
        return "Noor"
    own = {"post": "Sem", "organisation": "Noor"}.get(example.split("/")[1], "Bram")
    return WHO.get(example, own)


def _page(desks: Desks, context: BrowserContext, who: str, lang: str) -> Page:
    context.clear_cookies()
    if not who:
        return context.new_page()
    with desks.store.transaction() as session:
        set_interface(session, desks.people[who].uid, lang)
    return desks.visit(context, who)
