"""Amounts, times and numbers that stand alone are written as the reader's locale does; nothing else is touched."""

from __future__ import annotations

import pytest

from devtools.translated import read, translated
from mailer.artefacts.formats import words
from mailer.document.inline import spans_of
from mailer.document.nodes import Formatted, Plain, Strong
from mailer.translation.alone import each_its_own_way
from mailer.translation.checks import findings
from mailer.translation.checks.pair import Pair


def shown(markdown: str, formats: str) -> str:
    spans = each_its_own_way(spans_of(markdown))
    flat = [part for span in spans for part in (span.children if isinstance(span, Strong) else (span,))]
    parts = (words(one, formats) if isinstance(one, Formatted) else getattr(one, "value", "?") for one in flat)
    return "".join(parts).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("dutch", "english", "moroccan"),
    [
        ("€ 12,50", "€12.50", "12,50 €"),
        ("**€ 1.250**", "€1,250.00", "1.250,00 €"),
        ("€ 5,-", "€5.00", "5,00 €"),
        ("14:30", "14:30", "14:30"),
        ("9:05 – 17:00", "09:05 – 17:00", "09:05 – 17:00"),
        ("1.250", "1,250", "1.250"),
        ("12,5 %", "12.5 %", "12,5 %"),
    ],
)
def test_each_locale_writes_it_its_own_way(dutch: str, english: str, moroccan: str) -> None:
    assert shown(dutch, "en_GB") == english
    assert shown(dutch, "ar_MA") == moroccan


@pytest.mark.parametrize(
    "text",
    ["2026", "31-05-2026", "31.05.2026", "010-123 45 67", "+31 10 123 45 67", "1,2,3", "14.30",
      "1.2.3", "12/2", "25:61", "112", "0800-1234",
     "1-2-3"],
)  # fmt: skip
def test_what_may_be_something_else_stays_as_it_is(text: str) -> None:
    assert each_its_own_way(spans_of(text)) == spans_of(text)


def test_an_english_table_shows_one_notation() -> None:
    """The cell without a word and the amount that the format writes are the same there."""
    document = translated("| Wat | Prijs |\n|-|-|\n| Thee | € 2,50 |\n| Soep | {amount:4.00 EUR} |\n", str)
    assert "Formatted(kind='amount', value='2.50 EUR')" in repr(document)
    assert "Plain(value='€ 2,50')" not in repr(document)
    assert "€ 2,50" in repr(read("€ 2,50")[0])


def test_an_amount_left_in_dutch_by_a_translator_asks_for_a_look() -> None:
    found = findings(Pair("Thee is € 2,50.", "Tea is € 2,50.", "en"))
    assert [(one.check, one.is_blocking) for one in found] == [("notation", False)]
    assert isinstance(spans_of("€ 2,50")[0], Plain)
