"""The rhythm of a publication opens the next draft and reminds the editor; nothing is sent by itself."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime

import pytest

from database.session import Store
from mailer.content import Content
from mailer.services.writing.drafts import Draft, open_drafts
from staff.people import add_person
from staff.roles import Role
from tests.support.office import office_of
from tests.support.staff_mail import mailed


@pytest.fixture(autouse=True)
def only_the_issue_of_26_november(content: Content) -> None:
    """The two-weekly one."""
    for other in ("meldpunt-2026-3", "noo-2026-11"):
        shutil.rmtree(content.folder / "issues" / other)


def day_of(content: Content) -> date:
    issue = content.read("los-2026-24").issue
    assert issue is not None
    return issue.day


def opened(content: Content, store: Store, moment: datetime) -> list[Draft]:
    return open_drafts(office_of(store, people=(), content=content, house=content.house, clock=lambda: moment))


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T08:00:00").replace(tzinfo=UTC)


def test_a_week_before_its_day_the_next_number_is_opened_and_the_editor_reminded_once(
    store: Store, content: Content
) -> None:
    last = day_of(content)
    with store.transaction() as session:
        add_person(session, "Elin", "elin@post.example", [Role.EDITOR], [])
        add_person(session, "Tarik", "tarik@post.example", [Role.TRANSLATOR], ["en"])
    assert opened(content, store, at(str(last))) == []
    (draft,) = opened(content, store, at("2026-12-05"))
    assert (draft.slug, (draft.day - last).days) == ("los-2026-25", 14)
    assert draft.slug in content.slugs()
    assert opened(content, store, at("2026-12-05")) == []
    (reminder,) = mailed(store, content.house)
    assert reminder.to == "elin@post.example"
    assert draft.slug in reminder.text


def test_a_draft_that_the_editor_threw_away_stays_away(store: Store, content: Content) -> None:
    (draft,) = opened(content, store, at("2026-12-05"))
    (content.folder / "issues" / draft.slug / "issue.md").unlink()
    assert opened(content, store, at("2026-12-06")) == []


def test_after_a_long_silence_the_next_day_of_the_rhythm_that_is_to_come_is_taken(
    store: Store, content: Content
) -> None:
    last = day_of(content)
    (draft,) = opened(content, store, at("2027-03-01"))
    assert isinstance(draft, Draft)
    assert draft.slug == "los-2027-1"
    assert 0 <= (draft.day - at("2027-03-01").date()).days <= 7
    assert (draft.day - last).days % 14 == 0
