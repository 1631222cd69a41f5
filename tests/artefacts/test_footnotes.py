"""A footnote is one on every channel and in every language: its number in the text, its words under it."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pytest

from devtools.print_tools import words_on
from devtools.translated import filled, issue, read
from mailer.artefacts.archive.leaf import PublicIssue, leaf_from
from mailer.artefacts.paper.tree import print_tree_from
from mailer.document.html import HtmlWriter
from mailer.edition import edition_from
from mailer.translation.apply import translate
from mailer.translation.catalog import new_catalog
from mailer.translation.extract import STANDING, extract
from tests.support.house import house
from tests.support.written import MAILED, edition_of, mail_of, pdf_of
from wording.interface import interface

MARKDOWN = """Inleiding met een noot.[^b]

## Een

Dit is een zin met een voetnoot.[^1] En nog een keer dezelfde.[^1]

[^1]: Dit is de eerste, met een [link](https://los.example/uitleg)
over twee regels.
[^b]: Noot van de inleiding.

## Twee

- een punt[^x-2]

[^x-2]: Een **derde** noot over 010-000 0199.
"""


def test_numbers_follow_the_order_of_reading_and_a_note_stands_under_its_section() -> None:
    cut = edition_of(MARKDOWN)
    html = HtmlWriter().blocks(cut.lead) + "".join(map(HtmlWriter().section, cut.sections))
    assert re.findall(r"<sup>(\d)</sup>", html) == ["1", "2", "2", "3"]
    notes = re.findall(r"<p>(\d): ([^<]*)", html)
    assert notes == [("1", "Noot van de inleiding."), ("2", "Dit is de eerste, met een "), ("3", "Een ")]
    assert "[^" not in html


@pytest.mark.parametrize("locale", ["nl", "en", "ar"])
def test_a_mail_and_an_archive_page_have_each_note_once_with_a_way_there_and_back(locale: str) -> None:
    leaf, _pictures = leaf_from(PublicIssue(edition_of(MARKDOWN, locale, MAILED), {}), house(), interface(locale))
    archive = leaf.lead + "".join(section.body for section in leaf.sections)
    for html in (mail_of(MARKDOWN, locale).html, archive):
        for number in "123":
            assert html.count(f'id="noot-{number}"') == html.count(f'href="#bij-noot-{number}"') == 1
            assert f'href="#noot-{number}"' in html
        assert len(re.findall(r'id="bij-noot-\d"', html)) == len(set(re.findall(r'id="bij-noot-\d"', html)))
        assert "[^" not in html


def test_the_text_part_names_notes_and_links_in_words() -> None:
    text = mail_of(MARKDOWN + "\n[A](https://los.example/a) zegt [2] en voetje¹.\n").text
    assert "voetnoot. (noot 2)" in text
    assert "Noot 1: Noot van de inleiding." in text
    assert "A (link 2) zegt [2] en voetje¹." in text
    assert "Link 2: https://los.example/a" in text


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_on_paper_a_note_stands_under_the_page(locale: str, tmp_path: Path) -> None:
    words = words_on(pdf_of(MARKDOWN, tmp_path / "notes.pdf", locale))
    assert "[^" not in words
    for part in ("Noot van de inleiding", "Dit is de eerste", "derde noot over"):
        assert part in " ".join(words.split()) or locale == "ar"


def test_numbers_of_ours_on_paper_never_look_like_those_of_the_author() -> None:
    for text, numbering in (("Zie noot¹ hier.", "a"), ("Een cel van 9 m² en 10³.", "1")):
        assert print_tree_from(edition_of(text), house(), interface("nl"))["meta"]["numbering"] == numbering


def test_a_note_is_translated_and_its_place_is_kept() -> None:
    document, problems = read(MARKDOWN)
    assert not problems
    messages = extract(issue(MARKDOWN), document)
    assert any("voetnoot" in message.comments[-2] for message in messages if "eerste" in message.msgid)
    catalog = filled(new_catalog("los-2026-24", "en", messages), lambda text: text.replace("eerste", "first"))
    translated, _missing = translate(issue(MARKDOWN), document, catalog, new_catalog(STANDING, "en", ()))
    cut = edition_from(translated, house().audiences["womens-orgs"], house())
    assert "Dit is de first" in "".join(map(HtmlWriter().section, cut.sections))


def test_an_address_in_a_note_stands_in_brackets_and_every_page_keeps_its_size(tmp_path: Path) -> None:
    text = "".join(
        f"Zin {n} van het verhaal.[^{n}]\n\n[^{n}]: Een [link](https://los.example/{n}).\n\n" for n in range(30)
    )
    pdf = pdf_of(text, tmp_path / "many.pdf")
    with pikepdf.open(pdf) as document:
        assert {round(float(page.mediabox[3])) for page in document.pages} == {595}
    assert "link (https://los.example/7)." in words_on(pdf).replace("\u200b", "")
