"""Months in Arabic: the names that an audience chose, in every place that writes a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from mailer.artefacts import formats
from mailer.content import Content
from mailer.document.months import names_of, with_months
from mailer.document.nodes import Formatted
from mailer.organisation import Months
from mailer.services.translating.catalogs import standards
from mailer.translation.checks import findings
from mailer.translation.checks.pair import Pair
from tests.support.house import ROOT, house

DAY = date(2026, 12, 3)


@pytest.mark.parametrize(
    ("months", "said"),
    [
        (None, "3 دجنبر 2026"),
        (Months.MOROCCAN, "3 دجنبر 2026"),
        (Months.ALGERIAN, "3 ديسمبر 2026"),
        (Months.LEVANTINE, "3 كانون الأول 2026"),
        (Months.EGYPTIAN, "3 ديسمبر 2026"),
        (Months.NUMBERED, "3 ديسمبر (12) 2026"),
    ],
)
def test_a_day_has_the_name_of_the_month_that_was_chosen(months: Months | None, said: str) -> None:
    chosen = with_months("ar_MA", months)
    assert formats.day_words(DAY, chosen) == said
    assert formats.words(Formatted("date", "2026-12-03"), chosen) == said
    assert formats.weekday_words(DAY, chosen) == f"الخميس، {said}"
    assert formats.day_tile(DAY, chosen).month == said.removeprefix("3 ").removesuffix(" 2026").partition(" (")[0]


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("months", Months)
def test_every_choice_writes_latin_digits_and_twelve_different_months(months: Months, month: int) -> None:
    written = {formats.day_words(date(2026, at, 3), with_months("ar_MA", months)) for at in range(1, 13)}
    said = formats.day_words(date(2026, month, 3), with_months("ar_MA", months))
    assert len(written) == 12
    assert said.startswith("3 ")
    assert said.endswith(" 2026")
    assert (f"({month})" in said) is (months is Months.NUMBERED)


def test_the_choice_leaves_times_and_numbers_as_the_locale_writes_them() -> None:
    chosen = with_months("ar_MA", Months.LEVANTINE)
    assert formats.time_words(time(14, 30), chosen) == "14:30"
    assert formats.words(Formatted("number", "1250.5"), chosen) == formats.words(Formatted("number", "1250.5"), "ar_MA")


def test_other_languages_have_nothing_to_choose() -> None:
    assert formats.day_words(DAY, with_months("nl_NL", Months.NUMBERED)) == "3 december 2026"


def blamed(target: str, *chosen: Months) -> list[str]:
    pair = Pair("x", target, "ar", months=names_of(with_months("ar_MA", one) for one in chosen))
    return [str(finding.text) for finding in findings(pair) if finding.check == "months"]


def test_a_translation_with_another_name_for_the_month_is_told_the_one_its_readers_know() -> None:
    assert blamed("يوم 12 دجنبر", Months.NUMBERED) == ["Deze lezers kennen de maand دجنبر als ديسمبر."]
    assert blamed("في شتنبر", Months.ALGERIAN) == ["Deze lezers kennen de maand شتنبر als سبتمبر."]
    assert blamed("يوم 12 ديسمبر", Months.NUMBERED) == blamed("يوم 12 دجنبر") == []


def test_audiences_that_chose_differently_may_each_have_theirs() -> None:
    assert blamed("يوم 12 دجنبر", Months.MOROCCAN, Months.ALGERIAN) == []
    assert blamed("يوم 12 ديسمبر", Months.MOROCCAN, Months.ALGERIAN) == []


def test_a_father_is_no_august() -> None:
    assert blamed("هو أب لطفلين", Months.NUMBERED) == []
    assert blamed("في آب", Months.NUMBERED) == ["Deze lezers kennen de maand آب als أغسطس."]


def test_the_checks_know_what_the_audiences_of_the_house_chose() -> None:
    assert standards(Content(ROOT, house())).months == ("ar_EG",)
    plain = {key: replace(audience, months=None) for key, audience in house().audiences.items()}
    assert standards(Content(ROOT, replace(house(), audiences=plain))).months == ("ar_MA",)
