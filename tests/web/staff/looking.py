"""What is asked of every staff page: axe, the policy, foreign requests, sideways scroll, and its direction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from devtools.npm import package
from staff.people import set_interface
from tests.web.staff.conftest import Desks
from web.staff.pages import ROUTES

AXE = "async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html).slice(0, 3)])"
WHO = {"/sign-in": "", "/second-step": "Sem", "/set-up": "Sem"}
"""Who looks at a page; an editor where it does not say."""


def examples() -> list[str]:
    """The pages of the table that there is something to see of."""
    return [route.example for route in ROUTES if route.example]


@contextmanager
def looking(browser: Browser, *, lang: str, scheme: str, width: int) -> Iterator[BrowserContext]:
    """A browser of this width, in this language, that prefers light or dark."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        locale=lang,
        reduced_motion="reduce",
    )
    try:
        yield context
    finally:
        context.close()


def _overhear(page: Page, said: list[str], base: str) -> None:
    """Note what the page writes to the console, and what it asks of others."""
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda one: said.append(one.url) if not one.url.startswith(base) else None)


def faults_of(desks: Desks, context: BrowserContext, lang: str, width: int) -> dict[str, Any]:
    """By page, what is wrong with it; empty when nothing is."""
    axe = (package("axe-core") / "axe.min.js").read_text("utf-8")
    found: dict[str, Any] = {}
    for example in examples():
        who = WHO.get(example, "Bram")
        page = _page(desks, context, who, lang)
        said: list[str] = []
        _overhear(page, said, desks.base)
        page.goto(f"{desks.base}/staff{example}")
        faults = [*said, *_faults_in(page, axe, lang, width)]
        found |= {example: faults} if faults else {}
        page.close()
    return found


def _page(desks: Desks, context: BrowserContext, who: str, lang: str) -> Page:
    context.clear_cookies()
    if not who:
        return context.new_page()
    with desks.store.transaction() as session:
        set_interface(session, desks.people[who].uid, lang)
    return desks.visit(context, who)


def _faults_in(page: Page, axe: str, lang: str, width: int) -> list[Any]:
    faults: list[Any] = []
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
        faults.append(f"{wide} pixels wide")
    if page.evaluate("document.documentElement.dir") != ("rtl" if lang == "ar" else "ltr"):
        faults.append("the direction")
    page.evaluate(axe)
    return [*faults, *page.evaluate(AXE)]
