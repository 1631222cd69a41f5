"""Somebody puts a mailed issue on show, and takes it back; the files on disk follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from database.session import Store
from mailer.content import Content
from mailer.errors import NotAllowedError
from mailer.ledger import opening
from mailer.ledger.opening import EditionToFreeze
from mailer.organisation import Channel
from mailer.services import archiving
from mailer.services.publishing import Press
from tests.artefacts.email_tools import ROOT, house

SLUG, AUDIENCE = "meldpunt-2026-3", "detention-friends"


def press() -> Press:
    return Press(house(), Content(ROOT, house()), lambda _jobs: [])


def mail(store: Store) -> None:
    with store.transaction() as session:
        mailing = opening.open_mailing(session, slug=SLUG, publication="meldpunt", content_hash="0" * 64)
        opening.freeze(session, mailing, EditionToFreeze(AUDIENCE, "nl", Channel.EMAIL, "Bericht", html="<p>", text=""))


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_only_what_was_mailed_can_be_on_show(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError):
        archiving.show(press(), store, SLUG, AUDIENCE)
    assert archiving.build(press(), store, tmp_path / "web") == 1
    assert files(tmp_path / "web") == {"archief/stijl.css"}


def test_an_issue_on_show_is_there_in_every_language_until_it_is_withdrawn(store: Store, tmp_path: Path) -> None:
    mail(store)
    archiving.show(press(), store, SLUG, AUDIENCE)
    count = archiving.build(press(), store, tmp_path / "web")
    built = files(tmp_path / "web")
    assert len(built) == count
    assert {f"{locale}/archief/{SLUG}/index.html" for locale in ("nl", "en", "ar")} < built
    (tmp_path / "web" / "robots.txt").write_text("", "ascii")  # of somebody else: it stays
    archiving.withdraw(store, SLUG)
    archiving.build(press(), store, tmp_path / "web")
    assert files(tmp_path / "web") == {"archief/stijl.css", "robots.txt"}
