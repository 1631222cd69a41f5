"""Which runs of Arabic text stand left-to-right, and how a locale writes a date or an amount."""

from __future__ import annotations

import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st

from mailer.artefacts.bidi import LRM, PDI, isolate, starts_right_to_left
from mailer.artefacts.formats import words
from mailer.document.nodes import Formatted

LRI = "\u2066"

ISOLATED = [
    ("اتصل على 0800-1234567 مجانا", ["0800-1234567"]),
    ("الهاتف ‎+31 10 747 01 56، كل يوم", ["+31 10 747 01 56"]),
    ("الهاتف (010) 747 01 56.", ["(010) 747 01 56"]),
    ("البريد info@stichtinglos.example.", ["info@stichtinglos.example"]),
    ("انظر https://los.example/nieuws?nr=24.", ["https://los.example/nieuws?nr=24"]),
    ("الحكم ECLI:NL:RBDHA:2026:99001، صدر", ["ECLI:NL:RBDHA:2026:99001"]),
    ("القضية RSJ R-18/2470/GA اليوم", ["RSJ R-18/2470/GA"]),
    ("زادت بنسبة 12% هذا العام", ["12%"]),
    ("يدفع 12,50 € في الشهر", ["12,50 €"]),
    ("يدفع € 12,50 في الشهر", ["€ 12,50"]),
    ("المساحة 9 m² فقط", ["9 m²"]),
    ("قالت منظمة Stichting LOS إن", ["Stichting LOS"]),
    ("في De Lindeboom, Rotterdam يوم", ["De Lindeboom, Rotterdam"]),
    ("بين 10–12 أسبوعا", ["10–12"]),
    ("في Zeist وSchiphol", ["Zeist", "Schiphol"]),
    ("تلقينا 31 مكالمة و1.250 رسالة", []),
    ("في 1 دجنبر 2026 على الساعة 14:30", ["14:30"]),
    ("قصة السيد B. في Oosterplas.", ["B.", "Oosterplas"]),
    ("نص عربي فقط.", []),
]


@pytest.mark.parametrize(("text", "expected"), ISOLATED)
def test_numbers_codes_and_latin_names_are_isolated_and_nothing_else(text: str, expected: list[str]) -> None:
    assert [run.text for run in isolate(text) if run.ltr] == expected


@given(st.text())
def test_the_runs_together_are_the_text(text: str) -> None:
    assert "".join(run.text for run in isolate(text)) == text


@pytest.mark.parametrize(("text", "expected"), [case for case in ISOLATED if case[1]])
def test_an_isolated_run_reads_left_to_right_on_the_screen(text: str, expected: list[str]) -> None:
    marked = "".join(f"{LRI}{run.text}{PDI}" if run.ltr else run.text for run in isolate(text))
    shown = get_display(marked, base_dir="R")
    for run in expected:
        assert run in shown.replace(LRM, "")


def test_a_subject_line_starts_right_to_left() -> None:
    assert starts_right_to_left("نشرة LOS") == "نشرة LOS"
    assert starts_right_to_left("24: نشرة LOS") == "24: نشرة LOS"
    assert starts_right_to_left("LOS نشرة") == "\u200fLOS نشرة"


@pytest.mark.parametrize(
    ("kind", "value", "formats", "expected"),
    [
        ("date", "2026-12-01", "nl", "1 december 2026"),
        ("date", "2026-12-01", "en_GB", "1 December 2026"),
        ("date", "2026-12-01", "ar_MA", "1 دجنبر 2026"),
        ("time", "14:30", "nl", "14:30"),
        ("number", "1250", "nl", "1.250"),
        ("number", "1250", "en", "1,250"),
        ("amount", "12.50 EUR", "nl", "€\u00a012,50"),
        ("amount", "12.50 EUR", "ar_MA", "12,50\u00a0€"),
    ],
)
def test_each_locale_writes_a_value_its_own_way(kind: str, value: str, formats: str, expected: str) -> None:
    assert words(Formatted(kind, value), formats) == expected


@pytest.mark.parametrize(("kind", "value"), [("date", "gisteren"), ("number", "veel"), ("weekday", "1")])
def test_a_value_that_is_none_raises(kind: str, value: str) -> None:
    with pytest.raises(ValueError, match=rf"{value}|{kind}"):
        words(Formatted(kind, value), "nl")
