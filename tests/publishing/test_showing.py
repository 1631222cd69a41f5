"""An issue that says so goes into the archive by itself once it is mailed, and who takes it out is obeyed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from mailer.ledger.states import MailingState
from mailer.ledger.tables import Mailing
from mailer.services.publishing import archive
from mailer.services.publishing.showing import show_chosen
from tests.support.office import WholeOffice, office
from tests.support.people import reader

SLUG = "noo-2026-11"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", f"sqlite:///{tmp_path}/postduif.sqlite") as whole:
        reader(whole.parts.store, "anna@lezers.example", "noo-national", locale="nl")
        yield whole


def choose(here: WholeOffice, line: str) -> None:
    path = here.parts.content.folder / f"issues/{SLUG}/issue.md"
    path.write_text(path.read_text("utf-8").replace("date: 2026-11-27\n", f"date: 2026-11-27\n{line}"), "utf-8")


def finish(here: WholeOffice) -> None:
    with here.parts.store.transaction() as session:
        session.execute(update(Mailing).values(state=MailingState.DONE, finished_at=here.office.clock()))


def test_it_is_shown_once_and_only_after_it_was_mailed(here: WholeOffice) -> None:
    desk = here.office
    choose(here, "archive: noo-national\n")
    here.publish(SLUG)
    assert show_chosen(desk) == []
    finish(here)
    assert show_chosen(desk) == [SLUG]
    assert [(one.issue, one.audience) for one in archive.on_show(desk, here.editor)] == [(SLUG, "noo-national")]
    archive.withdraw(desk, here.editor, SLUG)
    assert show_chosen(desk) == []
    assert archive.on_show(desk, here.editor) == ()


def test_without_a_choice_nothing_is_shown(here: WholeOffice) -> None:
    here.publish(SLUG)
    finish(here)
    assert show_chosen(here.office) == []
    assert archive.on_show(here.office, here.editor) == ()
