"""Two hundred made documents on paper, each read back, and sixty of which the pages are full: `make slow`.

The seed of one that fails is in the message.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from devtools.read_back import emptiest, read_back
from tests.artefacts.test_pieces import ALL
from tests.artefacts.test_print_tables import LONG
from tests.support.written import edition_of, pdf_of

WORDS = {
    "nl": [
        "de",
        "rechtbank",
        "besliste",
        "dat",
        "opvang",
        "voor",
        "mensen",
        "zonder",
        "papieren",
        "vreemdelingenbewaring",
    ],
    "en": ["the", "court", "decided", "that", "shelter", "for", "people", "without", "papers", "undocumented"],
    "ar": ["قررت", "المحكمة", "أن", "المأوى", "للناس", "بدون", "أوراق", "لا", "يجوز", "رفضه", "مركز", "الاحتجاز"],
}
SHORT_ENOUGH = [word for word in LONG.values() if len(word) < 400]


class Maker:
    """Markdown of every kind of block, by chance from a seed."""

    def __init__(self, seed: int, locale: str, *, long_words: bool = True) -> None:
        self.chance, self.words, self.notes = random.Random(seed), WORDS[locale], 0
        self.long = SHORT_ENOUGH if long_words else ["kort"]

    def line(self, least: int = 3, most: int = 25) -> str:
        words = self.chance.choices(self.words, k=self.chance.randint(least, most))
        for special in (ALL, self.long, ["**vet**", "*schuin*", "[een link](https://los.example/a)", "`code`"]):
            if self.chance.random() < 0.15:
                words.insert(self.chance.randrange(len(words)), self.chance.choice(special))
        return " ".join(words).capitalize() + "."

    def table(self) -> str:
        columns = self.chance.randint(1, 12)
        rows = ["| " + " | ".join(self.cell() for _ in range(columns)) + " |" for _ in range(self.chance.randint(1, 9))]
        return "\n".join([rows[0], "|---" * columns + "|", *rows[1:]])

    def cell(self) -> str:
        return self.chance.choice([self.chance.choice(ALL), self.line(1, 4), self.chance.choice(self.words)])

    def block(self) -> str:
        items = [self.line() for _ in range(self.chance.randint(1, 8))]
        return self.chance.choice(
            (
                self.line(10, 90),
                "\n".join(f"- {item}" for item in items),
                "\n".join(f"{at}. {item}" for at, item in enumerate(items, start=1)),
                self.table(),
                f"> {self.line()}\n>\n> — {self.line(1, 3)}",
                f"### {self.line(2, 9)}\n\n{self.line()}",
                f"::: number {self.chance.randint(1, 10**9)}\n{self.line()}\n:::",
                f'::: case-law {self.line(2, 6)} {{court="Hof" date="2026-10-14" ecli="ECLI:NL:RBDHA:2026:99001"}}\n'
                f"{self.line()}\n:::",
                f'::: action {self.line(2, 5)} {{url="https://www.los.example/{"pad/" * 9}"}}\n:::',
                self.note(),
            )
        )

    def note(self) -> str:
        self.notes += 1
        return f"{self.line()}[^n{self.notes}]\n\n[^n{self.notes}]: {self.line()}"

    def document(self) -> str:
        sections = range(self.chance.randint(1, 5))
        return "\n\n".join(
            f"## {self.line(1, 6)} {at}\n\n" + "\n\n".join(self.block() for _ in range(self.chance.randint(1, 8)))
            for at in sections
        )


@pytest.mark.parametrize("seed", range(200))
def test_every_word_stands_on_the_paper_and_none_over_another(seed: int, tmp_path: Path) -> None:
    locale = ("nl", "en", "ar")[seed % 3]
    markdown = Maker(seed, locale).document()
    found = read_back(edition_of(markdown, locale), pdf_of(markdown, tmp_path / "pages.pdf", locale))
    assert found.is_whole, (seed, locale, found)


@pytest.mark.parametrize("seed", range(60))
def test_no_page_ends_a_third_empty_where_its_text_can_be_divided(seed: int, tmp_path: Path) -> None:
    """Without words of pages in a heading, which nothing can divide."""
    locale = ("nl", "en", "ar")[seed % 3]
    pdf = pdf_of(Maker(seed, locale, long_words=False).document(), tmp_path / "pages.pdf", locale)
    assert emptiest(pdf) < 1 / 3, (seed, locale)
