"""Many readers are counted in portions while no one waits, and what is counted so is what a mailing reaches."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from devtools.waiting import wait_for
from mailer.counted import Count, Counts, Going, Tell
from mailer.services.publishing import review as door
from mailer.services.publishing.review import Why, not_getting, review
from subscribers import counting, rules
from subscribers.consent import SuppressedBecause
from subscribers.tables import Subscriber, Suppression
from tests.support.office import WholeOffice, office
from tests.support.people import leave, reader, suppress

SLUG = "los-2026-24"
AT = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
def here(tmp_path: Path, database_url: str) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", database_url) as whole:
        store = whole.parts.store
        reader(store, "anna@lezers.example", "legal-aid")
        reader(store, "bas@lezers.example", "legal-aid", "womens-orgs")  # in two: counts in the first
        reader(store, "carmen@lezers.example", "womens-orgs", locale="en")
        reader(store, "eva@lezers.example", "noo-national")  # another newsletter: stands in no count
        leave(store, reader(store, "floor@lezers.example", "legal-aid"))
        reader(store, "gone@lezers.example", "migrant-orgs")
        suppress(store, "gone@lezers.example", SuppressedBecause.COMPLAINED)  # which is leaving
        barred = reader(store, "jan@lezers.example", "migrant-orgs")
        picked, added = (reader(store, f"{name}@lezers.example", key) for name, key in PICKED)
        with store.transaction() as session:
            rules.pick(session, SLUG, "legal-aid", picked, included=False)
            rules.pick(session, SLUG, "legal-aid", added, included=True)
            row = session.get_one(Subscriber, barred)
            session.add(Suppression(address_index=row.address_index, reason="bounced", at=AT))
        yield whole


PICKED = ("hugo", "legal-aid"), ("ines", "noo-national")
"""Left out of this issue; and added to it, from another newsletter."""


@pytest.mark.parametrize("portion", [1, 3, 50_000])
def test_readers_that_are_counted_in_portions_are_each_counted_once(
    here: WholeOffice, portion: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "PORTION", portion)
    found = review(here.office, here.editor, SLUG)
    assert {f"{one.audience} {one.locale}": one.readers for one in found.editions if one.readers} == {
        "legal-aid nl": 3,
        "womens-orgs en": 1,
    }
    assert found.without == {Why.LEFT: 2, Why.BARRED: 1, Why.PICKED_OUT: 1}
    for why, count in found.without.items():
        assert len(not_getting(here.office, here.editor, SLUG, why)) == count, "the list behind the number"
    assert here.publish(SLUG).deliveries == found.by_mail
    after = review(here.office, here.editor, SLUG)
    assert (after.by_mail, after.had) == (0, found.by_mail)


def test_of_many_readers_the_page_says_how_far_the_count_is_and_then_the_numbers(
    here: WholeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, may_end = here.office, Event()

    def slowly(*given: object, **named: object) -> None:
        assert may_end.wait(60)
        counting.count_on(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(door, "LARGE", 1)
    monkeypatch.setattr(door, "count_on", slowly)
    first = review(desk, here.editor, SLUG)
    assert first.going is not None
    assert [one.readers for one in first.editions] == [0] * len(first.editions)
    told = wait_for(lambda: (review(desk, here.editor, SLUG).going or Going()).of)
    may_end.set()
    wait_for(lambda: review(desk, here.editor, SLUG).going is None)
    found = review(desk, here.editor, SLUG)
    assert (told, found.by_mail) == (9, 4)
    assert review(desk, here.editor, SLUG) is found, "kept, with its moment"
    assert review(desk, here.editor, SLUG, anew=True).going is not None
    wait_for(lambda: review(desk, here.editor, SLUG).going is None)


def test_however_many_ask_for_a_count_it_is_taken_once_and_one_that_failed_is_taken_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    counts, may_end = Counts(), Event()
    begun: list[int] = []

    def make(tell: Tell) -> Count[int]:
        begun.append(len(begun))
        tell(Going(3, 9))
        assert may_end.wait(60)
        if len(begun) == 1:
            raise OSError("the database went away")
        return Count(9, AT)

    assert {type(counts.soon("x", make)) for _each in range(5)} == {Going}
    wait_for(lambda: counts.soon("x", make) == Going(3, 9))
    assert begun == [0]
    with caplog.at_level(logging.ERROR):
        may_end.set()
        wait_for(lambda: counts.soon("x", make) == Count(9, AT))
    assert begun[:2] == [0, 1]
    assert "a count failed" in caplog.text
