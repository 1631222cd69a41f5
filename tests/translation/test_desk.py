"""The desk of translators: nothing goes out that no one else approved, and no one's work is written over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from database.session import Store
from mailer.content import Content
from mailer.ledger import translators
from mailer.ledger.translations import Deed
from mailer.services.office import Office
from mailer.services.translating import following, messages, release
from mailer.translation.approval import State
from mailer.translation.extract import STANDING
from staff.people import Person, add_person
from staff.roles import Role
from tests.support.desk_people import EDITOR
from tests.support.house import house
from tests.support.office import office_of
from wording.errors import ConflictError, ContentError, InvalidInputError, NotAllowedError

SLUG = "meldpunt-2026-3"


@pytest.fixture
def office(store: Store, content: Content) -> Office:
    """The example content, with the complete English and Arabic catalogs of the detention issue."""
    return office_of(store, content.folder)


def person(store: Store, name: str, role: Role, *languages: str) -> Person:
    with store.transaction() as session:
        return add_person(session, name, f"{name}@voorbeeld.example", [role], languages)


@pytest.fixture
def bram(store: Store) -> Person:
    """editor"""
    return person(store, "bram", Role.EDITOR)


@pytest.fixture
def layla(store: Store) -> Person:
    """translates into Arabic"""
    return person(store, "layla", Role.TRANSLATOR, "ar")


@pytest.fixture
def yusuf(store: Store) -> Person:
    """translates into Arabic too: reviews what Layla wrote"""
    return person(store, "yusuf", Role.TRANSLATOR, "ar")


def edit(content: Content, old: str, new: str) -> None:
    path = content.folder / "issues" / SLUG / "issue.md"
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new), "utf-8")


def approve_all(office: Office, who: Person, locale: str = "ar") -> None:
    for domain in (SLUG, STANDING):
        assert messages.approve(office, who, domain, locale).refused == ()


def waiting(office: Office, locale: str = "ar") -> list[str]:
    return [str(problem.text.values["text"]) for problem in release.status(office, EDITOR, SLUG)[locale].problems]


HEADING = "Nieuwe regels in Centrum De Wadden"


def test_a_language_waits_until_every_message_is_approved(
    office: Office, content: Content, store: Store, yusuf: Person
) -> None:
    """A complete translation is not enough; then one changed letter in the file voids one approval."""
    state = release.status(office, EDITOR, SLUG)["ar"]
    assert state.readiness.translated == state.readiness.total == len(state.problems)
    approve_all(office, yusuf)
    assert waiting(office) == []
    assert release.status(office, EDITOR, SLUG)["ar"].readiness.states.keys() == {State.APPROVED}

    path = content.folder / content.catalog_file(SLUG, "ar")
    arabic = content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    path.write_text(path.read_text("utf-8").replace(f'msgstr "{arabic}"', f'msgstr "{arabic}."'), "utf-8")
    assert waiting(office) == [HEADING]


def test_a_changed_source_voids_the_approval_and_an_edit_of_white_space_or_a_link_does_not(
    office: Office, content: Content, store: Store, yusuf: Person
) -> None:
    edit(content, "Bewaar dit bericht of geef het door", "Bewaar dit\n bericht of [geef](https://a.example/1) het door")
    before = "Dit is het derde bericht"
    following.update_issue(office, EDITOR, SLUG)
    catalog, base = content.catalog(SLUG, "ar")
    entry = next(entry for entry in catalog.entries.values() if entry.msgid.startswith(before))
    fixed = entry.msgstr.rstrip(".") + " [link](https://a.example/1)."
    content.save_catalog(catalog.with_entry(type(entry)(entry.msgid, fixed)), base)
    approve_all(office, yusuf)

    edit(content, "https://a.example/1", "https://a.example/2")
    following.update_issue(office, EDITOR, SLUG)
    assert waiting(office) == []
    with store.reading() as session:
        msgid = next(msgid for msgid in content.catalog(SLUG, "ar")[0].entries if msgid.startswith(before))
        assert [row.deed for row in translators.history(session, msgid, "ar")] == ["carried"]

    edit(content, "U leest wat mensen", "U leest niet wat mensen")
    following.update_issue(office, EDITOR, SLUG)
    assert [begin[: len(before)] for begin in waiting(office)] == [before]


def test_who_wrote_a_translation_does_not_approve_it(
    office: Office, content: Content, store: Store, layla: Person, yusuf: Person
) -> None:
    before = content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    messages.save(office, layla, SLUG, "ar", msgid=HEADING, msgstr="القواعد الجديدة في Centrum De Wadden", seen=before)
    own = messages.approve(office, layla, SLUG, "ar", msgids=[HEADING])
    assert (own.count, [msgid for msgid, _reason in own.refused]) == (0, [HEADING])
    assert messages.approve(office, yusuf, SLUG, "ar", msgids=[HEADING]).count == 1
    with store.reading() as session:
        assert [(row.deed, row.person) for row in translators.history(session, HEADING, "ar")] == [
            ("saved", layla.uid),
            ("approved", yusuf.uid),
        ]


def test_an_organisation_may_waive_that_for_a_language_and_the_row_says_so(
    office: Office, content: Content, store: Store, layla: Person
) -> None:
    arabic = replace(house().locales["ar"], reviewer_may_be_author=True)
    own = replace(house(), locales={**house().locales, "ar": arabic})
    alone = replace(office, house=own, content=Content(content.folder, own))
    seen = alone.content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    messages.save(alone, layla, SLUG, "ar", msgid=HEADING, msgstr="القواعد الجديدة في Centrum De Wadden", seen=seen)
    assert messages.approve(alone, layla, SLUG, "ar", msgids=[HEADING]).count == 1
    with store.reading() as session:
        row = session.execute(text("SELECT waived FROM translation_approval")).scalar_one()
    assert row


def test_two_translators_save_the_same_message_and_the_second_is_shown_the_first(
    office: Office, content: Content, store: Store, layla: Person, yusuf: Person
) -> None:
    seen = content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    first = "القواعد الجديدة في Centrum De Wadden"
    messages.save(office, layla, SLUG, "ar", msgid=HEADING, msgstr=first, seen=seen)
    with pytest.raises(messages.MessageChangedError) as error:
        messages.save(office, yusuf, SLUG, "ar", msgid=HEADING, msgstr="شيء آخر", seen=seen)
    assert error.value.theirs == first
    assert first in str(error.value.text)
    assert content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr == first


@pytest.mark.promise("P10")
def test_a_blocking_finding_keeps_a_message_from_approval_until_it_is_dismissed_with_a_reason(
    office: Office, content: Content, store: Store, layla: Person, yusuf: Person
) -> None:
    msgid = next(msgid for msgid in content.catalog(SLUG, "ar")[0].entries if "010-000 0199" in msgid)
    seen = content.catalog(SLUG, "ar")[0].entries[msgid].msgstr
    wrong = seen.replace("[010-000 0199]", "[رقمنا]")
    found = messages.save(office, layla, SLUG, "ar", msgid=msgid, msgstr=wrong, seen=seen)
    assert {one.check for one in found if one.is_blocking} == {"protected", "contacts", "numbers"}
    refused = messages.approve(office, yusuf, SLUG, "ar", msgids=[msgid]).refused
    assert "010-000 0199" in str(refused[0][1])
    with pytest.raises(InvalidInputError):
        messages.dismiss(office, yusuf, SLUG, "ar", msgid=msgid, check="protected", reason=" ")
    for check in ("protected", "contacts", "numbers"):
        messages.dismiss(office, yusuf, SLUG, "ar", msgid=msgid, check=check, reason="het nummer staat eronder")
    assert messages.approve(office, yusuf, SLUG, "ar", msgids=[msgid]).count == 1


def test_only_a_translator_of_the_language_or_an_editor_works_on_it(
    office: Office, content: Content, store: Store, layla: Person
) -> None:
    for act in (
        lambda: messages.save(office, layla, SLUG, "en", msgid=HEADING, msgstr="x", seen=""),
        lambda: messages.approve(office, layla, SLUG, "en"),
        lambda: release.hold(office, layla, SLUG, "ar", reason="x"),
        lambda: release.undo(office, layla, SLUG, "ar"),
    ):
        with pytest.raises(NotAllowedError):
            act()


# ── the gate ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_editor_can_hold_a_language_leave_a_section_out_or_override_with_a_reason(
    office: Office, content: Content, store: Store, bram: Person, yusuf: Person
) -> None:
    approve_all(office, yusuf)
    edit(
        content,
        "Er komen acht nieuwe telefoons.",
        "Er komen negen nieuwe telefoons. Ook in de bibliotheek komt er een.",
    )
    following.update_issue(office, EDITOR, SLUG)
    assert len(waiting(office)) == 1

    with pytest.raises(InvalidInputError):
        release.override(office, bram, SLUG, "ar", reason="")
    release.hold(office, bram, SLUG, "ar", reason="Yusuf is ziek")
    assert release.status(office, EDITOR, SLUG)["ar"].held
    assert waiting(office) == []
    assert release.undo(office, bram, SLUG, "ar") == 1
    assert len(waiting(office)) == 1

    assert len(release.leave_out(office, bram, SLUG, "ar", reason="komt in januari")) == 1
    assert waiting(office) == []
    release.undo(office, bram, SLUG, "ar")

    release.override(office, bram, SLUG, "ar", reason="kleine wijziging")
    assert waiting(office) == []
    with store.reading() as session:
        kept = session.execute(text("SELECT decision, reason, ended_at IS NULL FROM locale_decision ORDER BY id")).all()
    assert [(row[0], row[1], bool(row[2])) for row in kept] == [
        ("hold", "Yusuf is ziek", False),
        ("leave-out", "komt in januari", False),
        ("override", "kleine wijziging", True),
    ]


def test_a_title_that_is_not_translated_cannot_be_left_out(
    office: Office, content: Content, store: Store, bram: Person, yusuf: Person
) -> None:
    approve_all(office, yusuf)
    edit(content, "title: Bericht van het Meldpunt, nummer 3", "title: Heel iets anders voor december")
    following.update_issue(office, EDITOR, SLUG)
    with pytest.raises(ConflictError):
        release.leave_out(office, bram, SLUG, "ar", reason="x")


@pytest.mark.promise("F20")
def test_a_catalog_that_is_broken_stops_everything_and_changes_nothing(
    office: Office, content: Content, store: Store
) -> None:
    """One broken file: no other catalog is brought up to date either."""
    broken = content.folder / content.catalog_file(STANDING, "ar")
    broken.write_text(broken.read_text("utf-8")[:-20], "utf-8")
    edit(content, "Er komen acht", "Er komen negen")
    before = {path: path.read_bytes() for path in content.folder.rglob("*") if path.is_file()}
    with pytest.raises(ContentError) as error:
        following.update_issue(office, EDITOR, SLUG)
    assert error.value.problems[0].place.file == content.catalog_file(STANDING, "ar")
    assert {path: path.read_bytes() for path in content.folder.rglob("*") if path.is_file()} == before


def test_history_cannot_be_changed(store: Store, layla: Person) -> None:
    """Append-only, by the database itself."""
    with store.transaction() as session:
        translators.write_down(session, Deed.SAVED, SLUG, "ar", [("a", "b")], person=layla.uid)
    with pytest.raises(DatabaseError, match="append-only"), store.transaction() as session:
        session.execute(text("UPDATE translation_history SET translation = 'x'"))


def test_an_approval_counts_for_the_text_wherever_it_returns(
    office: Office, content: Content, store: Store, yusuf: Person
) -> None:
    """The hash knows no issue: a standing text approved once is approved in every issue."""
    approve_all(office, yusuf)
    assert messages.approve(office, yusuf, STANDING, "ar").count == 0
    assert not any(
        one.place.file.startswith("issues/standing") for one in release.status(office, EDITOR, SLUG)["ar"].problems
    )


def test_a_text_that_was_approved_before_gets_its_translation_and_is_approved(
    office: Office, content: Content, store: Store, yusuf: Person
) -> None:
    """From memory, word for word: the next issue begins with what is known, and says how many that were."""
    approve_all(office, yusuf)
    before = content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    (content.folder / content.catalog_file(SLUG, "ar")).unlink()
    updated = following.update_issue(office, EDITOR, SLUG)
    arabic = next(one for one in updated if (one.domain, one.locale) == (SLUG, "ar"))
    assert (arabic.remembered, arabic.missing) == (arabic.total, 0)
    assert content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr == before
    assert waiting(office) == []


def test_what_is_pasted_cannot_close_the_catalog(office: Office, content: Content, store: Store, layla: Person) -> None:
    """Line ends around a text are dropped; a control character in it is refused, and the file stays as it was."""
    seen = content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    messages.save(office, layla, SLUG, "ar", msgid=HEADING, msgstr="\r\n قواعد \r\n", seen=seen)
    before = (content.folder / content.catalog_file(SLUG, "ar")).read_bytes()
    for pasted in ("قواعد\x0bجديدة", "x" * 9_000):
        with pytest.raises(ContentError):
            messages.save(office, layla, SLUG, "ar", msgid=HEADING, msgstr=pasted, seen="قواعد")
    assert (content.folder / content.catalog_file(SLUG, "ar")).read_bytes() == before
