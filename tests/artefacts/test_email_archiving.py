"""Somebody puts a mailed issue on show, and takes it back; the files on disk follow."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select, update

from database.audit import AuditRow
from database.session import Store
from mailer.content import Content
from mailer.ledger import opening
from mailer.ledger.archive import ArchivedPage, on_show, pages
from mailer.ledger.frozen import ALTERED
from mailer.ledger.opening import EditionToFreeze
from mailer.organisation import Channel
from mailer.services.publishing import archive
from tests.support.desk_people import EDITOR
from tests.support.office import office_of
from wording.errors import ConflictError, ContentError, NotFoundError

SLUG, AUDIENCE = "noo-2026-11", "noo-national"
TRANSLATED = ("meldpunt-2026-3", "detention-friends")


def mail(store: Store, slug: str, audience: str) -> None:
    with store.transaction() as session:
        mailing = opening.open_mailing(session, slug=slug, publication=slug.partition("-")[0], content_hash="0" * 64)
        opening.freeze(session, mailing, EditionToFreeze(audience, "nl", Channel.EMAIL, "Bericht", html="<p>", text=""))


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_only_what_was_mailed_can_be_on_show(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ConflictError):
        archive.show(office_of(store), EDITOR, SLUG, AUDIENCE)
    assert archive.build(office_of(store), EDITOR, tmp_path / "web") == 1
    assert files(tmp_path / "web") == {"archief/stijl.css"}


def test_an_issue_on_show_is_there_until_it_is_withdrawn(store: Store, tmp_path: Path) -> None:
    mail(store, SLUG, AUDIENCE)
    archive.show(office_of(store), EDITOR, SLUG, AUDIENCE)
    count = archive.build(office_of(store), EDITOR, tmp_path / "web")
    built = files(tmp_path / "web")
    assert len(built) == count
    assert {f"nl/archief/{SLUG}/index.html", "nl/archief/index.html", "nl/feed.atom"} < built
    (tmp_path / "web" / "robots.txt").write_text("", "ascii")  # of somebody else: it stays
    archive.withdraw(office_of(store), EDITOR, SLUG)
    archive.build(office_of(store), EDITOR, tmp_path / "web")
    assert files(tmp_path / "web") == {"archief/stijl.css", "robots.txt"}


def test_a_translation_that_nobody_approved_does_not_become_public(store: Store, tmp_path: Path) -> None:
    mail(store, *TRANSLATED)
    with pytest.raises(ContentError):
        archive.show(office_of(store), EDITOR, *TRANSLATED)
    assert archive.build(office_of(store), EDITOR, tmp_path / "web") == 1


def test_a_page_stays_as_it_was_put_on_show_and_is_withdrawn_without_its_files(store: Store, content: Content) -> None:
    """The content folder may change or be gone: what is public is kept in the database, and goes from there at once."""
    here = office_of(store, content=content)
    mail(store, SLUG, AUDIENCE)
    archive.show(here, EDITOR, SLUG, AUDIENCE)
    before = archive.page(here, "nl", SLUG)
    shutil.rmtree(content.folder)
    assert archive.page(here, "nl", SLUG) == before
    assert before is not None
    archive.withdraw(office_of(store), EDITOR, SLUG)
    assert archive.page(here, "nl", SLUG) is None
    assert archive.feed(here, "nl", "feed.atom") is None


def test_a_page_that_was_altered_is_gone_and_told_once_a_day_and_the_others_are_there(store: Store) -> None:
    here = office_of(store)
    mail(store, SLUG, AUDIENCE)
    archive.show(here, EDITOR, SLUG, AUDIENCE)
    with store.transaction() as session:
        session.execute(update(ArchivedPage).values(leaf={"title": "Iets anders"}))
    for _twice in range(2):
        assert archive.page(here, "nl", SLUG) is None
        assert SLUG not in archive.shelf(here, "nl").decode()
    with store.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.event == ALTERED)).all()
    assert [(row.actor, row.detail) for row in rows] == [("archive", {"what": SLUG})]


def test_what_is_not_there_is_named_and_each_deed_is_written_down(store: Store) -> None:
    office = office_of(store)
    with pytest.raises(NotFoundError, match="niemand"):
        archive.show(office, EDITOR, SLUG, "niemand")
    with pytest.raises(NotFoundError, match=SLUG):
        archive.withdraw(office, EDITOR, SLUG)
    mail(store, SLUG, AUDIENCE)
    archive.show(office, EDITOR, SLUG, AUDIENCE)
    archive.withdraw(office, EDITOR, SLUG)
    with store.reading() as session:
        rows = session.scalars(select(AuditRow)).all()
    assert [(row.event, row.actor) for row in rows] == [
        ("archive_show", str(EDITOR.uid)),
        ("archive_withdraw", str(EDITOR.uid)),
    ]


def test_a_correction_keeps_the_first_day_and_says_when_it_changed(store: Store) -> None:
    mail(store, SLUG, AUDIENCE)
    for _twice in range(2):
        archive.show(office_of(store), EDITOR, SLUG, AUDIENCE)
    with store.reading() as session:
        [issue] = on_show(session)
        assert len(pages(session)) == 1
    assert issue.at < issue.updated_at
