"""The text part says what the HTML says, for a voice and for every direction."""

from __future__ import annotations

from pathlib import Path

import pytest
from bidi import get_display

from devtools.email_house import HOUSE
from devtools.email_nodes import link, paragraph, words
from devtools.email_samples import edition
from mailer.artefacts.bidi import LRM, RLM
from mailer.artefacts.email.plain_text import plain_text_from
from mailer.document.nodes import Link
from wording.interface import interface

GOLDEN = Path(__file__).parent / "email"
NEW = "read the difference; if it is meant, write the files anew: python -m tests.artefacts.test_email_text"


def text(locale: str, **changed: object) -> str:
    return plain_text_from(edition(locale, **changed), HOUSE, interface(locale))  # type: ignore[arg-type]


@pytest.mark.parametrize("locale", ["nl", "en", "ar"])
def test_the_text_is_the_golden_text(locale: str) -> None:
    assert text(locale) == (GOLDEN / f"sample.{locale}.txt").read_text("utf-8"), NEW


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_no_line_is_decoration(locale: str) -> None:
    for line in text(locale).splitlines():
        assert not line or any(character.isalnum() for character in line), line


def test_every_arabic_line_starts_with_a_mark_of_its_direction() -> None:
    lines = [line for line in text("ar").splitlines() if line and not line.startswith("regel")]
    assert [line for line in lines if not line.startswith((RLM, LRM))] == []


@pytest.mark.parametrize(
    "run",
    [
        *("010-000 0199", "ECLI:NL:RBDHA:2026:99001", "12%", "700,00 €", "meldpunt@voorbeeld.example", "10–12", "A-12"),
        *("https://uitspraken.example/99001", "Buurthuis De Lindeboom, Rotterdam", "9999 ZZ  VOORBEELDSTAD"),
    ],
)
def test_a_run_of_latin_letters_or_digits_reads_left_to_right(run: str) -> None:
    lines = [line for line in text("ar").splitlines() if run in line.replace("\u00a0", " ")]
    assert lines
    for line in lines:
        assert run in get_display(line).replace("\u00a0", " ").replace(LRM, "").replace(RLM, "")


def test_an_address_that_is_read_aloud_already_gets_no_number() -> None:
    lead = (
        paragraph(link("https://los.example/", "los.example"), " ", link("tel:+318001234567", "0800-123 4567")),
        paragraph(link("https://los.example/a", "een"), " ", link("https://los.example/a", "twee")),
        paragraph(Link("mailto:a@los.example", "", words("schrijf ons"))),
    )
    shown = text("nl", lead=lead, sections=0)
    assert "los.example 0800-123\u00a04567" in shown
    assert "een (link 1) twee (link 1)" in shown
    assert "schrijf ons (link 2)" in shown
    assert "Link 1: https://los.example/a\n\nLink 2: a@los.example\n" in shown


if __name__ == "__main__":
    for code in ("nl", "en", "ar"):
        (GOLDEN / f"sample.{code}.txt").write_text(text(code), "utf-8")
