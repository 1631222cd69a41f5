"""What a person saw is what is approved, and what was approved is what goes out, whoever saves a file meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailer import content
from mailer.guarded import read_inside
from mailer.ledger.tables import Approval, FrozenEdition, Mailing
from mailer.services.publishing.approval import Change, approve, proposal
from mailer.services.publishing.publish import publish
from mailer.services.translating import messages
from tests.support.office import WholeOffice, office
from wording.errors import ConflictError, ContentError, NotFoundError

SLUG = "meldpunt-2026-3"
ANNA = "anna@lezers.example"
NUMBERS = "| **46** | **23** |"
"""Of a table that every edition has: a number needs no translation."""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[WholeOffice]:
    """Everything is translated and approved by translators; one reader of each language."""
    with office(tmp_path / "content", f"sqlite:///{tmp_path}/postduif.sqlite") as here:
        here.subscribe(ANNA, "detention-friends", "nl")
        messages.approve_issue(here.office, here.editor, SLUG)
        yield here


def issue(here: WholeOffice) -> Path:
    return here.parts.content.folder / "issues" / SLUG / "issue.md"


def save(here: WholeOffice, old: str, new: str) -> None:
    before = issue(here).read_text("utf-8")
    assert old in before
    issue(here).write_text(before.replace(old, new), "utf-8")


def translated_anew(here: WholeOffice) -> None:
    """One Arabic heading, approved by a translator."""
    catalog = here.parts.content.folder / here.parts.content.catalog_file(SLUG, "ar")
    catalog.write_text(catalog.read_text("utf-8").replace('msgstr "الأبواب"', 'msgstr "أبواب الغرف"'), "utf-8")
    messages.approve_issue(here.office, here.editor, SLUG)


def rows(here: WholeOffice, table: type[Approval | Mailing]) -> int:
    with here.parts.store.reading() as session:
        return len(session.scalars(select(table)).all())


@pytest.mark.promise("P1")
def test_a_section_that_was_saved_between_the_look_and_the_click_is_not_approved(opened: WholeOffice) -> None:
    seen = proposal(opened.office, opened.approver, SLUG)
    save(opened, NUMBERS, "| **46** | **24** |")
    with pytest.raises(ConflictError, match=r"in: detention \(ar\), .*, detention-friends \(nl\)\."):
        approve(opened.office, opened.approver, SLUG, seen=seen.digest)
    assert rows(opened, Approval) == 0
    again = proposal(opened.office, opened.approver, SLUG)
    assert approve(opened.office, opened.approver, SLUG, seen=again.digest)


@pytest.mark.promise("P1")
def test_what_was_approved_and_changed_since_is_not_published_and_the_change_is_named(opened: WholeOffice) -> None:
    approved = opened.approve(SLUG)
    translated_anew(opened)
    with pytest.raises(ConflictError, match=r"in: detention \(ar\), detention-friends \(ar\)\."):
        publish(opened.office, opened.editor, SLUG, approved=approved)
    found = proposal(opened.office, opened.editor, SLUG)
    assert {one.name for one in found.editions if one.change is Change.CHANGED} == {
        "detention (ar)",
        "detention-friends (ar)",
    }
    assert rows(opened, Mailing) == found.approvals == 0


@pytest.mark.parametrize("garbled", ["", "x", ";=;;", "0" * 64])
def test_what_is_no_digest_of_this_issue_approves_nothing(opened: WholeOffice, garbled: str) -> None:
    with pytest.raises(ConflictError):
        approve(opened.office, opened.approver, SLUG, seen=garbled)
    assert rows(opened, Approval) == 0


def removed(path: Path) -> None:
    path.unlink()


def left_with_conflict_marks(path: Path) -> None:
    path.write_text("<<<<<<< HEAD\n" + path.read_text("utf-8"), "utf-8")


def not_text_any_more(path: Path) -> None:
    path.write_bytes(b"\xff\xfe" + path.read_bytes())


@pytest.mark.parametrize("happens", [removed, left_with_conflict_marks, not_text_any_more])
def test_a_file_that_is_broken_between_look_and_click_is_told_and_nothing_is_half_done(
    opened: WholeOffice, happens: Callable[[Path], None]
) -> None:
    approved = opened.approve(SLUG)
    happens(issue(opened))
    with pytest.raises((ContentError, NotFoundError, ConflictError)):
        publish(opened.office, opened.editor, SLUG, approved=approved)
    assert rows(opened, Mailing) == 0


@pytest.mark.promise("P1")
def test_a_file_that_is_saved_while_it_is_published_does_not_reach_a_reader(opened: WholeOffice) -> None:
    """A text, and how many copies a reader gets, both saved after they were checked."""
    approved = opened.approve(SLUG)

    def typeset(jobs: object) -> list[bytes]:
        save(opened, NUMBERS, "| **46** | **8842** |")
        save(opened, "\ndate:", "\ncopies: each\ndate:")
        return opened.parts.typesetter.pdfs(jobs)  # type: ignore[arg-type]

    done = publish(replace(opened.office, typeset=typeset), opened.editor, SLUG, approved=approved)
    assert done.deliveries == 1
    with opened.parts.store.reading() as session:
        (frozen,) = session.scalars(
            select(FrozenEdition).where(FrozenEdition.audience == "detention-friends", FrozenEdition.locale == "nl")
        )
    assert "23" in (frozen.text or "")
    assert "8842" not in (frozen.text or "")


def test_each_file_is_read_once_from_the_check_to_the_freeze(
    opened: WholeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved = opened.approve(SLUG)
    with counted(monkeypatch) as times:
        publish(opened.office, opened.editor, SLUG, approved=approved)
    assert {path.suffix for path in times} >= {".md", ".po", ".png"}
    assert {path: count for path, count in times.items() if count > 1} == {}


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[Path]]:
    """How often each content file is read while the block runs: there is one way to read them."""
    times: Counter[Path] = Counter()

    def counting(folder: Path, path: Path, *rest: Any, **more: Any) -> bytes | None:
        times[path] += 1
        return read_inside(folder, path, *rest, **more)

    with monkeypatch.context() as patched:
        patched.setattr(content, "read_inside", counting)
        yield times
