"""Whom a button will reach: what the database counts is what a mailing opens, and nobody is counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.services.publishing.reach import reach
from subscribers.consent import SuppressedBecause
from tests.support.office import WholeOffice, office
from tests.support.people import leave, reader, suppress
from tests.support.queries import queries

SLUG = "los-2026-24"
READERS = (
    ("anna@lezers.example", "nl", "legal-aid"),
    ("bas@lezers.example", "nl", "legal-aid", "womens-orgs"),  # in two: counts in the first
    ("carmen@lezers.example", "en", "womens-orgs", "migrant-orgs"),
    ("deniz@lezers.example", "tr", "migrant-orgs"),  # a language that is not offered: the fallback, English
    ("eva@lezers.example", "en", "noo-national"),  # another newsletter
)


@pytest.fixture
def here(tmp_path: Path, database_url: str) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", database_url) as whole:
        for address, locale, *audiences in READERS:
            reader(whole.parts.store, address, *audiences, locale=locale)
        leave(whole.parts.store, reader(whole.parts.store, "floor@lezers.example", "legal-aid"))
        reader(whole.parts.store, "gone@lezers.example", "legal-aid")
        suppress(whole.parts.store, "gone@lezers.example", SuppressedBecause.COMPLAINED)
        yield whole


def counted(here: WholeOffice) -> dict[str, int]:
    with queries() as asked:
        found = reach(here.office, here.editor, SLUG)
    assert len(asked) <= 9  # the person, the translations, the number before, a rule per audience, and one that counts
    return {f"{one.audience} {one.locale}": one.readers for one in found if one.readers}


def test_each_reader_counts_once_and_who_has_the_issue_not_at_all(here: WholeOffice) -> None:
    assert counted(here) == {"legal-aid nl": 2, "womens-orgs en": 1, "migrant-orgs en": 1}
    assert here.publish(SLUG).deliveries == 4
    assert counted(here) == {}
    reader(here.parts.store, "hugo@lezers.example", "migrant-orgs", locale="nl")  # came after the mailing was opened
    assert counted(here) == {"migrant-orgs nl": 1}


def test_where_every_audience_gets_its_own_copy_a_reader_of_two_counts_twice(here: WholeOffice) -> None:
    path = here.office.content.folder / "issues" / SLUG / "issue.md"
    path.write_text(path.read_text("utf-8").replace("\n---\n", "\ncopies: each\n---\n", 1), "utf-8")
    assert counted(here) == {"legal-aid nl": 2, "womens-orgs nl": 1, "womens-orgs en": 1, "migrant-orgs en": 2}
