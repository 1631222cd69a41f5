"""`python -m devtools.staff_pictures` (with `make pictures`): the staff pages, taken from `postduif demo --serve`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser

from devtools.browser import chromium
from devtools.house import ROOT
from devtools.served_demo import served_demo

PICTURES = ROOT / "docs" / "pictures"
HEIGHT = 860


@dataclass(frozen=True)
class Picture:
    """One page as one person of the demo sees it."""

    name: str
    path: str
    person: str
    lang: str = "nl"
    width: int = 1280
    scheme: Literal["light", "dark"] = "light"


TAKEN = (
    Picture("staff-demo", "/staff/demo", ""),
    Picture("staff-today", "/staff/", "Bram"),
    Picture("staff-issue", "/staff/issues/meldpunt-2026-3", "Bram"),
    Picture("staff-mailing", "/staff/mailings/1", "Bram", scheme="dark"),
    Picture("staff-today-ar", "/staff/", "Yasmin", lang="ar", width=390),
    Picture("staff-issue-ar", "/staff/issues/meldpunt-2026-3", "Yasmin", lang="ar", width=390, scheme="dark"),
)


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with served_demo() as base, chromium() as browser:
        for one in TAKEN:
            (PICTURES / f"{one.name}.png").write_bytes(_taken(browser, base, one))
            sys.stdout.write(f"docs/pictures/{one.name}.png\n")


def _taken(browser: Browser, base: str, one: Picture) -> bytes:
    context = browser.new_context(
        viewport={"width": one.width, "height": HEIGHT},
        color_scheme=one.scheme,
        locale=one.lang,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{base}/staff/demo?lang=nl")
    if one.person:
        page.get_by_role("button", name=f"Ga verder als {one.person}").click()
        page.goto(f"{base}/staff/me")
        page.locator(f'input[value="{one.lang}"]').check()
        page.locator('form[action="/staff/me/language"] button').click()
        page.goto(base + one.path)
    shot = page.screenshot()
    context.close()
    return _few_colours(shot)


def _few_colours(shot: bytes) -> bytes:
    buffer = BytesIO()
    Image.open(BytesIO(shot)).convert("RGB").quantize(128).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
