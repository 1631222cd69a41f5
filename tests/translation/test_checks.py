"""Checks: what a volunteer overlooks is told before a reader sees it, and what is right is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devtools.seeded import BAD, BLOCKING, GOOD, pair, told
from mailer.content import Content
from mailer.translation.checks import findings
from mailer.translation.checks.pair import Pair
from mailer.translation.glossary import Rule, Term, glossary_from
from tests.support.house import ROOT, house


@pytest.mark.promise("P10")
@pytest.mark.parametrize("seed", [seed for seed in BAD if seed.get("found", True)], ids=lambda seed: seed["name"])
def test_a_seeded_error_is_found_by_its_rule(seed: dict[str, Any]) -> None:
    assert seed["rule"] in told(seed), told(seed)


def test_most_seeded_errors_are_found_and_no_good_translation_is_blamed() -> None:
    """At least 26 of 30 was asked; the ones that need understanding are in the count."""
    assert len(BAD) >= 30
    assert len(GOOD) >= 12
    assert sum(bool(told(seed)) for seed in BAD) / len(BAD) >= 26 / 30
    assert [seed for seed in GOOD if told(seed)] == []


def test_no_translation_of_the_examples_is_blamed() -> None:
    """Some three hundred real pairs, English and Arabic: no false alarm."""
    content = Content(ROOT, house())
    pairs = [
        (locale, entry)
        for locale in ("en", "ar")
        for domain in [*content.slugs(), "standing"]
        for entry in content.catalog(domain, locale)[0].entries.values()
    ]
    assert len(pairs) > 250
    for locale, entry in pairs:
        assert findings(pair(entry.msgid, entry.msgstr, locale)) == [], entry.msgid


@pytest.mark.promise("P10")
def test_what_leads_a_reader_astray_blocks_and_what_is_taste_warns() -> None:
    for seed in BAD:
        for finding in findings(pair(seed["source"], seed["target"], seed["locale"])):
            assert finding.is_blocking is (finding.check in BLOCKING), finding


def test_reference_links_are_compared_by_where_they_lead() -> None:
    references = {"A": {"href": "https://a.example/", "title": ""}, "B": {"href": "https://b.example/", "title": ""}}
    assert findings(pair("Zie [dit][a].", "See [this][a].", "en", references)) == []
    wrong = findings(pair("Zie [dit][a].", "See [this][b].", "en", references))
    assert {finding.check for finding in wrong} == {"shape"}


def test_a_number_is_the_same_in_every_notation() -> None:
    for source, target in [("1.250,50", "1,250.50"), ("14:30", "14.30"), ("12 %", "12%"), ("zaal 12", "القاعة ١٢")]:
        checks = {finding.check for finding in findings(pair(f"Dat is {source}.", f"X {target}.", "ar"))}
        assert "numbers" not in checks


@pytest.mark.parametrize(
    ("source", "target", "locale"),
    [
        ("2FA staat aan, zet 2FA uit", "2FA is on, please switch it off", "en"),
        ("Kooldioxide", "CO2", "en"),
        ("De naam van het `event` is vrij.", "The name of the event is free.", "en"),
    ],
)
def test_what_may_be_right_asks_for_a_look_and_stops_nothing(source: str, target: str, locale: str) -> None:
    found = findings(pair(source, target, locale))
    assert found
    assert not any(finding.is_blocking for finding in found)


@pytest.mark.parametrize("text", ["بـ IND", "لـ5 أشخاص", "الـ IND", "وبـ«نص»", "عام 1446 هـ"])
def test_a_kashida_after_a_prefix_is_how_it_is_written(text: str) -> None:
    checks = [finding.check for finding in findings(pair("x", text, "ar"))]
    assert "kashida" not in checks
    assert "kashida" in [finding.check for finding in findings(pair("x", f"{text} كتـاب", "ar"))]


@pytest.mark.parametrize("month", ["نونبر", "نوفمبر", "تشرين الثاني"])
def test_every_arabic_name_of_a_month_is_that_month(month: str) -> None:
    """Morocco, Algeria and Egypt, and the Levant."""
    assert findings(pair("De zitting is op 12 november.", f"الجلسة يوم 12 {month}.", "ar")) == []


def test_a_translation_made_to_be_slow_is_refused_at_once() -> None:
    assert findings(pair("Tekst.", "![" * 100_000, "en"))[0].check == "endless"


@pytest.mark.parametrize("rule", Rule)
def test_the_glossary_is_followed_by_its_rule(rule: Rule) -> None:
    term = Term("opvang", {"en": "shelter"}, rule, "Zo schrijven wij het.")
    cases = {
        Rule.PREFER: ("De opvang is open.", "The roof is open.", "De opvang is open.", "The shelter is open."),
        Rule.FORBID: ("Het huis is open.", "The shelter is open.", "De opvang is open.", "The shelter is open."),
        Rule.KEEP: ("De opvang is open.", "The roof is open.", "De opvang is open.", "The opvang is open."),
    }
    source, wrong, same_source, right = cases[rule]
    assert [f.check for f in findings(Pair(source, wrong, "en", glossary=[term]))] == ["glossary"]
    assert findings(Pair(same_source, right, "en", glossary=[term])) == []


@pytest.mark.parametrize("data", [b"\xff", b"", b"nl,en\n", b"nl,nl,rule\n", b'nl,en,rule\n"a\n'])
def test_a_glossary_that_cannot_be_read_is_told(data: bytes) -> None:
    assert glossary_from(data, file="glossary.csv", source_locale="nl")[1]


def test_a_wrong_line_of_the_glossary_is_told_with_its_number() -> None:
    terms, problems = glossary_from(b"nl,en,rule\na,b,prefer\nc,d,maybe\ne,f\n", file="g.csv", source_locale="nl")
    assert [term.source for term in terms] == ["a"]
    assert [problem.place.line for problem in problems] == [3, 4]


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["en", "ar", "tr"]))
def test_any_two_texts_can_be_checked(source: str, target: str, locale: str) -> None:
    findings(Pair(source, target, locale, ("010",), ()))


@pytest.mark.parametrize(
    ("source", "target", "locale", "followed"),
    [
        ("Zij gaf toestemming.", "أعطت الإذن.", "ar", True),
        ("Zij gaf toestemming.", "أعطت موافقتها.", "ar", True),
        ("Zij gaf toestemming.", "لا يهم ذلك أبدًا.", "ar", False),
        ("Maak bezwaar.", "File an objection.", "en", True),
        ("Maak bezwaar.", "File an appeal.", "en", False),
        ("Ga in hoger beroep.", "File a higher appeal.", "en", True),
        ("Ga in hoger beroep.", "File an appeal.", "en", False),
        ("Geef het aan de commissie van toezicht.", "أعطها للجنة الإشراف.", "ar", True),
        ("Geef het aan de commissie van toezicht.", "أعطها للجنة الرقابة.", "ar", False),
    ],
)
def test_terms_of_the_law_are_not_mixed_up(source: str, target: str, locale: str, followed: bool) -> None:
    told = [finding for finding in findings(pair(source, target, locale)) if finding.check == "glossary"]
    assert (told == []) is followed


@pytest.mark.parametrize(
    ("source", "target", "source_language"),
    [
        ("A population of 26,140 students.", "يبلغ عدد سكانها 26140 طالبا.", "en"),
        ("More than 1,000,000 volunteers.", "أكثر من 1،000،000 متطوع.", "en"),
        ("3D-gebouwen", "مبان ثلاثية الأبعاد", "nl"),
        ("Een 2D-kaart", "خريطة ثنائية الأبعاد", "nl"),
    ],
)
def test_numbers_are_read_in_the_language_of_the_source(source: str, target: str, source_language: str) -> None:
    assert findings(Pair(source, target, "ar", source_language=source_language)) == []


def test_a_number_of_another_value_is_stopped_in_any_language_of_the_source() -> None:
    found = findings(Pair("A population of 26,140.", "عدد السكان 26,14.", "ar", source_language="en"))
    assert "numbers" in {one.check for one in found if one.is_blocking}
