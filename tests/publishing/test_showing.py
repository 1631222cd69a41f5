"""An issue that says so goes into the archive by itself once it is mailed, and who takes it out is obeyed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from mailer.content import Content
from mailer.ledger.archive import ArchivedIssue, ArchivedPage
from mailer.ledger.states import MailingState
from mailer.ledger.tables import FrozenEdition, Mailing
from mailer.services.publishing import archive
from mailer.services.publishing.showing import show_chosen
from mailer.services.sending import orders
from mailer.settings import settings_from
from tests.support.office import WholeOffice, office
from tests.support.people import reader
from wording.errors import ConflictError, ContentError

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


def with_setting(here: WholeOffice, setting: str) -> WholeOffice:
    """The same office, with another line for its publication in postduif.toml."""
    folder = here.parts.content.folder
    path = folder / "postduif.toml"
    said = 'audiences = ["noo-rotterdam", "noo-national", "noo-relations"]\n'
    path.write_text(path.read_text("utf-8").replace(said, f"{said}{setting}\n"), "utf-8")
    house = settings_from(folder).house()
    return replace(here, parts=replace(here.parts, house=house, content=Content(folder, house)))


def page(here: WholeOffice) -> bytes | None:
    return archive.page(here.office, "nl", SLUG)


@pytest.mark.promise("row 16")
def test_with_the_first_mail_its_page_is_there_and_not_before(here: WholeOffice) -> None:
    choose(here, "archive: noo-national\n")
    shown = with_setting(here, 'on_show = "on-send"')
    opened = shown.publish(SLUG).mailing
    assert opened is not None
    assert page(shown) is None
    assert archive.shelf(shown.office, "nl").count(SLUG.encode()) == 0
    assert archive.on_show(shown.office, shown.editor) == ()
    orders.start(shown.office, shown.editor, opened)
    found = page(shown)
    assert found is not None
    assert [one.audience for one in archive.on_show(shown.office, shown.editor)] == ["noo-national"]
    assert show_chosen(shown.office) == []
    with shown.parts.store.reading() as session:
        mails = {one.audience: one.html or "" for one in session.scalars(select(FrozenEdition))}
    linked = {audience for audience, html in mails.items() if f'/nl/archief/{SLUG}"' in html}
    assert linked == {"noo-national"}
    picture = re.search(rb'src="https://[^/]+/(archief/beeld/[^"]+)"', found)
    assert picture
    assert archive.picture(shown.office, picture[1].decode())


def test_a_mailing_that_never_begins_leaves_nothing_and_the_next_one_shows(here: WholeOffice) -> None:
    shown = with_setting(here, 'on_show = "on-send"')
    first = shown.publish(SLUG).mailing
    assert first is not None
    orders.take_back(shown.office, shown.editor, first)
    with shown.parts.store.reading() as session:
        assert [*session.scalars(select(ArchivedPage))] == [*session.scalars(select(ArchivedIssue))] == []
    again = shown.publish(SLUG).mailing
    assert again is not None
    orders.start(shown.office, shown.editor, again)
    assert page(shown) is not None


def test_who_takes_it_out_is_obeyed_by_the_next_mailing_too(here: WholeOffice) -> None:
    shown = with_setting(here, 'on_show = "on-send"')
    first = shown.publish(SLUG).mailing
    assert first is not None
    orders.start(shown.office, shown.editor, first)
    archive.withdraw(shown.office, shown.editor, SLUG)
    reader(shown.parts.store, "bas@lezers.example", "noo-national", locale="nl")
    second = shown.publish(SLUG).mailing
    assert second is not None
    orders.start(shown.office, shown.editor, second)
    assert page(shown) is None


def test_by_hand_no_mail_leads_to_a_page_that_may_not_be_there(here: WholeOffice) -> None:
    here.publish(SLUG)
    with here.parts.store.reading() as session:
        assert not any("/archief/" in (one.html or "") for one in session.scalars(select(FrozenEdition)))


def test_what_is_never_shown_cannot_be_put_there_and_an_issue_that_asks_is_told(here: WholeOffice) -> None:
    never = with_setting(here, 'on_show = "never"')
    never.publish(SLUG)
    with pytest.raises(ConflictError, match="nooit"):
        archive.show(never.office, never.editor, SLUG, "noo-national")
    choose(never, "archive: noo-national\n")
    with pytest.raises(ContentError) as told:
        never.office.content.issue(SLUG)
    assert "nooit in het archief" in str(told.value.problems[0].text)


def test_without_a_choice_nothing_is_shown(here: WholeOffice) -> None:
    here.publish(SLUG)
    finish(here)
    assert show_chosen(here.office) == []
    assert archive.on_show(here.office, here.editor) == ()
