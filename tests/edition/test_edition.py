"""An edition holds what its audience may see, in its own language, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devtools.translated import SLUG, filled, issue, read
from mailer.document.html import HtmlWriter
from mailer.edition import Edition, edition_from
from mailer.translation.apply import in_source_language, translate
from mailer.translation.catalog import new_catalog
from mailer.translation.extract import STANDING, extract
from tests.support.house import house
from wording.errors import ContentError, NotAllowedError

MARKDOWN = """Voor iedereen.

## Opvang {for="womens-orgs"}

Alleen voor vrouwenorganisaties.

## Recht {for="legal-aid"}

Alleen voor juristen.

## Agenda

Op {date:2026-12-01}.
"""


def edition(markdown: str, audience: str = "womens-orgs") -> Edition:
    document, _problems = read(markdown)
    return edition_from(in_source_language(issue(markdown), document, "nl"), house().audiences[audience], house())


def html(of: Edition) -> str:
    writer = HtmlWriter(of.formats)
    return writer.blocks(of.lead) + "".join(writer.section(section) for section in of.sections)


def test_a_section_goes_to_the_audiences_it_names_and_no_other() -> None:
    for_women, for_lawyers = html(edition(MARKDOWN)), html(edition(MARKDOWN, "legal-aid"))
    assert "Voor iedereen" in for_women
    assert "vrouwenorganisaties" in for_women
    assert "juristen" not in for_women
    assert "vrouwenorganisaties" not in for_lawyers
    assert "juristen" in for_lawyers
    assert "1 december 2026" in for_women


@given(
    st.lists(st.sets(st.sampled_from(["legal-aid", "womens-orgs"])), max_size=6),
    st.sampled_from(["legal-aid", "womens-orgs"]),
)
def test_no_cut_ever_shows_a_section_of_another_audience(audiences: list[set[str]], reader: str) -> None:
    attributes = [f' {{for="{" ".join(sorted(named))}"}}' if named else "" for named in audiences]
    markdown = "".join(f"## Kop {n}{attribute}\n\ntekst {n}.\n\n" for n, attribute in enumerate(attributes))
    shown = html(edition(f"inleiding\n\n{markdown}", reader))
    for n, named in enumerate(audiences):
        assert (f"tekst {n}." in shown) is (not named or reader in named)


def test_an_edition_without_any_text_is_never_made() -> None:
    with pytest.raises(ContentError) as caught:
        edition('## Kop {for="legal-aid"}\n\ntekst\n', "womens-orgs")
    assert "womens-orgs" in str(caught.value.problems[0].text)


def test_an_issue_that_is_not_for_an_audience_gives_no_edition() -> None:
    with pytest.raises(NotAllowedError):
        edition(MARKDOWN, "migrant-orgs")
    document, _problems = read(MARKDOWN)
    english = replace(in_source_language(issue(MARKDOWN), document, "nl"), locale="ar")
    with pytest.raises(NotAllowedError):
        edition_from(english, house().audiences["womens-orgs"], house())


def test_source_text_never_stands_in_a_translation_unless_someone_says_so() -> None:
    """An untranslated text stops the edition and is named; a section that the audience does not get stops nothing."""
    document, _problems = read(MARKDOWN)
    catalog = filled(new_catalog(SLUG, "en", extract(issue(MARKDOWN), document)), str.upper)
    missing = catalog.with_entry(replace(catalog.entries["Alleen voor juristen."], msgstr=""))
    fuzzy = missing.with_entry(replace(catalog.entries["Op {date:2026-12-01}."], fuzzy=True))
    women = house().audiences["womens-orgs"]
    standing = new_catalog(STANDING, "en", ())

    done, untranslated = translate(issue(MARKDOWN), document, missing, standing)
    assert [(one.msgid, one.section) for one in untranslated] == [("Alleen voor juristen.", "recht")]
    assert "VROUWENORGANISATIES" in html(edition_from(done, women, house()))

    done, _untranslated = translate(issue(MARKDOWN), document, fuzzy, standing)
    with pytest.raises(ContentError) as error:
        edition_from(done, women, house())
    assert [str(problem.place) for problem in error.value.problems] == [f"issues/{SLUG}/issue.md:13"]
    assert "Op {date:2026-12-01}." in str(error.value.problems[0].text)

    without = edition_from(done, women, house(), without=["agenda"])
    assert [section.anchor for section in without.sections] == ["opvang"]
    assert "1 December 2026" in html(edition_from(done, women, house(), unfinished=True))


def test_titles_write_their_dates_as_the_locale_does() -> None:
    document, _problems = read("x")
    dated = replace(issue("x"), subject="Op {date:2026-01-05} om {time:14:30}; {date:nooit}")
    done = edition_from(in_source_language(dated, document, "nl"), house().audiences["womens-orgs"], house())
    assert done.subject == "Op 5 januari 2026 om 14:30; {date:nooit}"


def test_a_link_to_anywhere_but_https_mailto_or_tel_is_no_link() -> None:
    """Even when an editor overrode every check."""
    markdown = (
        '[a](javascript:x) **[b](http://e.example)** [c](https://e.example/)\n\n::: action d {url="data:x"}\n:::\n'
    )
    of = edition(markdown)
    assert html(of) == '<p>a <strong>b</strong> <a href="https://e.example/">c</a></p>\n<p>d</p>\n'
