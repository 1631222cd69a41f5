"""An approval outlives a corrected typing error, in every language, and nothing that is more than that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from database.audit import AuditRow
from mailer.ledger import opening
from mailer.services.office import Office
from mailer.services.publishing.approval import Change, Proposal, approve, proposal
from mailer.services.publishing.publish import publish
from mailer.services.publishing.renewing import renewed
from mailer.services.publishing.typos import Corrected, MoreThanTypoError, correct_typo, outlived
from mailer.services.translating import messages
from mailer.services.writing import history, saving
from mailer.services.writing.saving import SavedMeanwhileError, open_issue
from staff.people import Person, add_person
from staff.roles import Role
from tests.support.house import ROOT
from tests.support.office import WholeOffice, office
from tests.support.staff_mail import mailed
from wording.errors import InvalidInputError, NotAllowedError

_LIKE, _NUMBERS = "los-2026-24", count(60)
RIGHT, WRONG = "hun begroting", "hun begrotnig"


@dataclass(frozen=True)
class Approved:
    """An issue with a typing error that Amina approved in every language; Loes writes and approves."""

    whole: WholeOffice
    slug: str
    loes: Person

    @property
    def office(self) -> Office:
        return self.whole.office

    @property
    def bram(self) -> Person:
        return self.whole.editor

    def seen(self) -> Proposal:
        return proposal(self.office, self.whole.approver, self.slug)

    def correct(self, old: str = WRONG, new: str = RIGHT, by: Person | None = None) -> Corrected:
        there = open_issue(self.office, self.bram, self.slug)
        assert old in there.text
        text, reason = there.text.replace(old, new), "twee letters verwisseld"
        return correct_typo(self.office, by or self.bram, self.slug, text, there.hash, reason=reason)


@pytest.fixture(scope="module")
def opened(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WholeOffice, Person]]:
    with office(tmp_path_factory.mktemp("typos") / "content", shared_database_url) as here:
        here.subscribe("anna@lezers.example", "migrant-orgs", "en")
        with here.parts.store.transaction() as session:
            loes = add_person(session, "Loes", "loes@voorbeeld.example", [Role.EDITOR, Role.APPROVER])
        yield here, loes


@pytest.fixture
def issue(opened: tuple[WholeOffice, Person]) -> Iterator[Approved]:
    """An issue of its own for each test; what it says, no other issue says: a word that others use is no error."""
    whole, loes = opened
    slug, folder = f"los-2026-{next(_NUMBERS)}", whole.parts.content.folder
    shutil.copytree(ROOT / "issues" / _LIKE, folder / "issues" / slug)
    catalog = folder / whole.parts.content.catalog_file(slug, "en")
    shutil.copy(ROOT / whole.parts.content.catalog_file(_LIKE, "en"), catalog)
    for path in (folder / "issues" / slug / "issue.md", catalog):
        text = path.read_text("utf-8")
        assert RIGHT in text
        path.write_text(text.replace(RIGHT, WRONG), "utf-8")
    messages.approve_issue(whole.office, whole.editor, slug)
    whole.approve(slug)
    yield Approved(whole, slug, loes)
    shutil.rmtree(folder / "issues" / slug)


def test_a_corrected_error_lets_approvals_stand_and_those_who_gave_them_know(issue: Approved) -> None:
    before = issue.seen()
    approve(issue.office, issue.loes, issue.slug, seen=before.digest)
    done = issue.correct(by=issue.loes)
    after, version = issue.seen(), done.saved.revision
    old, new = ({one.name: one.hash for one in each.editions} for each in (before, after))
    assert version is not None
    assert done.kept == 2
    assert {name for name in old if old[name] == new[name]} == {
        "migrant-orgs (en)",
        "womens-orgs (en)",
    }  # the error was Dutch
    assert ({one.change for one in after.editions}, after.approvals) == ({Change.SAME}, 2)
    found = renewed(issue.office, issue.bram, issue.slug)
    assert ([one.typos for one in found.approvals], found.unapproved) == ([(version,)] * 2, ())
    assert [one.changed for one in found.approvals] == [()] * 2
    changed = {name: {new[name]: version} for name in old if old[name] != new[name]}
    with issue.office.store.reading() as session:
        assert [(row.editions, row.kept) for row in opening.all_approvals(session, issue.slug)] == [(old, changed)] * 2
        rows = [row for row in session.scalars(select(AuditRow)) if row.detail.get("issue") == issue.slug]
    told = [row.detail for row in rows if row.event == "keep_approval"]
    assert {(one["edition"], one["before"], one["after"]) for one in told} == {
        (name, old[name], new[name]) for name in changed
    }
    assert {one["version"] for one in told} == {version}
    mails = [one for one in mailed(issue.office.store, issue.office.house) if "tikfout" in one.subject]
    assert [one.to for one in mails] == [issue.whole.approver.email]
    assert "[begrotnig→begroting]" in mails[0].text
    assert "twee letters verwisseld" in mails[0].text
    assert history.history(issue.office, issue.bram, issue.slug)[0].typo == "twee letters verwisseld"
    assert outlived(issue.office, issue.bram, issue.slug, version) == ("Amina", "Loes")
    assert outlived(issue.office, issue.bram, issue.slug, version - 1) is None
    assert publish(issue.office, issue.loes, issue.slug, approved=after.digest).deliveries == 1


def test_what_is_more_than_that_is_not_saved_and_voids_nothing(issue: Approved) -> None:
    before = open_issue(issue.office, issue.bram, issue.slug)
    for old, new in (
        ("al maanden wachten", "al jaren wachten"),
        ("De gemeente moet", "De gemeente mag"),
        (WRONG, f"{RIGHT} niet"),
        ("{date:2026-12-09}", "{date:2026-12-10}"),
        ("https://uitspraken.example/99021", "https://uitspraken.example/99022"),
        ("date: 2026-11-26", "date: 2026-11-27"),
    ):
        with pytest.raises(MoreThanTypoError):
            issue.correct(old, new)
    text = before.text.replace(WRONG, RIGHT)
    with pytest.raises(InvalidInputError):
        correct_typo(issue.office, issue.bram, issue.slug, text, before.hash, reason="  ")
    with pytest.raises(NotAllowedError):
        correct_typo(issue.office, issue.whole.approver, issue.slug, text, before.hash, reason="x")
    with pytest.raises(SavedMeanwhileError):
        correct_typo(issue.office, issue.bram, issue.slug, text, "0" * 64, reason="x")
    assert open_issue(issue.office, issue.bram, issue.slug) == before
    assert correct_typo(issue.office, issue.bram, issue.slug, before.text, before.hash, reason="x").kept == 0
    assert issue.seen().approvals == 1


def test_one_correction_after_another_leads_no_further_than_from_what_was_approved(issue: Approved) -> None:
    """Each step is two letters; together they are another word, and what holds no more is not brought back."""
    assert issue.correct("begrotnig", "begrotnigeg").kept == 1
    assert issue.correct("begrotnigeg", "begrotnigegel").kept == 0
    with pytest.raises(NotAllowedError):
        publish(issue.office, issue.bram, issue.slug, approved=issue.seen().digest)
    assert issue.correct("begrotnigegel", "begrotnigege").kept == 0


def test_a_picture_that_came_meanwhile_voids_the_approval(issue: Approved, monkeypatch: pytest.MonkeyPatch) -> None:
    save, folder = saving.save, issue.office.content.folder / "issues" / issue.slug

    def with_a_picture(*given: object, **named: object) -> object:
        Path(folder / "nieuw.png").write_bytes(b"x")
        return save(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("mailer.services.publishing.typos.save", with_a_picture)
    assert issue.correct().kept == 0
