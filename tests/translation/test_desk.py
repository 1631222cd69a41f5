"""The desk of translators: nothing goes out that nobody else approved, and nobody's work is written over."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from database.session import Store
from mailer.content import Content
from mailer.ledger import translators
from mailer.services.translating import messages, release
from mailer.translation.approval import State
from mailer.translation.extract import STANDING
from staff.people import Person, add_person
from staff.roles import Role
from tests.support.house import ROOT, house
from wording.errors import ContentError, NotAllowedError

SLUG = "meldpunt-2026-3"


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """The detention issue with its complete English and Arabic catalogs."""
    for folder in (f"issues/{SLUG}", "issues/standing", "translations"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return Content(tmp_path, house())


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


def approve_all(content: Content, store: Store, who: Person, locale: str = "ar") -> None:
    for domain in (SLUG, STANDING):
        assert messages.approve(content, store, domain, locale, person=who).refused == ()


def waiting(content: Content, store: Store, locale: str = "ar") -> list[str]:
    return [str(problem.text.values["text"]) for problem in release.status(content, store, SLUG)[locale].problems]


HEADING = "Nieuwe regels in Centrum De Wadden"


def test_a_language_waits_until_every_message_is_approved(content: Content, store: Store, yusuf: Person) -> None:
    """A complete translation is not enough; then one changed letter in the file voids one approval."""
    state = release.status(content, store, SLUG)["ar"]
    assert state.readiness.translated == state.readiness.total == len(state.problems)
    approve_all(content, store, yusuf)
    assert waiting(content, store) == []
    assert release.status(content, store, SLUG)["ar"].readiness.states.keys() == {State.APPROVED}

    path = content.folder / content.catalog_file(SLUG, "ar")
    arabic = content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    path.write_text(path.read_text("utf-8").replace(f'msgstr "{arabic}"', f'msgstr "{arabic}."'), "utf-8")
    assert waiting(content, store) == [HEADING]


def test_a_changed_source_voids_the_approval_and_an_edit_of_white_space_or_a_link_does_not(
    content: Content, store: Store, yusuf: Person
) -> None:
    edit(content, "Bewaar dit bericht of geef het door", "Bewaar dit\n bericht of [geef](https://a.example/1) het door")
    before = "Dit is het derde bericht"
    messages.update_issue(content, store, SLUG)
    catalog, base = content.catalog(SLUG, "ar")
    entry = next(entry for entry in catalog.entries.values() if entry.msgid.startswith(before))
    fixed = entry.msgstr.rstrip(".") + " [link](https://a.example/1)."
    content.save_catalog(catalog.with_entry(type(entry)(entry.msgid, fixed)), base)
    approve_all(content, store, yusuf)

    edit(content, "https://a.example/1", "https://a.example/2")
    messages.update_issue(content, store, SLUG)
    assert waiting(content, store) == []
    with store.reading() as session:
        msgid = next(msgid for msgid in content.catalog(SLUG, "ar")[0].entries if msgid.startswith(before))
        assert [row.deed for row in translators.history(session, msgid, "ar")] == ["carried"]

    edit(content, "U leest wat mensen", "U leest niet wat mensen")
    messages.update_issue(content, store, SLUG)
    assert [begin[: len(before)] for begin in waiting(content, store)] == [before]


def test_who_wrote_a_translation_does_not_approve_it(
    content: Content, store: Store, layla: Person, yusuf: Person
) -> None:
    before = content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    messages.save(
        content,
        store,
        SLUG,
        "ar",
        msgid=HEADING,
        msgstr="القواعد الجديدة في Centrum De Wadden",
        seen=before,
        person=layla,
    )
    own = messages.approve(content, store, SLUG, "ar", msgids=[HEADING], person=layla)
    assert (own.count, [msgid for msgid, _reason in own.refused]) == (0, [HEADING])
    assert messages.approve(content, store, SLUG, "ar", msgids=[HEADING], person=yusuf).count == 1
    with store.reading() as session:
        assert [(row.deed, row.person) for row in translators.history(session, HEADING, "ar")] == [
            ("saved", layla.uid),
            ("approved", yusuf.uid),
        ]


def test_an_organisation_may_waive_that_for_a_language_and_the_row_says_so(
    content: Content, store: Store, layla: Person
) -> None:
    arabic = replace(house().locales["ar"], reviewer_may_be_author=True)
    alone = Content(content.folder, replace(house(), locales={**house().locales, "ar": arabic}))
    seen = alone.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    messages.save(
        alone, store, SLUG, "ar", msgid=HEADING, msgstr="القواعد الجديدة في Centrum De Wadden", seen=seen, person=layla
    )
    assert messages.approve(alone, store, SLUG, "ar", msgids=[HEADING], person=layla).count == 1
    with store.reading() as session:
        row = session.execute(text("SELECT waived FROM translation_approval")).scalar_one()
    assert row


def test_two_translators_save_the_same_message_and_the_second_is_shown_the_first(
    content: Content, store: Store, layla: Person, yusuf: Person
) -> None:
    seen = content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    first = "القواعد الجديدة في Centrum De Wadden"
    messages.save(content, store, SLUG, "ar", msgid=HEADING, msgstr=first, seen=seen, person=layla)
    with pytest.raises(messages.MessageChangedError) as error:
        messages.save(content, store, SLUG, "ar", msgid=HEADING, msgstr="شيء آخر", seen=seen, person=yusuf)
    assert error.value.theirs == first
    assert first in str(error.value.text)
    assert content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr == first


def test_a_blocking_finding_keeps_a_message_from_approval_until_it_is_dismissed_with_a_reason(
    content: Content, store: Store, layla: Person, yusuf: Person
) -> None:
    msgid = next(msgid for msgid in content.catalog(SLUG, "ar")[0].entries if "010-000 0199" in msgid)
    seen = content.catalog(SLUG, "ar")[0].entries[msgid].msgstr
    wrong = seen.replace("[010-000 0199]", "[رقمنا]")
    found = messages.save(content, store, SLUG, "ar", msgid=msgid, msgstr=wrong, seen=seen, person=layla)
    assert {one.check for one in found if one.is_blocking} == {"protected", "contacts", "numbers"}
    refused = messages.approve(content, store, SLUG, "ar", msgids=[msgid], person=yusuf).refused
    assert "010-000 0199" in str(refused[0][1])
    with pytest.raises(NotAllowedError):
        messages.dismiss(content, store, SLUG, "ar", msgid=msgid, check="protected", reason=" ", person=yusuf)
    for check in ("protected", "contacts", "numbers"):
        messages.dismiss(
            content, store, SLUG, "ar", msgid=msgid, check=check, reason="het nummer staat eronder", person=yusuf
        )
    assert messages.approve(content, store, SLUG, "ar", msgids=[msgid], person=yusuf).count == 1


def test_only_a_translator_of_the_language_or_an_editor_works_on_it(
    content: Content, store: Store, layla: Person
) -> None:
    for act in (
        lambda: messages.save(content, store, SLUG, "en", msgid=HEADING, msgstr="x", seen="", person=layla),
        lambda: messages.approve(content, store, SLUG, "en", person=layla),
        lambda: release.hold(content, store, SLUG, "ar", reason="x", person=layla),
        lambda: release.undo(store, SLUG, "ar", layla),
    ):
        with pytest.raises(NotAllowedError):
            act()


# ── the gate ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_editor_can_hold_a_language_leave_a_section_out_or_override_with_a_reason(
    content: Content, store: Store, bram: Person, yusuf: Person
) -> None:
    approve_all(content, store, yusuf)
    edit(
        content,
        "Er komen acht nieuwe telefoons.",
        "Er komen negen nieuwe telefoons. Ook in de bibliotheek komt er een.",
    )
    messages.update_issue(content, store, SLUG)
    assert len(waiting(content, store)) == 1

    with pytest.raises(NotAllowedError):
        release.override(content, store, SLUG, "ar", reason="", person=bram)
    release.hold(content, store, SLUG, "ar", reason="Yusuf is ziek", person=bram)
    assert release.status(content, store, SLUG)["ar"].held
    assert waiting(content, store) == []
    assert release.undo(store, SLUG, "ar", bram) == 1
    assert len(waiting(content, store)) == 1

    assert len(release.leave_out(content, store, SLUG, "ar", reason="komt in januari", person=bram)) == 1
    assert waiting(content, store) == []
    release.undo(store, SLUG, "ar", bram)

    release.override(content, store, SLUG, "ar", reason="kleine wijziging", person=bram)
    assert waiting(content, store) == []
    with store.reading() as session:
        kept = session.execute(text("SELECT decision, reason, ended_at IS NULL FROM locale_decision ORDER BY id")).all()
    assert [(row[0], row[1], bool(row[2])) for row in kept] == [
        ("hold", "Yusuf is ziek", False),
        ("leave-out", "komt in januari", False),
        ("override", "kleine wijziging", True),
    ]


def test_a_title_that_is_not_translated_cannot_be_left_out(
    content: Content, store: Store, bram: Person, yusuf: Person
) -> None:
    approve_all(content, store, yusuf)
    edit(content, "title: Bericht van het Meldpunt, nummer 3", "title: Heel iets anders voor december")
    messages.update_issue(content, store, SLUG)
    with pytest.raises(NotAllowedError):
        release.leave_out(content, store, SLUG, "ar", reason="x", person=bram)


def test_a_catalog_that_is_broken_stops_everything_and_changes_nothing(content: Content, store: Store) -> None:
    """One broken file: no other catalog is brought up to date either."""
    broken = content.folder / content.catalog_file(STANDING, "ar")
    broken.write_text(broken.read_text("utf-8")[:-20], "utf-8")
    edit(content, "Er komen acht", "Er komen negen")
    before = {path: path.read_bytes() for path in content.folder.rglob("*") if path.is_file()}
    with pytest.raises(ContentError) as error:
        messages.update_issue(content, store, SLUG)
    assert error.value.problems[0].place.file == content.catalog_file(STANDING, "ar")
    assert {path: path.read_bytes() for path in content.folder.rglob("*") if path.is_file()} == before


def test_history_cannot_be_changed(store: Store, layla: Person) -> None:
    """Append-only, by the database itself."""
    with store.transaction() as session:
        translators.write_down(session, translators.Deed.SAVED, SLUG, "ar", [("a", "b")], person=layla.uid)
    with pytest.raises(DatabaseError, match="append-only"), store.transaction() as session:
        session.execute(text("UPDATE translation_history SET translation = 'x'"))


def test_an_approval_counts_for_the_text_wherever_it_returns(content: Content, store: Store, yusuf: Person) -> None:
    """The hash knows no issue: a standing text approved once is approved in every issue."""
    approve_all(content, store, yusuf)
    assert messages.approve(content, store, STANDING, "ar", person=yusuf).count == 0
    assert not any(
        one.place.file.startswith("issues/standing") for one in release.status(content, store, SLUG)["ar"].problems
    )


def test_a_text_that_was_approved_before_gets_its_translation_and_is_approved(
    content: Content, store: Store, yusuf: Person
) -> None:
    """From memory, word for word: the next issue begins with what is known, and says how many that were."""
    approve_all(content, store, yusuf)
    before = content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    (content.folder / content.catalog_file(SLUG, "ar")).unlink()
    updated = messages.update_issue(content, store, SLUG)
    arabic = next(one for one in updated if (one.domain, one.locale) == (SLUG, "ar"))
    assert (arabic.remembered, arabic.missing) == (arabic.total, 0)
    assert content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr == before
    assert waiting(content, store) == []


def test_what_is_pasted_cannot_close_the_catalog(content: Content, store: Store, layla: Person) -> None:
    """Line ends around a text are dropped; a control character in it is refused, and the file stays as it was."""
    seen = content.catalog(SLUG, "ar")[0].entries[HEADING].msgstr
    messages.save(content, store, SLUG, "ar", msgid=HEADING, msgstr="\r\n قواعد \r\n", seen=seen, person=layla)
    before = (content.folder / content.catalog_file(SLUG, "ar")).read_bytes()
    for pasted in ("قواعد\x0bجديدة", "x" * 9_000):
        with pytest.raises(ContentError):
            messages.save(content, store, SLUG, "ar", msgid=HEADING, msgstr=pasted, seen="قواعد", person=layla)
    assert (content.folder / content.catalog_file(SLUG, "ar")).read_bytes() == before
