"""Arabic in a real browser: right-to-left in every element of text, whatever the mail program drops around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from devtools.email_tools import example_email
from mailer.artefacts.email.preview import page_from, sample_values
from wording.interface import interface

KEY = ("meldpunt-2026-3", "detention-friends", "ar")

DIRECTIONS = """() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || parent.closest('style, title, script')) continue;
    const isolated = parent.closest('[dir=ltr]') !== null;
    texts.push([getComputedStyle(parent).direction, isolated, walker.currentNode.textContent.trim()]);
  }
  return texts;
}"""

LEFT_TO_RIGHT = """() => [...document.querySelectorAll('span[dir=ltr]')].map(run => {
  const node = run.firstChild, lines = {}, range = document.createRange();
  for (let at = 0; at < node.length; at++) {
    range.setStart(node, at); range.setEnd(node, at + 1);
    const box = range.getBoundingClientRect();
    if (box.width) (lines[Math.round(box.top)] ??= []).push(box.left);
  }
  return [node.textContent, Object.values(lines).every(line => line.every((x, i) => !i || x >= line[i - 1] - 0.5))];
})"""


@pytest.fixture(scope="module", params=["whole", "in a frame that drops html and body"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    html = page_from(example_email(*KEY), sample_values(interface("ar")))
    if request.param != "whole":
        styles = "".join(re.findall(r"<style.*?</style>", html, re.DOTALL))
        content = re.sub(r".*<body[^>]*>|</body>.*", "", html, flags=re.DOTALL)
        html = f"<!doctype html><html lang=en><title>Webmail</title>{styles}<body><main>{content}</main></html>"
    opened = browser.new_page(viewport={"width": 640, "height": 900})
    opened.set_content(html)
    yield opened
    opened.close()


def test_every_text_computes_right_to_left_but_for_isolated_runs(page: Page) -> None:
    texts = page.evaluate(DIRECTIONS)
    assert len(texts) > 100
    assert [text for direction, isolated, text in texts if direction == "ltr" and not isolated] == []
    assert [text for direction, isolated, text in texts if isolated and direction != "ltr"] == []


def test_isolated_runs_hold_no_arabic_and_stand_from_left_to_right(page: Page) -> None:
    runs = page.evaluate(LEFT_TO_RIGHT)
    assert any("010-000 0199" in text for text, _ in runs)
    assert [text for text, ordered in runs if not ordered or re.search("[\u0600-\u06ff]", text)] == []


def test_nothing_is_wider_than_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 640, "height": 900})


def test_the_source_has_no_left_to_right_style() -> None:
    html = example_email(*KEY).html
    assert not re.search(r"direction:\s*ltr", html)
    assert set(re.findall(r"<(\w+)[^>]* dir=\"ltr\"", html)) <= {"span", "code", "pre"}


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_nothing_is_wider_than_a_telephone_in_other_languages(browser: Browser, locale: str) -> None:
    opened = browser.new_page(viewport={"width": 360, "height": 900})
    try:
        for key in (("meldpunt-2026-3", "detention-friends", locale), ("los-2026-24", "womens-orgs", locale)):
            opened.set_content(page_from(example_email(*key), sample_values(interface(locale))))
            assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    finally:
        opened.close()
