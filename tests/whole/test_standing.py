"""Where an issue stands is known without rendering it, and follows what people decide and what changes on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.artefacts.paper.job import PrintJob
from mailer.darkroom import darkroom
from mailer.darkroom.darkroom import Darkroom
from mailer.ledger import standing as ledger
from mailer.services.office import Office, Silence
from mailer.services.publishing import approval, listing, overview, renewing
from mailer.services.publishing.happened import Happened
from mailer.services.publishing.standing import Standing, all_standing, standing
from mailer.services.publishing.steps import Step
from mailer.services.publishing.today import today
from mailer.services.publishing.working import Part
from mailer.services.translating import messages, release, remarks
from mailer.services.writing.keys import FileKeys
from staff.people import Person, add_person
from staff.roles import Role
from tests.support.office import WholeOffice, office
from tests.support.queries import queries
from wording.errors import NotFoundError

SLUG = "meldpunt-2026-3"
NUMBERS = "| **46** | **23** |"
"""Of a table that every edition has: a number needs no translation."""
FRIENDS = "detention-friends (nl)"
ARABIC = ("detention (ar)", "detention-friends (ar)")


@pytest.fixture
def opened(tmp_path: Path, database_url: str) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", database_url) as here:
        yield here


def issue(here: WholeOffice, slug: str = SLUG) -> Path:
    return here.parts.content.folder / "issues" / slug / "issue.md"


def save(here: WholeOffice, old: str, new: str) -> None:
    before = issue(here).read_text("utf-8")
    assert old in before
    issue(here).write_text(before.replace(old, new), "utf-8")


def now(here: WholeOffice, slug: str = SLUG) -> Standing:
    return standing(here.office, here.editor, slug)


def counting(here: WholeOffice) -> tuple[Office, list[int]]:
    """An office, and how many booklets it typeset."""
    made: list[int] = []

    def typeset(jobs: Sequence[PrintJob]) -> list[bytes]:
        made.append(len(jobs))
        return here.parts.typesetter.pdfs(jobs)

    return replace(here.office, typeset=typeset), made


def test_an_issue_goes_from_translators_to_approver_to_editor_to_readers(opened: WholeOffice) -> None:
    """The next step is what a person is to do now, all along the way."""
    here = opened.office
    opened.subscribe("anna@lezers.example", "detention-friends", "nl")
    assert now(opened).next is Step.REVIEW
    assert {one.locale: one.approved for one in now(opened).locales} == {"en": 0, "ar": 0}
    messages.approve_issue(here, opened.editor, SLUG)
    assert all(one.is_ready and one.approved == one.total > 0 for one in now(opened).locales)
    assert now(opened).next is Step.WAIT
    renewing.renew_changed(here)
    assert now(opened).next is Step.APPROVE
    assert FRIENDS in now(opened).unapproved
    opened.approve(SLUG)
    assert now(opened).next is Step.PUBLISH
    assert {one.by for one in now(opened).approvals} == {"Amina"}
    done = opened.publish(SLUG)
    assert [one.id for one in now(opened).mailings] == [done.mailing]
    assert now(opened).next is Step.START


def test_a_change_of_one_edition_leaves_the_approval_of_the_others(opened: WholeOffice) -> None:
    messages.approve_issue(opened.office, opened.editor, SLUG)
    opened.approve(SLUG)
    before = now(opened)
    catalog = opened.parts.content.folder / opened.parts.content.catalog_file(SLUG, "ar")
    catalog.write_text(catalog.read_text("utf-8").replace('msgstr "الأبواب"', 'msgstr "أبواب الغرف"'), "utf-8")
    messages.approve_issue(opened.office, opened.editor, SLUG)
    assert now(opened).next is Step.WAIT
    assert now(opened).approvals[0].valid == ()
    renewing.renew(opened.office, SLUG)
    (approved,) = now(opened).approvals
    assert approved.changed == ARABIC
    assert sorted((*approved.valid, *ARABIC)) == sorted(one.name for one in before.editions)
    assert sorted(now(opened).unapproved) == sorted(ARABIC)


def test_what_was_decided_about_a_language_counts_at_once_and_nothing_is_read_again(opened: WholeOffice) -> None:
    before = now(opened)
    release.hold(opened.office, opened.editor, SLUG, "ar", reason="de vertaler is ziek")
    with opened.parts.store.reading() as session:
        kept = ledger.kept(session)[SLUG].at
    held = now(opened)
    arabic = next(one for one in held.locales if one.locale == "ar")
    assert arabic.held
    assert arabic.is_ready
    assert arabic.reasons == ("de vertaler is ziek",)
    assert not next(one for one in before.locales if one.locale == "ar").held
    with opened.parts.store.reading() as session:
        assert ledger.kept(session)[SLUG].at == kept


def test_a_look_renders_nothing_and_a_renewal_renders_what_changed_once(opened: WholeOffice) -> None:
    messages.approve_issue(opened.office, opened.editor, SLUG)
    here, made = counting(opened)
    standing(here, opened.editor, SLUG)
    all_standing(here, opened.editor)
    assert made == []
    renewing.renew_changed(here)
    once = len(made)
    assert once > 0
    renewing.renew_changed(here)
    assert renewing.renewed(here, opened.editor, SLUG).is_rendered
    assert len(made) == once
    save(opened, NUMBERS, "| **46** | **24** |")
    assert renewing.renew_changed(here) == [SLUG]
    assert len(made) > once


@pytest.mark.parametrize("ask", [standing, overview.overview, overview.way])
def test_a_page_of_an_issue_takes_the_key_of_its_files_once(
    opened: WholeOffice, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Office, Person, str], object]
) -> None:
    ask(opened.office, opened.editor, SLUG)
    taken: list[str] = []
    take = FileKeys.of

    def counted(keys: FileKeys, slug: str) -> str:
        taken.append(slug)
        return take(keys, slug)

    monkeypatch.setattr(FileKeys, "of", counted)
    ask(opened.office, opened.editor, SLUG)
    assert taken == [SLUG]


def test_an_edit_outside_is_seen_in_the_list_before_anything_is_read(opened: WholeOffice) -> None:
    renewing.renew_changed(opened.office)
    assert all(one.is_current for one in all_standing(opened.office, opened.editor))
    save(opened, NUMBERS, "| **46** | **24** |")
    seen = {one.slug: one.is_current for one in all_standing(opened.office, opened.editor)}
    assert [slug for slug, is_current in seen.items() if not is_current] == [SLUG]
    renewing.renew_changed(opened.office)
    assert all(one.is_current for one in all_standing(opened.office, opened.editor))


@pytest.mark.parametrize("bad", ["<<<<<<< HEAD\neen\n=======\ntwee\n>>>>>>> andere\n", "---\n", "\x00"])
def test_an_issue_that_cannot_go_out_says_so(opened: WholeOffice, bad: str) -> None:
    """Among others one that git left with conflict marks: they would be printed."""
    messages.approve_issue(opened.office, opened.editor, SLUG)
    opened.approve(SLUG)
    text = issue(opened).read_text("utf-8")
    issue(opened).write_text(bad if bad.startswith("---") else text + "\n" + bad, "utf-8")
    found = now(opened)
    assert found.errors
    assert found.next is Step.MEND
    assert found.unapproved == ()
    issue(opened).write_text(text, "utf-8")
    assert renewing.renewed(opened.office, opened.editor, SLUG).next is Step.PUBLISH


def test_a_catalog_with_conflict_marks_is_to_be_mended(opened: WholeOffice) -> None:
    catalog = opened.parts.content.folder / opened.parts.content.catalog_file(SLUG, "ar")
    catalog.write_text("<<<<<<< HEAD\n" + catalog.read_text("utf-8"), "utf-8")
    assert now(opened).next is Step.MEND
    assert [one.locale for one in now(opened).locales if one.broken] == ["ar"]


def test_an_issue_that_was_removed_is_not_found_and_not_listed(opened: WholeOffice) -> None:
    renewing.renew_changed(opened.office)
    shutil.rmtree(issue(opened).parent)
    with pytest.raises(NotFoundError):
        now(opened)
    assert SLUG not in {one.slug for one in all_standing(opened.office, opened.editor)}


def test_two_hundred_issues_take_as_many_queries_as_three(opened: WholeOffice) -> None:
    with queries() as few:
        all_standing(opened.office, opened.editor)
    for number in range(100, 297):
        shutil.copytree(issue(opened).parent, opened.parts.content.folder / "issues" / f"meldpunt-2026-{number}")
    for one in ("meldpunt-2026-100", "meldpunt-2026-101"):
        now(opened, one)
    with queries() as many:
        found = all_standing(opened.office, opened.editor)
    assert len(found) == 200
    assert len(many) <= 12
    assert len(many) - len(few) <= 2  # without anything kept, there are no pairs to ask for


def test_today_and_the_page_of_an_issue_ask_the_same_of_both_databases(opened: WholeOffice) -> None:
    with opened.parts.store.transaction() as session:
        every = add_person(session, "Alles", "alles@voorbeeld.example", list(Role), ["en", "ar"])
    first = next(iter(opened.parts.content.catalog(SLUG, "ar")[0].entries))
    remarks.comment(opened.office, every, SLUG, "ar", msgid=first, words="Klopt dit?", question=True)
    opened.subscribe("anna@lezers.example", "noo-national", "nl")
    opened.publish("noo-2026-11")
    now(opened)
    with queries() as asked:
        found = today(opened.office, every)
    assert len(asked) <= 11
    assert found.first is not None
    assert (found.first.own.step, len(found.questions), len(found.sent)) == (Step.START, 1, 1)
    assert {one.part for one in found.checks if not one.works} == {Part.WORKER, Part.PRIVACY}
    with queries() as asked:
        sent = overview.overview(opened.office, every, "noo-2026-11")
    assert len(asked) <= 11
    assert [one.what for one in sent.happened] == [Happened.PUBLISHED, Happened.APPROVED]
    assert [one.found.slug for one in listing.issues(opened.office, every, chosen="sent").lines] == ["noo-2026-11"]


def test_a_worker_renews_what_changed_outside(opened: WholeOffice) -> None:
    worker = opened.parts.worker_office(Silence())
    worker.write()
    worker.sweep()
    worker.close()
    assert all(one.is_current for one in all_standing(opened.office, opened.editor))


def test_pictures_that_could_not_be_looked_at_are_no_fact_of_an_issue(
    opened: WholeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The darkroom does not start: neither the look at the files nor the rendering keeps anything, and both go on."""
    messages.approve_issue(opened.office, opened.editor, SLUG)
    renewing.renew_changed(opened.office)
    save(opened, NUMBERS, "| **46** | **24** |")
    for is_looked_at in (False, True):
        with monkeypatch.context() as here:
            here.setattr(darkroom, "CHILD", ("-c", "import no_such_module"))
            opened.office.content._darkroom = Darkroom(20)
            assert renewing.renew_changed(opened.office) == [SLUG]
        (found,) = [one for one in all_standing(opened.office, opened.editor) if one.slug == SLUG]
        assert (found.is_current, found.is_rendered) == (is_looked_at, False)
        now(opened)
    assert renewing.renew_changed(opened.office) == [SLUG]
    assert now(opened).is_rendered


def test_an_approval_of_before_this_table_holds_where_its_editions_are_the_same(opened: WholeOffice) -> None:
    """Today's databases have the hash of each edition by its name; older rows only the hash over all."""
    messages.approve_issue(opened.office, opened.editor, SLUG)
    opened.approve(SLUG)
    with opened.parts.store.transaction() as session:
        known = ledger.known(session, [SLUG]).approvals[SLUG][0]
        known.editions = {}
        session.merge(known)
    (approved,) = now(opened).approvals
    assert approved.changed == ()
    assert set(approved.valid) == {one.name for one in now(opened).editions}
    assert approval.proposal(opened.office, opened.editor, SLUG).approvals == 1
