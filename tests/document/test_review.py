"""What `check` says: structure, images, links, slots and what should not be in a newsletter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from devtools.translated import FILE, issue
from mailer.content import LETTERFORMS
from mailer.document.images import ImageFact, ImageState
from mailer.document.parse import document_from
from mailer.document.review import review
from mailer.issue import Issue
from tests.support.house import house
from wording.errors import Severity

IMAGES = {"fine.png": ImageFact(ImageState.FINE, 10, 10, 99), "../x.png": ImageFact(ImageState.OUTSIDE)}
IMAGES |= {"text.png": ImageFact(ImageState.NOT_AN_IMAGE), "huge.png": ImageFact(ImageState.TOO_LARGE)}


def said(markdown: str, of: Issue | None = None) -> list[tuple[int, Severity, str]]:
    document, problems = document_from(markdown, file=FILE)
    assert not problems
    found = review(of or issue(markdown), document, house(), IMAGES, LETTERFORMS)
    return [(problem.place.line, problem.severity, str(problem.text)) for problem in found]


ERRORS = {
    "an audience that is not of this issue": ('## Kop {for="legal-aid detention"}\n\nTekst\n', 1, "‘detention’"),
    "for= without an audience": ('## Kop {for=" "}\n\nTekst\n', 1, "geen doelgroep"),
    "the same heading twice": ("## Opvang\n\nTekst\n\n##  opvang\n\nTekst\n", 5, "regel 1"),
    "the same anchor twice": ("## A {#x}\n\nTekst\n\n## B {#x}\n\nTekst\n", 5, "regel 1"),
    "an empty section": ("## Leeg\n\n## Vol\n\nTekst\n", 1, "is leeg"),
    "an audience without a section": ('## Kop {for="legal-aid"}\n\nTekst\n', 1, "geen rubriek voor ‘womens-orgs’"),
    "a heading without words": ("##\n\nTekst\n", 1, "geen tekst"),
    "an issue without text": ("", 0, "geen tekst"),
    "a table that no one can read": (f"\nx\n\n{'|a' * 30}|\n{'|-' * 30}|\n{'|b' * 30}|\n", 4, "30 kolommen"),
    "a footnote without a text": ("een\n\ntwee[^a]\n", 3, "[^a] heeft geen tekst"),
    "a text without a footnote": ("een\n\n[^a]: twee\n", 3, "wijst niets"),
    "a footnote twice": ("een[^a]\n\n[^a]: twee\n[^a]: drie\n", 4, "twee keer"),
    "a footnote in a heading": ("## Kop[^a]\n\ntwee\n\n[^a]: drie\n", 1, "kop kan geen voetnoot"),
    "a footnote in a footnote": ("een[^a][^b]\n\n[^a]: twee[^b]\n\n[^b]: drie\n", 3, "geen voetnoot"),
    "an image that is not there": ("![a](weg.png)\n", 1, "niet in de map"),
    "an image elsewhere": ("![a](../x.png)\n", 1, "moet in de map"),
    "a file that is no image": ("![a](text.png)\n", 1, "geen afbeelding"),
    "an image too large": ("![a](huge.png)\n", 1, "te groot"),
    "an image in a sentence": ("Kijk\n![a](fine.png)\n", 2, "een eigen alinea"),
    "http": ("een\ntwee [x](http://e.example/)\n", 2, "http://e.example/"),
    "javascript": ("[x](javascript:alert)\n", 1, "javascript:alert"),
    "javascript in disguise": ("[x](j&Tab;avascript:alert)\n", 1, "kan niet"),
    "data": ("[x](data:text/html,x)\n", 1, "data:"),
    "relative": ("[x](/pad)\n", 1, "/pad"),
    "protocol-relative": ("[x](//e.example/)\n", 1, "//e.example"),
    "a link with an empty target": ("[x]()\n", 1, "kan niet"),
    "a reference link": ("[x][r]\n\n[r]: ftp://e.example/\n", 3, "ftp://"),
    "an action": ('::: action Doe mee {url="http://e.example/"}\n:::\n', 1, "http://"),
    "a value that is none": ("Op {date:31-12-2026}.\n", 1, "{date:31-12-2026} klopt niet"),
    "an amount without currency": ("Voor {amount:12}.\n", 1, "klopt niet"),
}

WARNINGS = {
    "an image without a description": ("![](fine.png)\n", 1, "geen beschrijving"),
    "an unknown slot": ("Beste {{naam}},\n", 1, "{{naam}}"),
    "a V-number": ("een\nV-nummer 281.234.5678\n", 2, "V-nummer"),
    "a V-number without the word": ("Dossier 281.234.5678.\n", 1, "V-nummer"),
    "a BSN": ("Het nummer 111222333 dus.\n", 1, "BSN"),
    "an IBAN": ("Stort op NL91 ABNA 0417 1643 00.\n", 1, "IBAN"),
    "a mobile number": ("Bel 06-12 34 56 78.\n", 1, "06-nummer"),
    "a mobile number from abroad": ("Bel +31 6 12345678.\n", 1, "06-nummer"),
    "a name and password in a link": ("[bank](https://bank.example@e.example/)\n", 1, "misleiden"),
    "a host in disguise": ("[bank](https://xn--bnk-8ma.example/)\n", 1, "misleiden"),
    "a text that shows another host": ("[www.bank.example](https://e.example/)\n", 1, "www.bank.example"),
}

FINE = {
    "allowed links": "[a](https://e.example/x) [b](mailto:info@e.example) [c](tel:+31100000199) <info@e.example>\n",
    "a footnote": "Een zin.[^1]\n\n[^1]: De noot.\n",
    "an image": "![Een tuin](fine.png)\n",
    "a slot": "{{greeting}}, welkom.\n",
    "a slot shown as code": "Schrijf `{{naam}}`.\n",
    "nine digits that are no BSN": "Het nummer 123456789 en 111222334.\n",
    "a helpline and an office": "Bel 010-000 0199 of 088-123 45 67.\n",
    "an ECLI": "Zie ECLI:NL:RBDHA:2026:99001.\n",
    "an IBAN with a wrong check digit": "NL92 ABNA 0417 1643 00\n",
    "a date and an amount": "Op {date:2026-12-31} om {time:9:30} voor {amount:12.50 EUR}.\n".replace("9:30", "09:30"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_told_with_its_line(name: str) -> None:
    markdown, line, words = ERRORS[name]
    assert any((line, Severity.ERROR) == one[:2] and words in one[2] for one in said(markdown)), said(markdown)


@pytest.mark.parametrize("name", WARNINGS)
def test_a_warning_is_told_with_its_line(name: str) -> None:
    """A warning is for the editor to judge: it stops nothing."""
    markdown, line, words = WARNINGS[name]
    told = said(markdown)
    assert any(one[0] == line and words in one[2] for one in told), told
    assert all(one[1] is Severity.WARNING for one in told), told


@pytest.mark.parametrize("name", FINE)
def test_what_is_fine_is_passed_in_silence(name: str) -> None:
    assert said(FINE[name]) == []


def test_a_protected_number_is_no_private_number() -> None:
    """The organisation's own mobile line may stand in its newsletter."""
    own = replace(house(), protected=("06-12 34 56 78",))
    document, _problems = document_from("Bel 06-12 34 56 78.\n", file=FILE)
    assert review(issue(""), document, own, {}, LETTERFORMS) == []


STORY = replace(
    issue(""), slug="meldpunt-2026-3", publication="meldpunt", audiences=("detention",), day=date(2026, 12, 1)
)


@pytest.mark.parametrize("name", ["Ahmed Benali", "Fatima el Idrissi", "meneer Benali", "Youssef B. Amrani"])
def test_a_full_name_in_a_story_is_told(name: str) -> None:
    assert any(name in text for _line, _severity, text in said(f"Toen kwam {name} binnen.\n", STORY))


@pytest.mark.parametrize(
    "text",
    ["Meneer B. belde.", "In Centrum De Wadden.", "Stichting Het Voorbeeld helpt.", "De Raad van State zei nee."],
)
def test_initials_and_institutions_may_stand_in_a_story(text: str) -> None:
    assert said(text, STORY) == []


def test_everything_is_told_at_once_in_the_order_of_the_file() -> None:
    lines = [one[0] for one in said("[x](http://a.example)\n\n## A\n\n## B\n\n![](weg.png)\n\n{{x}}\n")]
    assert lines == sorted(lines)
    assert set(lines) == {1, 3, 7, 9}
