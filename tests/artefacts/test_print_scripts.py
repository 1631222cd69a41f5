"""Letters of the world on paper: what `check` says of them is what the typesetter does, with and without the extra."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devtools.print_tools import fonts_in, words_on
from mailer import letterforms
from mailer.artefacts.paper.tree import print_job_from
from mailer.content import LETTERFORMS
from mailer.typesetting.typesetter import Typesetter, TypesettingError
from tests.document.test_review import STORY, said
from tests.support.house import house
from tests.support.written import edition_of, pdf_of
from wording.errors import Severity
from wording.interface import interface

ALWAYS = {
    "Persian": "پژوهشگاه گچ",
    "Kurdish": "کوردستان ڕۆژی",
    "Urdu": "ٹیلی فون ڈاکٹر",
    "Turkish": "İstanbul ığdır şeker ₺",
    "Vietnamese": "Tiếng Việt đường",
    "Russian": "Русский язык",
    "Greek": "Ελληνικά ώρα",
    "Somali": "Soomaali Ilko",
    "Hindi": "हिन्दी क्षमा",
    "signs": "→ ← ≥ ½ 10² CO₂ “a” ‹b› € ₽",
}
EXTRA = {
    "Tigrinya": "ትግርኛ",
    "Amharic": "አማርኛ ሰላም",
    "Georgian": "ქართული",
    "Armenian": "հայերեն",
    "Hebrew": "עברית",
    "Chinese": "中文 你好",
    "Japanese": "日本語 ひらがな",
    "Korean": "한국어",
    "Tamil": "தமிழ்",
    "Bengali": "বাংলা",
    "Thai": "ภาษาไทย",
    "Khmer": "ខ្មែរ",
    "Myanmar": "မြန်မာ",
    "emoji": "🎉 📱 ✅ ❌ 👨‍👩‍👧‍👦 🇳🇱 ❤️ ☎ 👍🏽",
}
NEVER = {"Javanese": "ꦗꦮ", "Ugaritic": "𐎀𐎁", "private": "\ue000"}
ON_PAPER = replace(STORY, audiences=("detention", "detention-friends"))


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which `postduif[scripts]` is not installed."""
    letterforms.families.cache_clear()
    monkeypatch.setattr(letterforms, "_EXTRA", {})
    yield
    letterforms.families.cache_clear()


def refused(markdown: str, locale: str) -> str:
    """What the typesetter says; "" when it makes the pages."""
    job = print_job_from(edition_of(markdown, locale), house(), interface(locale), {})
    try:
        Typesetter().pdf(job)
    except TypesettingError as error:
        return str(error.text)
    return ""


def on_paper(markdown: str) -> list[tuple[int, Severity, str]]:
    return [one for one in said(markdown, ON_PAPER) if "Op papier" in one[2]]


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_a_page_of_each_script_is_shown(locale: str, tmp_path: Path) -> None:
    """One page with a paragraph, a heading and a cell of each; every word comes back from it."""
    scripts = ALWAYS | EXTRA
    blocks = [
        f"### {name} {text}\n\nTekst {text}, **{text}**.\n\n| a | b |\n|---|---|\n| {text} | b |\n"
        for name, text in scripts.items()
    ]
    pdf = pdf_of("## Talen\n\n" + "\n".join(blocks), tmp_path / "scripts.pdf", locale)
    shown = {name for name, *_ in fonts_in(pdf)}
    for family in ("Ethiopic", "CJK", "Emoji", "Devanagari", "Georgian", "Armenian"):
        assert any(family in name for name in shown), family
    text = words_on(pdf)
    for word in ("ትግርኛ", "Русский", "中文", "ქართული", "հայերեն", "İstanbul", "🎉"):
        assert word in text, word
    assert on_paper("\n".join(scripts.values())) == []


@pytest.mark.parametrize("name", NEVER)
def test_what_no_font_has_is_told_with_its_line_and_refused(name: str) -> None:
    [(line, severity, words)] = on_paper(f"een\n\ntwee {NEVER[name]}\n")
    assert (line, severity) == (3, Severity.ERROR)
    assert "Schrijf het anders." in words
    assert "Geen van de lettertypen" in refused(f"een\n\ntwee {NEVER[name]}\n", "nl")


def test_a_letter_with_a_mark_that_the_typesetter_leaves_out_in_silence_is_told_too() -> None:
    assert refused("twee ꦗ\u0301\n", "nl") == ""
    assert [one[0] for one in on_paper("een\n\ntwee ꦗ\u0301\n")] == [3]


@pytest.mark.usefixtures("without_extra")
def test_without_the_extra_check_says_what_to_install_and_print_refuses_the_same() -> None:
    assert on_paper("\n".join(ALWAYS.values())) == []
    assert refused("\n\n".join(ALWAYS.values()), "ar") == ""
    for name, text in EXTRA.items():
        [(_, _, words)] = on_paper(text)
        assert "postduif[scripts]" in words, name
    found = set("".join(LETTERFORMS.without_form(" ".join(EXTRA.values()))))
    told = refused("\n\n".join(EXTRA.values()), "nl").removeprefix("Geen van de lettertypen heeft een teken voor: ")
    assert set(told.removesuffix(". Schrijf het anders.")) - set(" ") <= found
    assert all(any(letter in told for letter in text) for text in EXTRA.values())


@pytest.mark.parametrize(
    ("markdown", "line"),
    [
        ("## ꦗ\n\nTekst\n", 1),
        ("een\n\n| a | b |\n|---|---|\n| c | ꦗ |\n", 5),
        ("een\n\n::: number ꦗ\ntwee\n:::\n", 3),
        ("```\neen\nꦗ\n```\n", 3),
        ("een[^a]\n\n[^a]: ꦗ\n", 3),
        ("نص ꦗ\n", 1),
        ('::: action Kijk {url="https://los.example/ꦗ"}\n:::\n', 1),
    ],
)
def test_the_line_of_a_letter_is_named(markdown: str, line: int) -> None:
    found = on_paper(markdown)
    assert [one[0] for one in found] == [line]
    assert "ꦗ" in found[0][2]


@pytest.mark.parametrize(
    "markdown",
    ['## A {for="detention-friends"}\n\nꦗ\n\n## B\n\nb\n', "![ꦗ](fine.png)\n", '[a](https://los.example "ꦗ")\n'],
)
def test_what_is_only_mailed_or_only_heard_may_have_any_letter(markdown: str) -> None:
    assert on_paper(markdown) == []


def test_an_issue_without_a_post_audience_may_have_any_letter() -> None:
    assert [one for one in said("ꦗ\n") if "Op papier" in one[2]] == []
    assert LETTERFORMS.without_form("ꦗ") == ["ꦗ"]
