"""A language that was not ready goes to its readers by itself, after the others, once it is approved; never twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.services.office import Office
from mailer.services.publishing import publish, review
from mailer.services.publishing.late import send_late_languages
from mailer.services.publishing.renewing import renew
from mailer.services.sending import moments, overview
from mailer.services.translating import messages, release
from staff.people import change_person
from tests.support.office import WholeOffice, office
from tests.support.people import reader

SLUG = "los-2026-24"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[WholeOffice]:
    """Someone reads Dutch, someone English, and the English is not approved yet."""
    with office(tmp_path / "content", f"sqlite:///{tmp_path}/postduif.sqlite") as whole:
        reader(whole.parts.store, "anna@lezers.example", "womens-orgs", locale="nl")
        reader(whole.parts.store, "carmen@lezers.example", "womens-orgs", locale="en")
        yield whole


def readers(desk: Office, here: WholeOffice) -> list[int]:
    """Of every mailing, the first first."""
    return [one.readers for one in reversed(overview.mailings_of(desk, here.editor))]


def publish_the_dutch(here: WholeOffice) -> Office:
    desk = here.office
    release.wait(desk, here.editor, SLUG, "en", reason="nog niet vertaald")
    counted = review.review(desk, here.editor, SLUG)
    assert (counted.by_mail, counted.waiting) == (1, 1)
    at = moments.soon(desk)
    assert publish.publish(desk, here.editor, SLUG, approved=here.approve(SLUG), scheduled_at=at).deliveries == 1
    return desk


def test_it_goes_when_it_is_translated_and_approved_and_only_then(here: WholeOffice) -> None:
    desk = publish_the_dutch(here)
    assert send_late_languages(desk) == []
    messages.approve_issue(desk, here.editor, SLUG)
    assert send_late_languages(desk) == [], "translated, and let go; no one approved it"
    renew(desk, SLUG)
    assert send_late_languages(desk) == []
    here.approve(SLUG)
    assert len(send_late_languages(desk)) == 1
    assert readers(desk, here) == [1, 1]
    assert send_late_languages(desk) == []
    assert publish.publish(desk, here.editor, SLUG, approved=here.approve(SLUG)).mailing is None


def test_it_does_not_go_for_someone_who_may_not_send_any_more(here: WholeOffice) -> None:
    desk = publish_the_dutch(here)
    messages.approve_issue(desk, here.editor, SLUG)
    send_late_languages(desk)
    here.approve(SLUG)
    with here.parts.store.transaction() as session:
        change_person(session, replace(here.editor, active=False))
    assert send_late_languages(desk) == []
