"""Two people who send the same issue at the same moment make one mailing, and both are led to it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from database.session import Store
from mailer.planning import QuietHours, Which
from mailer.services.publishing import publish
from mailer.services.publishing.publish import Published
from mailer.services.sending import moments, orders, overview
from mailer.services.translating import messages
from staff.people import add_person
from staff.roles import Role
from tests.support.office import WholeOffice, office, office_of
from tests.support.people import reader
from wording.errors import ConflictError, InvalidInputError

SLUG = "los-2026-24"


@pytest.fixture
def here(tmp_path: Path, database_url: str) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", database_url) as whole:
        reader(whole.parts.store, "anna@lezers.example", "legal-aid")
        messages.approve_issue(whole.office, whole.editor, SLUG)
        yield whole


def test_two_at_once_make_one_mailing_which_can_be_taken_back(here: WholeOffice) -> None:
    desk, seen, start = here.office, here.approve(SLUG), Barrier(2)
    with here.parts.store.transaction() as session:
        noor = add_person(session, "Noor", "noor@voorbeeld.example", [Role.EDITOR])

    def press(after: timedelta) -> Published:
        start.wait()
        who = here.editor if not after else noor
        return publish.publish(desk, who, SLUG, approved=seen, scheduled_at=moments.soon(desk) + after)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(press, (timedelta(0), timedelta(days=1))))
    [first] = [one for one in done if one.mailing is not None]
    assert [(one.deliveries, one.before) for one in done if one is not first] == [(0, first.mailing)]
    [line] = overview.mailings_of(desk, here.editor)
    assert (line.state, line.readers) == ("scheduled", 1)
    assert orders.take_back(desk, here.editor, line.id) == 1
    with pytest.raises(ConflictError):
        orders.take_back(desk, here.editor, line.id)
    assert publish.publish(desk, here.editor, SLUG, approved=seen).deliveries == 1
    [again, _taken_back] = overview.mailings_of(desk, here.editor)
    orders.start(desk, here.editor, again.id)
    with pytest.raises(ConflictError, match="al begonnen"):
        orders.take_back(desk, here.editor, again.id)
    orders.pause(desk, here.editor, again.id)
    orders.schedule(desk, here.editor, again.id, desk.clock() + timedelta(hours=30))
    with pytest.raises(InvalidInputError, match="al geweest"):
        orders.schedule(desk, here.editor, again.id, desk.clock())


def test_a_moment_is_one_of_the_clock_of_the_organisation_outside_quiet_hours(plain_store: Store) -> None:
    night = QuietHours(time(22), time(7), "Europe/Amsterdam")
    plain = office_of(plain_store)
    desk = replace(plain, policy=replace(plain.policy, quiet=night))
    first, second = (moments.moment(desk, "2027-10-31 02:30", which) for which in Which)
    assert second - first == timedelta(hours=1)
    with pytest.raises(moments.TwiceError):
        moments.moment(desk, "2027-10-31T02:30")
    for typed in ("2027-03-28 02:30", "2027-02-30 09:00", "0001-01-01 00:00", "09:00", ""):
        with pytest.raises(InvalidInputError):
            moments.moment(desk, typed)
    with pytest.raises(InvalidInputError, match="Kies 07:00 of later"):
        moments.require_possible(desk, moments.moment(desk, "2099-12-01 23:00"))
    moments.require_possible(desk, moments.moment(desk, "2099-12-01 07:00"))
    at = moments.moment(desk, "2099-12-01 21:55")
    assert moments.soon(replace(desk, clock=lambda: at)) == moments.moment(desk, "2099-12-02 07:00")
