"""An approval holds for each edition by itself: what is not altered stays approved, and changed words can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.ledger import opening
from mailer.organisation import Copies
from mailer.services.publishing import approvals as pure
from mailer.services.publishing.approval import Change, approve, proposal
from mailer.services.publishing.approvals import COPIES, Now, whole_hash
from mailer.services.publishing.changes import changed_words
from mailer.services.publishing.publish import publish
from mailer.services.translating import messages, release
from mailer.services.writing import history
from tests.support.office import WholeOffice, office
from wording.errors import NotAllowedError, NotFoundError

SLUG = "meldpunt-2026-3"
ARABIC = ("detention (ar)", "detention-friends (ar)")
FRIENDS = "detention-friends (nl)"


@pytest.fixture
def opened(tmp_path: Path, database_url: str) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", database_url) as here:
        here.subscribe("anna@lezers.example", "detention-friends", "nl")
        messages.approve_issue(here.office, here.editor, SLUG)
        yield here


def translate_anew(here: WholeOffice) -> None:
    catalog = here.parts.content.folder / here.parts.content.catalog_file(SLUG, "ar")
    catalog.write_text(catalog.read_text("utf-8").replace('msgstr "الأبواب"', 'msgstr "أبواب الغرف"'), "utf-8")
    messages.approve_issue(here.office, here.editor, SLUG)


def test_a_language_that_comes_later_is_approved_alone_and_voids_nothing(opened: WholeOffice) -> None:
    here = opened.office
    release.hold(here, opened.editor, SLUG, "ar", reason="de vertaler is ziek")
    opened.approve(SLUG)
    release.undo(here, opened.editor, SLUG, "ar")
    later = proposal(here, opened.editor, SLUG)
    assert {one.name: one.change for one in later.editions if one.change is not Change.SAME} == dict.fromkeys(
        ARABIC, Change.NEW
    )
    assert {one.name for one in later.editions if not one.approvals} == set(ARABIC)
    with pytest.raises(NotAllowedError, match=r"detention \(ar\), detention-friends \(ar\)"):
        publish(here, opened.editor, SLUG, approved=later.digest)
    assert approve(here, opened.approver, SLUG, seen=later.digest, editions=ARABIC)
    assert not approve(here, opened.approver, SLUG, seen=later.digest, editions=ARABIC)
    assert publish(here, opened.editor, SLUG, approved=later.digest).deliveries == 1


def test_a_change_voids_the_editions_it_alters_and_says_which_words(opened: WholeOffice) -> None:
    here = opened.office
    opened.approve(SLUG)
    translate_anew(opened)
    seen = proposal(here, opened.approver, SLUG)
    assert {one.name for one in seen.editions if not one.approvals} == set(ARABIC)
    parts = changed_words(here, opened.approver, SLUG, ARABIC[1])
    assert parts is not None
    added = [one.words for one in parts if one.change is history.Change.ADDED]
    assert "أبواب" in "".join(added)
    same = changed_words(here, opened.approver, SLUG, FRIENDS)
    assert same is not None
    assert {one.change for one in same} == {history.Change.SAME}
    approve(here, opened.approver, SLUG, seen=seen.digest, editions=ARABIC)
    assert publish(here, opened.editor, SLUG, approved=seen.digest).mailing


def test_an_edition_that_there_is_not_cannot_be_approved_or_compared(opened: WholeOffice) -> None:
    seen = proposal(opened.office, opened.approver, SLUG)
    with pytest.raises(NotFoundError):
        approve(opened.office, opened.approver, SLUG, seen=seen.digest, editions=["legal-aid (fr)"])
    with pytest.raises(NotFoundError):
        changed_words(opened.office, opened.approver, SLUG, "legal-aid (fr)")
    assert changed_words(opened.office, opened.approver, SLUG, FRIENDS) is None


def test_an_editor_who_is_approver_too_does_not_approve_for_herself(opened: WholeOffice) -> None:
    """Each edition needs someone else: that another approved one language does not let the rest through."""
    seen = proposal(opened.office, opened.approver, SLUG)
    approve(opened.office, opened.approver, SLUG, seen=seen.digest, editions=ARABIC)
    with opened.parts.store.transaction() as session:
        hashes = {one.name: one.hash for one in seen.editions}
        whole = whole_hash(hashes.values(), seen.copies)
        opening.approve(session, slug=SLUG, content_hash=whole, person=opened.editor.uid, editions=hashes)
    with pytest.raises(NotAllowedError):
        publish(opened.office, opened.editor, SLUG, approved=seen.digest)


KEPT = {"a (ar)": {"8" * 64: 7}}
"""A corrected typing error."""


class Row:
    """An approval as the table has it."""

    person, at = None, None

    def __init__(self, editions: dict[str, str], copies: Copies = Copies.ONE, *, whole: str = "") -> None:
        self.editions = {} if whole else editions
        self.kept = KEPT
        self.content_hash = whole or whole_hash(editions.values(), copies)


HASHES = {"a (nl)": "1" * 64, "a (ar)": "2" * 64}


@pytest.mark.parametrize(
    ("row", "now", "held", "changed"),
    [
        (Row(HASHES), Now(HASHES, Copies.ONE), set(HASHES), ()),
        (Row(HASHES), Now({**HASHES, "a (en)": "3" * 64}, Copies.ONE), set(HASHES), ()),
        (Row(HASHES), Now({**HASHES, "a (ar)": "9" * 64}, Copies.ONE), {"a (nl)"}, ("a (ar)",)),
        (Row(HASHES), Now({"a (nl)": "1" * 64}, Copies.ONE), {"a (nl)"}, ("a (ar)",)),
        (Row(HASHES), Now({**HASHES, "a (ar)": "8" * 64}, Copies.ONE), set(HASHES), ()),
        (Row(HASHES), Now({**HASHES, "a (ar)": "8" * 64}, Copies.EACH), set(), (COPIES,)),
        (Row(HASHES), Now(HASHES, Copies.EACH), set(), (COPIES,)),
        (Row(HASHES, Copies.EACH), Now(HASHES, Copies.EACH), set(HASHES), ()),
        (Row(HASHES, whole=Now(HASHES, Copies.ONE).whole), Now(HASHES, Copies.ONE), set(HASHES), ()),
        (Row(HASHES, whole="0" * 64), Now(HASHES, Copies.ONE), set(), (COPIES,)),
    ],
)
def test_an_approval_of_a_database_of_today_holds_for_the_editions_that_are_the_same(
    row: Row, now: Now, held: set[str], changed: tuple[str, ...]
) -> None:
    assert pure.holds_for(row, now) == held  # type: ignore[arg-type]
    assert pure.changed_since(row, now) == changed  # type: ignore[arg-type]
