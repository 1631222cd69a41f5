"""The sheet that tells an addressee what is kept: what it promises, in every language, on one page."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from devtools.print_editions import DAY, LOCALES, house
from mailer.artefacts.paper.explanation import explanation
from mailer.artefacts.paper.job import PrintJob
from mailer.organisation import Organisation
from mailer.typesetting.typesetter import Typesetter, TypesettingError
from subscribers.retention import POST_ERASED, POST_SUSPENDED, RETURNED_ERASED
from wording.interface import interface

LATIN = ("Landelijke Vereniging voor Ondersteuning van Mensen zonder Verblijfspapieren en hun Families, " * 3)[:200]
ARABIC = ("الجمعية الوطنية لدعم الأشخاص الذين لا يملكون أوراق إقامة والدفاع عن مصالحهم " * 4)[:200]
STREET = (
    "Afdeling Post, t.a.v. de coördinator vrijwilligers",
    "Van Voorbeeldstraat 1234 bis",
    "9999 ZZ  VOORBEELDSTAD",
)


def sheet(locale: str, organisation: Organisation | None = None, *, large: bool = False) -> PrintJob:
    return explanation(
        organisation or house().organisation, house().locales[locale], DAY, interface(locale), large=large
    )


def named(name: str) -> Organisation:
    return replace(house().organisation, name=name, postal_address=(name, *STREET))


def said(run: Any) -> str:
    """The words of a run; one that keeps its direction holds runs of its own."""
    return str(run["v"]) if "v" in run else "".join(map(said, run["c"]))


def words(job: PrintJob, part: int) -> str:
    return "".join(map(said, job.data["parts"][part]["text"]))


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("name", [LATIN, ARABIC, "W" * 40])
@pytest.mark.parametrize("locale", LOCALES)
def test_an_organisation_with_a_long_name_has_its_sheet_on_one_page(locale: str, name: str, large: bool) -> None:
    with pikepdf.open(BytesIO(Typesetter().pdf(sheet(locale, named(name), large=large)))) as made:
        assert len(made.pages) == 1


def test_what_fits_on_no_page_is_told_in_a_sentence_that_says_what_to_shorten() -> None:
    with pytest.raises(TypesettingError) as told:
        Typesetter().pdf(sheet("ar", named(LATIN * 8)))
    assert "Kort in postduif.toml de naam of het adres" in str(told.value)
    assert "assert" not in str(told.value)


@pytest.mark.parametrize("locale", LOCALES)
def test_it_says_when_post_stops_and_when_all_is_erased(locale: str) -> None:
    days = [str(kept.days) for kept in (POST_SUSPENDED, POST_ERASED, RETURNED_ERASED)]
    assert re.findall(r"\d+", words(sheet(locale), 3)) == days


@pytest.mark.parametrize(
    ("locale", "call"), [("nl", "bel of schrijf"), ("en", "call or write"), ("ar", "اتصل أو اكتب")]
)
def test_it_says_what_to_do_so_that_the_letter_goes_on(locale: str, call: str) -> None:
    assert call in words(sheet(locale), 3)


@pytest.mark.parametrize(("locale", "who"), [("en", "Dutch data protection authority"), ("ar", "هيئة حماية البيانات")])
def test_it_says_who_the_authority_is(locale: str, who: str) -> None:
    assert f"{who}: Autoriteit Persoonsgegevens" in words(sheet(locale), 5)


def test_a_name_and_address_in_latin_letters_are_one_run_on_an_arabic_page() -> None:
    [run] = [run for run in sheet("ar", named("Hulp & Co. (i.o.)")).data["parts"][4]["text"] if run["t"] == "ltr"]
    address = "Afdeling Post, t.a.v. de coördinator vrijwilligers, Van Voorbeeldstraat 1234 bis, 9999 ZZ VOORBEELDSTAD"
    assert said(run).replace("\u00a0", " ") == f"Hulp & Co. (i.o.), {address}"
