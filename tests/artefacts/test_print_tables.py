"""Wide tables and long words on paper: nothing over anything else, nothing beside the type area, every word there."""

from __future__ import annotations

from pathlib import Path

import pytest

from devtools.print_tools import lines_on
from devtools.read_back import MM, ReadBack, read_back
from tests.support.written import edition_of, pdf_of

WEEK = (
    "| ma | di | wo | do | vr | za | zo | totaal |\n|---|---|---|---|---|---|---|---|\n"
    "| 10:00-12:00 | 10:00-12:00 | 10:00-12:00 | 10:00-12:00 | 10:00-12:00 | dicht | dicht | 10 uur |\n"
    "| spreekuur medisch | spreekuur juridisch | bibliotheek | sportzaal | bezoekersruimte | dicht | dicht | 10 uur |\n"
)
CONTACTS = (
    "| Organisatie | E-mail | Telefoon | Adres |\n|---|---|---|---|\n"
    "| Vluchtelingenwerk | vluchtelingenspreekuur@organisatienaam.example | 010-000 0123 | Advocatenlaan 12 |\n"
)
NARROW = "| a | b | c | d | e | f |\n|---|---|--:|--:|---|---|\n" + "| een | twee | 3 | 4 | vijf | zes |\n" * 3
ARABIC = (
    "| اليوم | المكان | الهاتف | البريد | الوقت | ملاحظات |\n|---|---|---|---|---|---|\n"
    "| الاثنين | المكتبة | 010-000 0123 | spreekuur@organisatienaam.example | 10:00-12:00 | للنساء فقط |\n" * 2
)
TWENTY = f"{'| kolomkop ' * 20}|\n{'|---' * 20}|\n{'| inhoud ' * 20}|\n"
LONG = {
    "a word of a language": "Hottentottententententoonstellingsterreinbeheerdersvergaderingsnotulenbundel",
    "a word of none": "x" * 200,
    "a code": "A1b2" * 40,
    "an address": f"https://www.voorbeeld.example/{'a' * 90}/{'b-c' * 30}",
    "a word of five thousand letters": "lang" * 1250,
}
HEADING = "Meervoudigepersoonlijkheidsstoornissenbehandelcentrum en kindercarnavalsoptochtvoorbereiding"


def printed(markdown: str, folder: Path, locale: str = "nl", *, large: bool = False, title: str = "Proef") -> ReadBack:
    pdf = pdf_of(markdown, folder / "pages.pdf", locale, large=large, title=title)
    size = (210 * MM, 297 * MM) if large else (148 * MM, 210 * MM)
    return read_back(edition_of(markdown, locale), pdf, size)


@pytest.mark.parametrize("large", [False, True], ids=["booklet", "large print"])
@pytest.mark.parametrize(
    "table", [WEEK, CONTACTS, NARROW, ARABIC, TWENTY], ids=["week", "contacts", "narrow", "arabic", "20"]
)
def test_a_table_of_any_width_is_whole_and_readable(table: str, large: bool, tmp_path: Path) -> None:
    for locale in ("nl", "ar"):
        found = printed(f"## Tabel\n\n{table}", tmp_path, locale, large=large)
        assert found.is_whole, (locale, found)


def test_a_table_that_fits_keeps_its_columns_and_one_that_does_not_repeats_its_head(tmp_path: Path) -> None:
    narrow = [" ".join(word.text for word in line) for line in lines_on(pdf_of(NARROW, tmp_path / "a.pdf"))]
    assert narrow.count("een twee 3 4 vijf zes") == 3
    week = [" ".join(word.text for word in line) for line in lines_on(pdf_of(WEEK, tmp_path / "b.pdf"))]
    assert week.count("ma: 10:00-12:00") == 1
    assert "vr: bezoekersruimte" in week


@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize(
    "where",
    ["{}", "### {}", "- {}", "| a | b |\n|---|---|\n| {} | b |", "> {}", "**{}** en [{}](https://los.example)"],
)
def test_a_long_word_stays_on_the_paper(kind: str, where: str, tmp_path: Path) -> None:
    if where.count("{}") == 2 and len(LONG[kind]) > 3000:
        where = "**{}**"
    found = printed(f"## Lang\n\n{where.replace('{}', LONG[kind])}\n", tmp_path)
    assert not found.outside
    assert not found.over
    # a word of pages in a cell comes back with the head of the table between its parts
    assert not found.missing or ("|" in where and len(LONG[kind]) > 3000)


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_a_heading_and_a_title_of_any_length_stay_on_the_paper(locale: str, tmp_path: Path) -> None:
    for heading in (HEADING, f"{HEADING} " * 4, "y" * 400, "عنوان طويل جدا " * 25):
        found = printed(f"## {heading}\n\nTekst.\n", tmp_path, locale, title=heading)
        assert found.is_whole, (heading, found)


def test_reading_back_finds_what_is_wrong(tmp_path: Path) -> None:
    """A word that is not there; and the table as it was: cells over one another and beside the page."""
    pdf = pdf_of("Een tekst.\n", tmp_path / "a.pdf")
    assert read_back(edition_of("Een andere tekst.\n"), pdf).missing == ("andere",)
    small = read_back(edition_of("Een tekst.\n"), pdf, size=(90 * MM, 210 * MM))
    assert small.outside
