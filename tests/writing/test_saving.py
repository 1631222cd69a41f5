"""Two people write one issue, a volunteer uses git beside them, and no word of any of them is lost."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from PIL import Image

from mailer.artefacts.email.images import ImageUnusableError
from mailer.document.parse import document_from
from mailer.ledger import writing as ledger
from mailer.ledger.states import MailingState
from mailer.ledger.tables import Mailing
from mailer.services.office import Office
from mailer.services.writing import history, issues, saving, unsaved
from mailer.services.writing.history import Change
from mailer.services.writing.saving import SavedMeanwhileError, open_issue, save_issue
from staff.people import Person, add_person
from staff.roles import Role
from tests.support.office import WholeOffice, office
from wording.errors import ConflictError, InvalidInputError, NotFoundError, ServiceError

SLUG = "los-2026-24"


@pytest.fixture
def opened(tmp_path: Path, database_url: str) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", database_url) as here:
        yield here


@pytest.fixture
def here(opened: WholeOffice) -> Office:
    return opened.office


@pytest.fixture
def bram(opened: WholeOffice) -> Person:
    return opened.editor


@pytest.fixture
def noor(opened: WholeOffice) -> Person:
    with opened.parts.store.transaction() as session:
        return add_person(session, "Noor", "noor@voorbeeld.example", [Role.EDITOR, Role.ADMIN])


def path_of(here: Office, slug: str = SLUG) -> Path:
    return here.content.folder / "issues" / slug / "issue.md"


def mailed(here: Office, slug: str, state: MailingState, finished_at: datetime | None = None) -> None:
    with here.store.transaction() as session:
        session.add(
            Mailing(issue_slug=slug, publication="los", content_hash="0" * 64, state=state, finished_at=finished_at)
        )


def test_who_saves_second_is_refused_with_both_texts_and_nothing_is_written_over(
    here: Office, bram: Person, noor: Person
) -> None:
    first, second = open_issue(here, bram, SLUG), open_issue(here, noor, SLUG)
    save_issue(here, bram, SLUG, first.text + "\nVan Bram.\n", first.hash)
    with pytest.raises(SavedMeanwhileError) as refused:
        save_issue(here, noor, SLUG, second.text + "\nVan Noor.\n", second.hash)
    assert refused.value.theirs.endswith("Van Bram.\n")
    assert path_of(here).read_text("utf-8").endswith("Van Bram.\n")
    together = refused.value.theirs + "\nVan Noor.\n"
    save_issue(here, noor, SLUG, together, refused.value.theirs_hash)
    assert path_of(here).read_text("utf-8") == together


def test_two_who_save_at_the_same_moment_are_one_save_and_one_refusal(here: Office, bram: Person, noor: Person) -> None:
    base, at_once = open_issue(here, bram, SLUG), Barrier(2)

    def press(who: Person) -> str:
        at_once.wait(60)
        try:
            save_issue(here, who, SLUG, f"{base.text}\nVan {who.name}.\n", base.hash)
        except SavedMeanwhileError:
            return "refused"
        return who.name

    with ThreadPoolExecutor(2) as pool:
        done = [one.result(90) for one in [pool.submit(press, who) for who in (bram, noor)]]
    assert done.count("refused") == 1
    (winner,) = set(done) - {"refused"}
    assert path_of(here).read_text("utf-8").endswith(f"Van {winner}.\n")
    assert history.history(here, bram, SLUG)[0].by == winner


def test_every_save_is_a_version_and_one_from_outside_is_kept_before_it(here: Office, bram: Person) -> None:
    base = open_issue(here, bram, SLUG)
    saved = save_issue(here, bram, SLUG, base.text + "\nEen.\n", base.hash)
    path_of(here).write_text(base.text + "\nMet git.\n", "utf-8")
    outside = open_issue(here, bram, SLUG)
    save_issue(here, bram, SLUG, base.text + "\nTwee.\n", outside.hash)
    versions = history.history(here, bram, SLUG)
    assert [one.by for one in versions] == ["Bram", "", "Bram", ""]
    assert versions[2].hash == saved.hash
    assert history.revision_text(here, bram, SLUG, versions[1].number).endswith("Met git.\n")
    with pytest.raises(NotFoundError):
        history.revision_text(here, bram, SLUG, 10**9)


def test_the_same_text_again_is_no_new_version(here: Office, bram: Person) -> None:
    base = open_issue(here, bram, SLUG)
    assert save_issue(here, bram, SLUG, base.text, base.hash).revision is None
    assert len(history.history(here, bram, SLUG)) == 1


def test_a_difference_names_the_words(here: Office, bram: Person) -> None:
    base = open_issue(here, bram, SLUG)
    first = save_issue(here, bram, SLUG, base.text + "\nDe deur is dicht, nu.\n", base.hash)
    second = save_issue(here, bram, SLUG, base.text + "\nDe deur is open, nu.\n", first.hash)
    assert first.revision is not None
    assert second.revision is not None
    parts = history.difference(here, bram, SLUG, first.revision, second.revision)
    assert [(one.change, one.words) for one in parts if one.change is not Change.SAME] == [
        (Change.REMOVED, "dicht"),
        (Change.ADDED, "open"),
    ]
    assert "".join(one.words for one in parts if one.change is not Change.REMOVED).endswith("is open, nu.\n")


def test_a_version_is_put_back_once_however_often_it_is_pressed(here: Office, bram: Person) -> None:
    base = open_issue(here, bram, SLUG)
    save_issue(here, bram, SLUG, base.text + "\nWeg hiermee.\n", base.hash)
    original = history.history(here, bram, SLUG)[-1]
    back = history.restore(here, bram, SLUG, original.number, open_issue(here, bram, SLUG).hash)
    assert path_of(here).read_text("utf-8") == base.text
    assert history.restore(here, bram, SLUG, original.number, back.hash).revision is None
    assert history.history(here, bram, SLUG)[0].restores == original.number
    with pytest.raises(SavedMeanwhileError):
        history.restore(here, bram, SLUG, original.number, "0" * 64)


@pytest.mark.parametrize("theirs", ["<<<<<<< HEAD\neen\n=======\ntwee\n>>>>>>> a\n", "", "Iets anders.\n"])
def test_a_file_that_changed_between_look_and_click_is_shown_not_overwritten(
    here: Office, bram: Person, theirs: str
) -> None:
    base = open_issue(here, bram, SLUG)
    path_of(here).write_text(theirs, "utf-8")
    with pytest.raises(SavedMeanwhileError) as refused:
        save_issue(here, bram, SLUG, base.text + "\nMijn zin.\n", base.hash)
    assert refused.value.theirs == theirs
    assert path_of(here).read_text("utf-8") == theirs


def test_a_file_that_was_removed_meanwhile_can_be_saved_anew(here: Office, bram: Person) -> None:
    base = open_issue(here, bram, SLUG)
    path_of(here).unlink()
    with pytest.raises(SavedMeanwhileError) as refused:
        save_issue(here, bram, SLUG, base.text, base.hash)
    assert (refused.value.theirs, refused.value.theirs_hash) == ("", "")


def test_a_file_that_became_read_only_is_left_alone(here: Office, bram: Person) -> None:
    base = open_issue(here, bram, SLUG)
    path_of(here).chmod(0o444)
    with pytest.raises(InvalidInputError):
        save_issue(here, bram, SLUG, base.text + "\nMeer.\n", base.hash)
    assert path_of(here).read_text("utf-8") == base.text
    assert len(history.history(here, bram, SLUG)) == 0


@pytest.mark.promise("F12")
def test_a_full_disk_leaves_text_versions_and_draft_as_they_were(
    here: Office, bram: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = open_issue(here, bram, SLUG)
    unsaved.keep_draft(here, bram, SLUG, "Getypt.", base.hash)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("mailer.files.os.fsync", full)
    with pytest.raises(ServiceError, match="No space"):
        save_issue(here, bram, SLUG, base.text + "\nMeer.\n", base.hash)
    assert path_of(here).read_text("utf-8") == base.text
    assert [one.name for one in path_of(here).parent.iterdir() if one.name.startswith(".")] == []
    assert history.history(here, bram, SLUG) == ()
    left = unsaved.draft(here, bram, SLUG)
    assert left is not None
    assert left.text == "Getypt."


@pytest.mark.parametrize("text", ["een\0teken", "\ud800", "a" * 300_000])
def test_what_no_file_may_hold_is_not_saved(here: Office, bram: Person, text: str) -> None:
    base = open_issue(here, bram, SLUG)
    with pytest.raises(InvalidInputError):
        save_issue(here, bram, SLUG, text, base.hash)
    with pytest.raises(InvalidInputError):
        unsaved.keep_draft(here, bram, SLUG, text, base.hash)
    assert path_of(here).read_text("utf-8") == base.text


def test_ends_of_lines_stay_as_a_text_editor_left_them(here: Office, bram: Person) -> None:
    """A browser sends CRLF for every line, whatever the file has."""
    for before in ("\n", "\r\n"):
        path_of(here).write_bytes(
            open_issue(here, bram, SLUG).text.replace("\r\n", "\n").replace("\n", before).encode()
        )
        base = open_issue(here, bram, SLUG)
        save_issue(here, bram, SLUG, base.text.replace("\r\n", "\n").replace("\n", "\r\n") + "Meer.\r\n", base.hash)
        data = path_of(here).read_bytes()
        assert data.count(b"\n") == data.count(before.encode())


def test_a_draft_is_its_writers_own_and_knows_how_many_saves_it_missed(
    here: Office, bram: Person, noor: Person
) -> None:
    base = open_issue(here, bram, SLUG)
    unsaved.keep_draft(here, noor, SLUG, "Van Noor, half af.", base.hash)
    last = base.hash
    for number in range(3):
        last = save_issue(here, bram, SLUG, f"{base.text}\nSave {number}.\n", last).hash
    assert unsaved.draft(here, bram, SLUG) is None
    old = unsaved.draft(here, noor, SLUG)
    assert old is not None
    assert (old.text, old.saves_since) == ("Van Noor, half af.", 3)
    with pytest.raises(SavedMeanwhileError):
        save_issue(here, noor, SLUG, old.text, old.base)
    assert unsaved.draft(here, noor, SLUG) == old, "the text of who lost stays a draft"
    save_issue(here, noor, SLUG, base.text + old.text, last)
    assert unsaved.draft(here, noor, SLUG) is None


def test_drafts_end_ninety_days_after_the_issue_was_sent_and_versions_stay(here: Office, bram: Person) -> None:
    base = open_issue(here, bram, SLUG)
    save_issue(here, bram, SLUG, base.text + "\nMeer.\n", base.hash)
    unsaved.keep_draft(here, bram, SLUG, "Getypt.", base.hash)
    unsaved.keep_draft(here, bram, "noo-2026-11", "Nooit verstuurd.", "")
    sent = datetime(2026, 1, 1, tzinfo=UTC)
    mailed(here, SLUG, MailingState.DONE, sent)
    for days, gone in ((89, 0), (91, 1), (92, 0)):
        with here.store.transaction() as session:
            assert ledger.forget_drafts(session, sent + timedelta(days=days)) == gone
    assert unsaved.draft(here, bram, SLUG) is None
    assert unsaved.draft(here, bram, "noo-2026-11") is not None
    assert history.history(here, bram, SLUG)


@pytest.mark.promise("row 5")
def test_a_picture_passes_the_decoder_and_never_replaces_one(here: Office, bram: Person) -> None:
    def photo(colour: str) -> bytes:
        made, exif = BytesIO(), Image.Exif()
        exif[0x010E] = "waar het was"
        noise = Image.effect_noise((3000, 20), 60).convert("RGB")
        Image.blend(noise, Image.new("RGB", noise.size, colour), 0.5).save(made, "JPEG", exif=exif)
        return made.getvalue()

    red = photo("red")
    name = saving.save_picture(here, bram, SLUG, "../../Een Foto.JPEG", red)
    assert name == "een-foto.jpg"
    assert saving.save_picture(here, bram, SLUG, "Een Foto.jpg", red) == name
    assert saving.save_picture(here, bram, SLUG, "Een Foto.jpg", photo("blue")) == "een-foto-2.jpg"
    kept = (path_of(here).parent / name).read_bytes()
    assert b"waar het was" not in kept
    with Image.open(BytesIO(kept)) as opened:
        assert opened.width == saving.PRINT_WIDTH
    for bad in (b"", b"<svg/>", red[:200]):
        with pytest.raises(ImageUnusableError):
            saving.save_picture(here, bram, SLUG, "x.jpg", bad)
    with pytest.raises(NotFoundError):
        saving.save_picture(here, bram, "los-2026-99", "x.jpg", red)


# ── issues ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_next_number_has_the_rhythm_and_the_sections_of_the_last(here: Office, bram: Person) -> None:
    last = here.content.read(SLUG).issue
    assert last is not None
    here = replace(here, clock=lambda: datetime(2026, 11, 27, 12, tzinfo=UTC))
    slug = issues.new_issue(here, bram, "los")
    assert slug == "los-2026-25"
    text = open_issue(here, bram, slug).text
    headings = [line for line in open_issue(here, bram, SLUG).text.splitlines() if line.startswith("## ")]
    assert [line for line in text.splitlines() if line.startswith("## ")] == headings
    assert [one.by for one in history.history(here, bram, slug)] == ["Bram"]
    assert issues.propose_issue(here, bram, "los").slug == "los-2026-26"


def test_the_sections_of_last_time_are_those_of_the_document_not_lines_that_look_like_them(
    here: Office, bram: Person
) -> None:
    headings = (
        '## Post {for} en meer {for="legal-aid" #post}',
        "```\n## geen rubriek\n```",
        "  ## Recht ##",
        "Agenda\n---",
    )
    text = "\n\n".join(headings)
    front = path_of(here).read_text("utf-8").partition("\n---\n")[0]
    path_of(here).write_text(f"{front}\n---\n{text}", "utf-8")
    assert issues.propose_issue(here, bram, "los").sections == ("Post {for} en meer", "Recht", "Agenda")
    slug = issues.new_issue(here, bram, "los")
    begun, _problems = document_from(open_issue(here, bram, slug).text.partition("\n---\n")[2])
    found = [(one.heading.markdown, one.anchor, one.audiences) for one in begun.body.sections]
    assert found == [
        ("Post {for} en meer", "post", frozenset({"legal-aid"})),
        ("Recht", "recht", None),
        ("Agenda", "agenda", None),
    ]


def test_the_year_turns(here: Office, bram: Person) -> None:
    here = replace(here, clock=lambda: datetime(2027, 1, 3, 12, tzinfo=UTC))
    proposed = issues.propose_issue(here, bram, "los")
    assert (proposed.slug, proposed.day.year) == ("los-2027-1", 2027)


def test_two_who_begin_the_same_number_are_one_issue_and_one_refusal(here: Office, bram: Person, noor: Person) -> None:
    at_once = Barrier(2)

    def begin(who: Person) -> str:
        at_once.wait(60)
        try:
            return issues.new_issue(here, who, "los", slug="los-2026-30")
        except ConflictError:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        done = [one.result(90) for one in [pool.submit(begin, who) for who in (bram, noor)]]
    assert sorted(done) == ["los-2026-30", "refused"]
    assert len(history.history(here, bram, "los-2026-30")) == 1


def test_a_renamed_issue_keeps_its_translations_versions_and_drafts(here: Office, bram: Person) -> None:
    slug, new = "meldpunt-2026-3", "meldpunt-2026-4"
    before = here.content.catalog(slug, "ar")[0].entries
    unsaved.keep_draft(here, bram, slug, "Getypt.", "")
    issues.rename_issue(here, bram, slug, new)
    assert here.content.catalog(new, "ar")[0].entries == before
    assert not path_of(here, slug).parent.exists()
    assert here.content.catalog(slug, "ar")[1] == ""
    assert unsaved.draft(here, bram, new) is not None
    assert len(history.history(here, bram, new)) == 1
    with pytest.raises(ConflictError):
        issues.rename_issue(here, bram, "los-2026-24", "los-2026-24")
    with pytest.raises(InvalidInputError):
        issues.rename_issue(here, bram, new, "los-2026-88")


@pytest.mark.parametrize("state", [MailingState.SCHEDULED, MailingState.DONE, MailingState.CANCELLED])
def test_an_issue_that_readers_know_keeps_its_name_and_the_name_is_never_used_again(
    here: Office, bram: Person, noor: Person, state: MailingState
) -> None:
    mailed(here, SLUG, state)
    with pytest.raises(ConflictError):
        issues.rename_issue(here, bram, SLUG, "los-2026-77")
    with pytest.raises(ConflictError):
        issues.delete_issue(here, noor, SLUG)
    assert path_of(here).exists()
    shutil.rmtree(path_of(here).parent)
    with pytest.raises(ConflictError):
        issues.new_issue(here, bram, "los", slug=SLUG)
    issues.new_issue(here, bram, "los", slug="los-2026-78")
    with pytest.raises(ConflictError):
        issues.rename_issue(here, bram, "los-2026-78", SLUG)


def test_a_deleted_issue_is_gone_with_its_catalogs_and_its_versions_stay(here: Office, noor: Person) -> None:
    slug = "meldpunt-2026-3"
    text = open_issue(here, noor, slug).text
    unsaved.keep_draft(here, noor, slug, "Getypt.", "")
    issues.delete_issue(here, noor, slug)
    assert slug not in here.content.slugs()
    assert here.content.catalog(slug, "ar")[1] == ""
    assert unsaved.draft(here, noor, slug) is None
    (version,) = history.history(here, noor, slug)
    assert history.revision_text(here, noor, slug, version.number) == text
    with pytest.raises(NotFoundError):
        issues.delete_issue(here, noor, slug)
