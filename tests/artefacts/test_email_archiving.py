"""Somebody puts a mailed issue on show, and takes it back; the files on disk follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from database.session import Store
from mailer.content import Content
from mailer.errors import ContentError, NotAllowedError
from mailer.ledger import opening
from mailer.ledger.opening import EditionToFreeze
from mailer.organisation import Channel
from mailer.services import archiving
from mailer.services.publishing import Press
from tests.artefacts.email_tools import ROOT, house

SLUG, AUDIENCE = "noo-2026-11", "noo-national"
TRANSLATED = ("meldpunt-2026-3", "detention-friends")


def press() -> Press:
    return Press(house(), Content(ROOT, house()), lambda _jobs: [])


def mail(store: Store, slug: str, audience: str) -> None:
    with store.transaction() as session:
        mailing = opening.open_mailing(session, slug=slug, publication=slug.partition("-")[0], content_hash="0" * 64)
        opening.freeze(session, mailing, EditionToFreeze(audience, "nl", Channel.EMAIL, "Bericht", html="<p>", text=""))


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_only_what_was_mailed_can_be_on_show(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError):
        archiving.show(press(), store, SLUG, AUDIENCE)
    assert archiving.build(press(), store, tmp_path / "web") == 1
    assert files(tmp_path / "web") == {"archief/stijl.css"}


def test_an_issue_on_show_is_there_until_it_is_withdrawn(store: Store, tmp_path: Path) -> None:
    mail(store, SLUG, AUDIENCE)
    archiving.show(press(), store, SLUG, AUDIENCE)
    count = archiving.build(press(), store, tmp_path / "web")
    built = files(tmp_path / "web")
    assert len(built) == count
    assert {f"nl/archief/{SLUG}/index.html", "nl/archief/index.html", "nl/feed.atom"} < built
    (tmp_path / "web" / "robots.txt").write_text("", "ascii")  # of somebody else: it stays
    archiving.withdraw(store, SLUG)
    archiving.build(press(), store, tmp_path / "web")
    assert files(tmp_path / "web") == {"archief/stijl.css", "robots.txt"}


def test_a_translation_that_nobody_approved_does_not_become_public(store: Store, tmp_path: Path) -> None:
    mail(store, *TRANSLATED)
    archiving.show(press(), store, *TRANSLATED)
    with pytest.raises(ContentError):
        archiving.build(press(), store, tmp_path / "web")
    assert not (tmp_path / "web").exists()
