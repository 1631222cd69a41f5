"""What an issue cannot contain is said with its line, all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devtools.markdown_cases import Case, cases
from mailer.document.inline import spans_of
from mailer.document.nodes import Paragraph, Source
from mailer.document.parse import anchor_of, document_from
from mailer.document.unwrap import unwrapped
from mailer.document.walking import texts
from tests.support.work import calls_in

CASES = cases(Path(__file__).parent / "cases" / "problems.md")
STANDING = {"helplijn": "Bel ons.\n", "kring": "Een.\n\n::: standing helplijn\n:::\n"}
FILE = "issues/los-2026-24/issue.md"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_mistake_is_told_with_its_line(case: Case) -> None:
    """The cases say `line words`: a problem on that line with those words in it, and no other problem."""
    _document, problems = document_from(case.markdown, file=FILE, standing=STANDING)
    expected = sorted(case.expected.strip().splitlines())
    told = [f"{str(problem.place).removeprefix(FILE + ':')} {problem.text}" for problem in problems]
    assert len(told) == len(expected), told
    for line in expected:
        place, _space, words = line.partition(" ")
        assert any(one.startswith(place + " ") and words in one for one in told), (line, told)


def test_lines_count_from_the_front_matter() -> None:
    """An editor's line numbers are those of the whole file."""
    _document, problems = document_from("\n<hr>\n", file=FILE, first_line=8)
    assert [problem.place.line for problem in problems] == [9]


def test_a_standing_text_keeps_its_own_place_and_its_own_links() -> None:
    """The same label in both files leads to two places."""
    standing = {"helplijn": "Bel [ons][n].\n\n[n]: tel:010\n"}
    document, problems = document_from(
        "[Lees][n]\n\n::: standing helplijn\n:::\n\n[n]: https://e.example/\n", file=FILE, standing=standing
    )
    assert not problems
    own, included = (found.source for found in texts(document.body))
    assert (own.file, included.file, included.line, included.standing) == (FILE, "issues/standing/helplijn.md", 1, True)
    assert document.references[own.file]["N"]["href"] == "https://e.example/"
    assert document.references[included.file]["N"]["href"] == "tel:010"


def test_too_large_and_too_deep_are_refused_and_never_cut_off_in_silence() -> None:
    _document, problems = document_from("x" * 300_000)
    assert "200 kB" in str(problems[0].text)
    _document, problems = document_from("> " * 60 + "diep")
    assert any("te diep" in str(problem.text) for problem in problems)
    _document, problems = document_from("woord " * 2_000)
    assert "alinea’s" in str(problems[0].text)


@pytest.mark.parametrize(
    "markdown",
    ["[" * 199_000, ("![" * 299 + "\n\n") * 33,
     "![" * 99_000, ("![" * 3_900 + "\n\n") * 25, "> " * 99_000, "- " * 99_000, "`" * 199_000,
     "|a" * 99_000, "::: number 1\n" * 15_000, "*a_" * 66_000, "<" * 199_000, ("| x |\n" * 20_000), "[a]: b\n" * 25_000,
     ("*a **b " * 1_100 + "\n\n") * 25, ("[a](" * 1_900 + "\n\n") * 25, ("`" * 1 + "``" * 3_000 + "\n\n") * 30],
    ids=lambda markdown: markdown[:12].strip(),
)  # fmt: skip
def test_hostile_markdown_ends_soon(markdown: str) -> None:
    """200 kB made to be slow is read, and its texts parsed, well within the work that fits in 5 seconds."""

    def read() -> None:
        document, _problems = document_from(markdown)
        for found in texts(document.body):
            spans_of(found.source.markdown)

    assert calls_in(read) < 15_000_000


@given(st.text(alphabet="abc \n\\*_`[]()<>#|:!-{}~&;1.", max_size=120))
def test_unwrapping_twice_is_unwrapping_once(markdown: str) -> None:
    once = unwrapped(markdown.strip(), {})
    assert unwrapped(once, {}) == once


@given(
    st.lists(st.sampled_from(["woord", "**vet**", "[link](https://e.example/)", "`code`", "(1)", "2026."]), min_size=2),
    st.data(),
)
def test_wrapping_a_paragraph_anew_changes_no_message(words: list[str], data: st.DataObject) -> None:
    """A paragraph wrapped at any spaces is one and the same text to a translator."""
    wraps = data.draw(st.lists(st.sampled_from([" ", "\n"]), min_size=len(words), max_size=len(words)))
    wrapped = "a " + "".join(word + wrap for word, wrap in zip(words, wraps, strict=True))
    document, _problems = document_from(wrapped)
    match document.body.lead:
        case (Paragraph(Source(markdown)),):
            assert markdown == "a " + " ".join(words)
        case _:  # a line that begins like a list is a list, wrapped or not
            assert "\n" in wrapped


@given(st.text(max_size=300))
def test_any_text_at_all_can_be_read(markdown: str) -> None:
    document_from(markdown, standing=STANDING)


def test_an_anchor_is_plain() -> None:
    assert anchor_of("Één café: “Opvang” & zorg!") == "een-cafe-opvang-zorg"
