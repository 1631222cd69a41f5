"""A peer that makes PDFs of `0.html`, `1.html` … in a folder: `print_peer.py weasyprint|chromium FOLDER COUNT`.

Prints the moment (time.perf_counter, which all processes share on Linux) at which each PDF was finished. It runs in the
peer's own virtual environment, so it imports nothing of ours.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path


def with_weasyprint(folder: Path, count: int) -> None:
    """As its manual advises: fonts, style sheet and images are read once for all documents."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 — only in its own environment
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    fonts = FontConfiguration()
    images: dict[str, object] = {}
    style = CSS(folder / "style.css", font_config=fonts)
    for number in range(count):
        page = HTML(folder / f"{number}.html")
        page.write_pdf(
            folder / f"{number}.pdf", pdf_variant="pdf/ua-1", font_config=fonts, stylesheets=[style], cache=images
        )
        print(time.perf_counter(), flush=True)


def with_chromium(folder: Path, count: int) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        page = browser.new_page()
        for number in range(count):
            page.goto((folder / f"{number}.html").as_uri())
            page.add_style_tag(path=folder / "style.css")
            page.pdf(path=folder / f"{number}.pdf", width="148mm", height="210mm", tagged=True)
            print(time.perf_counter(), flush=True)
        browser.close()


if __name__ == "__main__":
    {"weasyprint": with_weasyprint, "chromium": with_chromium}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
