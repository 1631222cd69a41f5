"""A number stays in one piece on every channel: the rule, then its boxes in Chromium, in the text and on paper."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from devtools.print_tools import Place, places_on
from mailer.artefacts.pieces import Kind, kept, pieces
from tests.support.written import mail_of, page_of, pdf_of

WHOLE = {
    "phones": ("010-000 0199", "+31 10 000 01 99", "(010) 000 01 99", "0800 0199", "14 010", "+32 2 000 12 34"),
    "amounts": ("€ 12,50", "12,50 €", "€ -5,-", "1.250 euro", "12 500 dirham", "25 %", "-5 °C", "+3", "−2,5 %"),
    "dates": ("31 december 2026", "1 dec. 2026", "december 1, 2026", "31-12-2026", "2026-12-31", "31/12/2026", "3 mei"),
    "codes": ("ECLI:NL:RBDHA:2026:99001", "NL91 ABNA 0417 1643 00", "AWB 26/1234", "1234 AB", "NL26.12345", "2026-1"),
    "times": ("14:30", "10:00-12:00"),
    "in Arabic": ("31 ديسمبر 2026", "12,50 درهم", "2 نونبر 2026", "31 ديسمبر (12) 2026", "1 أكتوبر (10)"),
}
ALL = [piece for family in WHOLE.values() for piece in family]
FILL = "Dit zijn gewone woorden die een regel vullen tot aan het nummer"


@pytest.mark.parametrize("piece", ALL)
def test_what_is_dialled_paid_or_looked_up_is_one_piece(piece: str) -> None:
    for text in (piece, f"Let op: {piece}, dus.", f"({piece})"):
        assert piece in [one.text for one in pieces(text) if one.is_whole], text


@pytest.mark.parametrize(
    "text", ["in 2026", "0,5 procent", "3 op de 5 mensen", "artikel 5 lid 3", "a. b. c", "12. Punt"]
)
def test_ordinary_numbers_and_words_are_not(text: str) -> None:
    assert [one.text for one in pieces(text) if one.kind is not Kind.TEXT and " " in one.text] == []


def test_pieces_together_are_the_text_and_long_ones_may_break() -> None:
    text = f"{' en '.join(ALL)} op https://www.los.example/a-1 of a.b@los.example en {'1-' * 40}1."
    assert "".join(one.text for one in pieces(text)) == text
    assert [one.text for one in pieces(text) if one.kind is Kind.ADDRESS] == [
        "https://www.los.example/a-1",
        "a.b@los.example",
    ]
    assert not pieces("1-" * 40 + "1")[0].is_whole


@pytest.mark.parametrize("sign", ["1", "1 ", "0-", "1.", "A1", "AB12 ", "https://", "1/", " -", "+1 ", "(0"])
def test_eight_thousand_signs_are_cut_in_steps_that_do_not_multiply(sign: str) -> None:
    """The pattern would hang on text made for it; a limit of the parser keeps a text below this length."""
    text = (sign * 8000)[:8000] + "x"
    assert "".join(one.text for one in pieces(text)) == text


def markdown() -> str:
    """Each piece at many places on the line, in paragraphs, lists, tables, headings and blocks."""
    lines = [f"{FILL[: 7 * at % 60]} {piece} en verder." for at, piece in enumerate(ALL)]
    table = "| wie | nummer |\n|---|---|\n" + "".join(f"| {FILL[:30]} | {piece} |\n" for piece in ALL)
    wide = "| a | b | c | d |\n|---|---|---|---|\n| Hulp en raad | 010-000 0123 | 14 010 | 010-000 01 23 |\n"
    blocks = [f"- {line}" for line in lines] + ["", f"### Tel. {ALL[1]} en {ALL[0]} bellen mag", ""]
    return "\n\n".join(lines) + "\n\n" + "\n".join(blocks) + f"\n{table}\n{wide}\n> {lines[0]}\n"


BROKEN = """() => [...document.querySelectorAll('.whole')].filter(piece => {
  const tops = [...piece.getClientRects()].filter(box => box.width > 1).map(box => Math.round(box.bottom));
  return Math.max(...tops) - Math.min(...tops) > 6;
}).map(piece => piece.textContent)"""

OVER = """() => [...document.querySelectorAll('td, th')].filter(cell => cell.scrollWidth > cell.clientWidth + 1)
  .map(cell => cell.textContent)"""


@pytest.mark.parametrize("locale", ["nl", "ar"])
@pytest.mark.parametrize("width", [320, 360, 640])
def test_no_piece_is_broken_in_a_mail(browser: Browser, width: int, locale: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_content(page_of(markdown(), locale))
    found = page.evaluate("[...document.querySelectorAll('.whole')].map(piece => piece.textContent)")
    assert set(ALL) - {"+3"} <= set(found) | {text.strip() for text in found}
    assert page.evaluate(BROKEN) == []
    assert page.evaluate(OVER) == []
    page.close()


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_the_text_part_has_no_space_at_which_a_piece_can_break(locale: str) -> None:
    text = mail_of(markdown(), locale).text
    for piece in ALL:
        assert kept(piece) in text, piece
        assert " " not in kept(piece)


@pytest.mark.parametrize("locale", ["nl", "en", "ar"])
def test_no_piece_is_broken_on_paper(locale: str, tmp_path: Path) -> None:
    """All words of a piece stand on one line of one page."""
    words = places_on(pdf_of(markdown(), tmp_path / "numbers.pdf", locale))
    for piece in ALL:
        parts = _bare(piece).split()
        if len(parts) > 1 and not re.search("[\u0600-\u06ff]", piece):
            places = _runs(words, parts)
            assert places, piece
            assert all(abs(one.top - two.top) < 3 for run in places for one, two in pairwise(run)), piece


def _runs(words: list[Place], parts: list[str]) -> list[list[Place]]:
    texts = [_bare(word.text) for word in words]
    size = len(parts)
    return [
        words[at : at + size]
        for at in range(len(texts))
        if [text.strip(".,;:") for text in texts[at : at + size]] == [part.strip(".,;:") for part in parts]
    ]


def _bare(text: str) -> str:
    return re.sub("[\u200e\u200f\u202a-\u202e]", "", text).replace("\u2011", "-").replace("\u00a0", " ")
