"""What a live page shows is waited for: it may come a moment after what was read before it.

`assert page.locator("#p").is_visible()` asks once; `expect(page.locator("#p")).to_be_visible()` asks until it holds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.house import ROOT

ASKED_ONCE = {
    *("is_visible", "is_hidden", "is_checked", "is_enabled", "is_disabled", "is_editable"),
    *("inner_text", "inner_html", "text_content", "input_value", "get_attribute", "all_inner_texts"),
}
"""What Playwright tells of an element at this moment."""


def asked_once_in(source: str) -> Iterator[int]:
    """The lines on which a test asserts what a page shows at one moment, where Playwright is used."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert) and any(_asks_once(one) for one in ast.walk(node.test)):
            yield node.lineno


def _asks_once(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and node.attr == "url" and isinstance(node.value, ast.Name):
        return node.value.id in {"page", "tab", "other"}
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    name, words = node.func.attr, ast.unparse(node)
    return (
        name in ASKED_ONCE
        or (name == "count" and not node.args and any(one in words for one in (".locator(", ".get_by_")))
        or (name == "evaluate" and ("activeElement" in words or "Storage" in words))
    )


def test_no_test_asks_a_live_page_only_once() -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in sorted(ROOT.glob("tests/**/*.py"))
        if "playwright.sync_api" in (text := path.read_text("utf-8")) and (lines := list(asked_once_in(text)))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ('assert page.locator("#p").is_visible()', 1),
        ('assert page.get_by_text("x").count() == 0', 1),
        ('assert not page.evaluate("document.activeElement.id")', 1),
        ("assert other.url == page.url", 1),
        ('expect(page.locator("#p")).to_be_visible()', 0),
        ('assert text.count("x") == 1', 0),
        ('assert page.evaluate("document.documentElement.scrollWidth") <= 360', 0),
    ],
)
def test_such_an_assertion_is_found(line: str, number: int) -> None:
    assert len(list(asked_once_in(line))) == number
