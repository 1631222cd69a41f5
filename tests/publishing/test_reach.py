"""Whom a button will reach: what the database counts is what a mailing opens, and nobody is counted twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.services.publishing.by_post import Apart, apart, apart_counts
from mailer.services.publishing.reach import reach
from mailer.services.publishing.review import Part, having, listed, review
from subscribers import listing
from subscribers.addressee import SuspendedBecause
from subscribers.consent import SuppressedBecause
from subscribers.postal import suspend_addressee
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


def test_readers_by_post_are_counted_and_listed_masked_as_those_by_mail_are(here: WholeOffice) -> None:
    for name, locale in (("Samir Voorbeeld", "ar"), ("Olena Verzonnen", "uk"), ("Kofi Bedacht", "en")):
        here.add_addressee(name, locale)
    slug, office, bram = "meldpunt-2026-3", here.office, here.editor
    found = {one.locale: one for one in reach(office, bram, slug) if one.on_paper}
    assert {locale: (one.readers, one.instead) for locale, one in found.items() if one.readers} == {
        "ar": (1, 0),
        "en": (2, 1),
    }
    lists = {
        locale: [(one.address, one.locale) for one in listed(office, bram, slug, audience="detention", locale=locale)]
        for locale in found
    }
    assert {locale: sorted(rows) for locale, rows in lists.items() if rows} == {
        "ar": [("S…", "ar")],
        "en": [("K…", "en"), ("O…", "uk")],
    }
    instead = {
        locale: len(listed(office, bram, slug, audience="detention", locale=locale, part=Part.INSTEAD))
        for locale in found
    }
    assert {locale: count for locale, count in instead.items() if count} == {"en": 1}


def test_who_has_it_and_whose_post_stands_still_have_a_list_too(here: WholeOffice) -> None:
    here.add_addressee("Samir Voorbeeld", "ar")
    here.add_addressee("Kofi Bedacht", "en")
    slug, office, bram = "meldpunt-2026-3", here.office, here.editor
    reader(here.parts.store, "ida@lezers.example", "detention-friends")
    with here.parts.store.transaction() as session:
        [kofi] = [one.uid for one in listing.listed(session) if one.locale == "en"]
        suspend_addressee(session, kofi, SuspendedBecause.DEPARTED, here.office.today())
    assert apart_counts(office, bram, slug) == {Apart.STOPPED: 1}
    [still] = apart(office, bram, slug, Apart.STOPPED)
    assert (still.address, still.stopped_because) == ("K…", "departed")
    here.publish(slug)
    assert apart_counts(office, bram, slug) == {Apart.HAD: 1, Apart.STOPPED: 1}
    assert [one.address for one in apart(office, bram, slug, Apart.HAD)] == ["S…"]
    assert [one.address for one in having(office, bram, slug)] == ["i…@l….example"]
    assert review(office, bram, slug).had == 1
    here.add_addressee("Nadia Nieuw", "ar")
    [row] = listed(office, bram, slug, audience="detention", locale="ar")
    assert row.address == "N…", "whoever has it is on the list of those who do, alone"


def test_new_is_who_did_not_get_the_number_before_by_post_too(here: WholeOffice) -> None:
    here.add_addressee("Samir Voorbeeld", "ar")
    here.publish("meldpunt-2026-3")
    folder = here.office.content.folder
    for kind in ("issues", "translations"):
        for path in list((folder / kind).rglob("*meldpunt-2026-3*")):
            copy = path.with_name(path.name.replace("2026-3", "2026-4"))
            shutil.copytree(path, copy) if path.is_dir() else shutil.copy(path, copy)
    here.add_addressee("Nadia Nieuw", "ar")
    office, bram, slug = here.office, here.editor, "meldpunt-2026-4"
    [arabic] = [one for one in reach(office, bram, slug) if one.on_paper and one.locale == "ar"]
    assert (arabic.readers, arabic.new) == (2, 1)
    [new] = listed(office, bram, slug, audience="detention", locale="ar", part=Part.NEW)
    assert new.address == "N…"
