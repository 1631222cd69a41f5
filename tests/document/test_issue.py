"""Front matter: what is wrong is said with its line, and a good one is read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.issue import Issue, issue_from
from tests.support.house import house
from wording.errors import Problem, Severity

GOOD = "---\ntitle: Nieuwsbrief 24\nsubject: 'Opvang: nieuws'\npreheader: In dit nummer\ndate: 2026-11-26\naudiences: [womens-orgs, legal-aid]\n---\nTekst\n"  # noqa: E501 - the file as it is


def read(text: str | bytes, slug: str = "los-2026-24") -> tuple[Issue | None, list[Problem]]:
    data = text.encode() if isinstance(text, str) else text
    return issue_from(data, slug=slug, file="issue.md", house=house())


def test_a_good_front_matter_is_read() -> None:
    issue, problems = read(GOOD)
    assert not problems
    assert issue is not None
    assert (issue.publication, issue.number, issue.title) == ("los", "2026-24", "Nieuwsbrief 24")
    assert (issue.subject, issue.day, issue.audiences) == (
        "Opvang: nieuws",
        date(2026, 11, 26),
        ("legal-aid", "womens-orgs"),
    )
    assert (issue.markdown, issue.first_line, issue.lines["subject"]) == ("Tekst\n", 8, 3)


def test_without_audiences_all_of_the_publication_are_meant() -> None:
    issue, _problems = read(GOOD.replace("audiences: [womens-orgs, legal-aid]\n", ""))
    assert issue is not None
    assert issue.audiences == house().publications["los"].audiences


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    assert read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == read(GOOD)


BAD = {
    "no front matter": ("# Tekst\n", 1, "Bovenaan ontbreekt"),
    "no second fence": ("---\ntitle: x\n", 1, "Bovenaan ontbreekt"),
    "empty file": ("", 1, "Bovenaan ontbreekt"),
    "not YAML": (GOOD.replace("'Opvang: nieuws'", "Opvang: nieuws"), 3, 'subject: "Opvang: nieuws"'),
    "a list": ("---\n- een\n---\n", 2, "Hier horen regels"),
    "nested for ever": ("---\n" + "[" * 5000 + "\n---\n", 1, "geen YAML"),
    "a key missing": (GOOD.replace("preheader: In dit nummer\n", ""), 1, "‘preheader’ ontbreekt"),
    "a key unknown": (GOOD.replace("preheader", "preheder"), 4, "‘preheder’ is onbekend"),
    "a key twice": (GOOD.replace("preheader:", "title: y\npreheader:"), 4, "twee keer"),
    "a number for a title": (GOOD.replace("Nieuwsbrief 24", "24"), 2, "‘title’ moet tekst zijn"),
    "a list for a title": (GOOD.replace("Nieuwsbrief 24", "[a]"), 2, 'title: "[a]"'),
    "an empty title": (GOOD.replace("Nieuwsbrief 24", ""), 2, "‘title’ moet tekst zijn"),
    "a title on two lines": (GOOD.replace("Nieuwsbrief 24", '"a\\nb"'), 2, "één regel"),
    "a subject that would add a header": (GOOD.replace("'Opvang: nieuws'", '"a\\r\\nBcc: x"'), 3, "één regel"),
    "no date": (GOOD.replace("2026-11-26", "26 november"), 5, "moet een datum zijn"),
    "an audience unknown": (GOOD.replace("legal-aid]", "lawyers]"), 6, "‘lawyers’"),
    "an audience of another publication": (GOOD.replace("legal-aid]", "detention]"), 6, "‘detention’"),
    "an archive of paper": (
        GOOD.replace("---\nTekst", "archive: detention\n---\nTekst"),
        7,
        "‘archive’ is een doelgroep",
    ),
    "a code that is no yes or no": (GOOD.replace("---\nTekst", "qr: soms\n---\nTekst"), 7, "‘qr’ is true of false"),
    "audiences are no list": (GOOD.replace("[womens-orgs, legal-aid]", "{a: b}"), 6, "moet een lijst zijn"),
    "an alias bomb": ("---\na: &a [x,x]\nb: &b [*a,*a]\n" + GOOD.removeprefix("---\n"), 2, "onbekend"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_told_with_its_line(name: str) -> None:
    text, line, words = BAD[name]
    issue, problems = read(text)
    assert issue is None
    assert any(problem.place.line == line and words in str(problem.text) for problem in problems), problems


def test_a_code_to_the_web_is_printed_when_asked_for_and_only_where_the_web_has_the_issue() -> None:
    head = GOOD.replace("[womens-orgs, legal-aid]", "[detention, detention-friends]").replace(
        "---\nTekst", "qr: true\n---\n"
    )
    issue, problems = read(head, "meldpunt-2026-3")
    assert (issue is not None and issue.qr, problems) == (True, [])
    assert read(head.replace("qr: true", "qr: no"), "meldpunt-2026-3")[0].qr is False  # type: ignore[union-attr]
    issue, [problem] = read(head.replace(", detention-friends", ""), "meldpunt-2026-3")
    assert issue is None
    assert (problem.place.line, "ar, en, nl" in str(problem.text)) == (7, True)


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    for data, words in ((GOOD.encode() + b"caf\xe9", "geen UTF-8"), (GOOD.encode() + b"\0", "NUL")):
        issue, problems = read(data)
        assert issue is None
        assert (problems[0].place.line, words in str(problems[0].text)) == (9, True)


@pytest.mark.promise("F21")
def test_five_megabytes_are_refused_at_once() -> None:
    issue, problems = read(b"---\n" + b"x" * 5_000_000)
    assert issue is None
    assert "groter dan" in str(problems[0].text)


@pytest.mark.parametrize(
    "slug", ["2026-24", "krant-1", "los", "los-", "LOS-2026-24", "../los-2026-24", "los-2026-24\n"]
)
def test_a_slug_belongs_to_a_publication(slug: str) -> None:
    issue, problems = read(GOOD, slug)
    assert issue is None
    assert "los-…" in str(problems[0].text)


def test_every_mistake_is_told_at_once() -> None:
    _issue, problems = read("---\ntitle: 1\nsubject: [x]\ndate: morgen\npreheader: x\n---\n")
    assert len(problems) == 3


@given(st.binary(max_size=200))
def test_any_bytes_are_an_issue_or_problems(data: bytes) -> None:
    issue, problems = read(b"---\n" + data + b"\n---\n")
    assert issue is not None or problems


def titled(line: str) -> str:
    return GOOD.replace("title: Nieuwsbrief 24", line)


SLIPS = {
    "a colon": (titled("title: Opvang: nieuws"), 2, 'title: "Opvang: nieuws"'),
    "a colon in Arabic": (titled("title: المأوى: أخبار"), 2, 'title: "المأوى: أخبار"'),
    "a colon and quotes": (titled('title: Rechter: "kom terug"'), 2, "title: 'Rechter: \"kom terug\"'"),
    "no space": (titled("title:Nieuws"), 2, "gewone spatie"),
    "a space that does not part": (titled("title:\u00a0Nieuws"), 2, "gewone spatie"),
    "a wide colon": (titled("title：Nieuws"), 2, "gewone spatie"),
    "no colon": (titled("title Nieuws"), 2, "een dubbele punt en een spatie"),
    "an equals sign": (titled("title = Nieuws"), 2, "een dubbele punt en een spatie"),
    "a space before": (titled(" title: Nieuws"), 2, "haal die weg"),
    "a tab before": (titled("title: Nieuws\n\tsubject: a"), 3, "haal die weg"),
    "a quote that is not closed": (titled('title: "Nieuws'), 2, "niet gesloten"),
    "a quote that is not closed, in Arabic": (titled("title: 'أخبار المأوى"), 2, "niet gesloten"),
    "text after the quote": (titled('title: "Nieuws" van vandaag'), 2, "nog tekst achter"),
    "a star": (titled("title: *Nieuws*"), 2, "begint met *"),
    "a bracket": (titled("title: [concept] Nieuws"), 2, 'title: "[concept] Nieuws"'),
    "a list instead of a text": (titled("title: [concept]"), 2, "begint met ["),
    "an at sign": (titled("title: @los"), 2, "begint met @"),
    "a dash": (titled("title: - Nieuws"), 2, "begint met -"),
    "audiences without brackets": (GOOD.replace("[womens-orgs, legal-aid]", "womens-orgs, legal-aid"), 6, "Zet haken"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_the_front_matter_is_named_by_what_an_editor_sees(name: str) -> None:
    text, line, words = SLIPS[name]
    issue, problems = read(text)
    assert issue is None
    [problem] = [one for one in problems if one.place.line == line]
    assert words in str(problem.text)


@pytest.mark.parametrize(
    ("line", "words"), [("title: Nieuws #24", 'title: "Nieuws #24"'), ("title: “Nieuws”", "komen mee in ‘title’")]
)
def test_a_front_matter_that_is_read_otherwise_than_meant_is_warned_of(line: str, words: str) -> None:
    issue, [problem] = read(titled(line))
    assert issue is not None
    assert (problem.place.line, problem.severity) == (2, Severity.WARNING)
    assert words in str(problem.text)


@pytest.mark.parametrize(
    "line",
    [
        "title: Nieuws#24",
        "title: Nieuws # voor nu",
        "title: '#24'",
        "title: 12:30 uur",
        "title: “Kom” zei de rechter",
        "title: 'Het is: zo' # nee",
    ],
)
def test_a_front_matter_that_is_read_as_meant_is_passed_in_silence(line: str) -> None:
    issue, problems = read(titled(line))
    assert issue is not None
    assert not problems
