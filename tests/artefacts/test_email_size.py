"""An editor hears in time that a mail is too long, which sections to shorten, and can let readers read on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from database.session import Store
from devtools.email_house import HOUSE
from devtools.email_nodes import paragraph
from devtools.email_samples import IMAGES, edition
from devtools.email_tools import example_email, example_keys
from mailer.artefacts.email import read_on
from mailer.artefacts.email.artefact import EmailArtefact, email_from
from mailer.artefacts.email.read_on import email_with_links, shortened
from mailer.artefacts.email.size import REFUSE, WARN, size_problems
from mailer.content import Content
from mailer.document.nodes import Link, Paragraph, Plain
from mailer.edition import Edition
from mailer.organisation import Showing
from mailer.services.office import Press
from mailer.services.publishing.rendering import rendered
from mailer.services.writing import checks
from tests.support.house import house
from tests.support.office import office_of
from tests.support.written import MAILED, edition_of
from wording.errors import ContentError, Severity
from wording.interface import interface


def of_size(size: int) -> Edition:
    """An edition of which ‘Agenda’ and ‘Meldingen’ are long; `size` is the length of its words."""
    made = edition()
    words = "nieuws " * (size // 7 // 4)
    sections = [
        replace(section, blocks=(*section.blocks, *(paragraph(words) for _ in range(count))), line=10 + at)
        for at, (section, count) in enumerate(zip(made.sections, (1, 0, 3, 0, 0), strict=True))
    ]
    return replace(made, sections=tuple(sections))


def test_the_examples_have_a_size_that_is_good() -> None:
    assert {key: example_email(*key).size for key in example_keys() if example_email(*key).size >= WARN} == {}


def test_from_80_kb_on_the_longest_sections_are_named_and_from_100_on_it_is_refused() -> None:
    seen = []
    for size in (20_000, 50_000, 70_000):
        made = of_size(size)
        artefact = email_from(made, HOUSE, interface("nl"), IMAGES)
        problems = size_problems(artefact, made)
        seen.append([problem.severity for problem in problems])
        assert (not problems) == (artefact.size < WARN)
        for problem in problems:
            assert (problem.severity is Severity.ERROR) == (artefact.size >= REFUSE)
            said = str(problem.text)
            assert said.index("Agenda") < said.index("Meldingen")
            assert str(problem.place) == "issues/meldpunt-2026-3/issue.md:12"
    assert seen == [[], [Severity.WARNING], [Severity.ERROR]]


def test_read_on_shortens_the_longest_sections_until_the_mail_is_small() -> None:
    artefact, shown = email_with_links(of_size(70_000), HOUSE, interface("nl"), IMAGES)
    assert artefact.size < WARN
    assert artefact.html.count("https://nieuws.voorbeeld.example/nl/archief/meldpunt-2026-3#agenda") == 1
    assert [a == b for a, b in zip(shown.sections, of_size(70_000).sections, strict=True)].count(False) == 1
    assert "Lees verder op internet (link " in artefact.text


def test_a_short_issue_is_not_shortened() -> None:
    assert email_with_links(edition(), HOUSE, interface("nl"), IMAGES)[1] == edition()


def test_a_section_keeps_what_stands_up_to_its_first_paragraph() -> None:
    first, *_ = shortened(edition(), HOUSE, interface("nl"), {"meldingen"}).sections
    kept, link = first.blocks[:-1], first.blocks[-1]
    assert kept == edition().sections[0].blocks[:2]
    assert link == Paragraph(
        (
            Link(
                "https://nieuws.voorbeeld.example/nl/archief/meldpunt-2026-3#meldingen",
                "",
                (Plain("Lees verder op internet"),),
            ),
        )
    )


@pytest.fixture
def folder(content: Content) -> Path:
    """The example content, with one section of the NOO issue made far too long."""
    issue = content.folder / "issues" / "noo-2026-11" / "issue.md"
    issue.write_text(issue.read_text("utf-8") + "\n\n## Heel lang\n\nBegin.\n\n" + LONG, "utf-8")
    return content.folder


LONG = "\n\n".join(["woord " * 200] * 60)


def press(folder: Path, *, read_on: bool = False) -> Press:
    own = house()
    noo = replace(own.publications["noo"], read_on=read_on, on_show=Showing.ON_SEND if read_on else Showing.BY_HAND)
    own = replace(own, publications={**own.publications, "noo": noo})
    return Press(own, Content(folder, own), lambda _jobs: [])


def test_check_says_which_section_to_shorten_and_nothing_that_long_goes_out(folder: Path, store: Store) -> None:
    errors = [one for one in checks.check(press(folder), "noo-2026-11") if one.severity is Severity.ERROR]
    assert len(errors) == 3  # its three audiences
    assert all("‘Heel lang’" in str(one.text) for one in errors)
    with pytest.raises(ContentError):
        rendered(office_of(store, folder), "noo-2026-11")


def test_a_publication_may_choose_links_instead(folder: Path, store: Store) -> None:
    chosen = press(folder, read_on=True)
    assert [one for one in checks.check(chosen, "noo-2026-11") if one.severity is Severity.ERROR] == []
    for edition_of_noo in rendered(
        office_of(store, house=chosen.house, content=chosen.content), "noo-2026-11"
    ).editions:
        html = edition_of_noo.html or ""
        assert "/nl/archief/noo-2026-11#heel-lang" in html
        # only who reads what is on that page gets a link to all of it
        assert ('/nl/archief/noo-2026-11"' in html) == (edition_of_noo.audience == "noo-rotterdam")


def test_a_long_issue_is_made_at_most_three_times_however_many_sections_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, at its shortest, and as it goes out; it was made anew for each section."""
    made: list[str] = []
    real = email_from

    def counted(*arguments: Any, **options: Any) -> EmailArtefact:
        artefact = real(*arguments, **options)
        made.append(artefact.html)
        return artefact

    monkeypatch.setattr(read_on, "email_from", counted)
    text = "".join(f"## Kop {n}\n\nBegin.\n\n" + f"Een alinea van rubriek {n}. \n\n" * (60 + n) for n in range(12))
    artefact, shown = email_with_links(edition_of(text, "nl", MAILED), house(), interface("nl"), {})
    assert len(made) <= 3
    assert artefact.size < WARN
    whole = sum(len(section.blocks) > 2 for section in shown.sections)
    assert 0 < whole < 12
    fewer = shortened(edition_of(text, "nl", MAILED), house(), interface("nl"), _longest(12 - whole - 1))
    assert real(fewer, house(), interface("nl"), {}, in_archive=True).size >= WARN, "no section too many is shortened"


def _longest(count: int) -> list[str]:
    return [f"kop-{n}" for n in range(11, 11 - count, -1)]
