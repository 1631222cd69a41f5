"""The invented readers cover every audience and language, are the same every time, and belong to nobody."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from database.session import Store
from subscribers.examples import example_addressees, example_readers, insert_addressees, insert_readers
from subscribers.repository import addressees_of, may_be_posted, readers_of
from subscribers.tables import ConsentEvent

AUDIENCES = {"legal-aid": ("nl",), "womens-orgs": ("nl", "en"), "detention-friends": ("nl", "en", "ar")}
LOCALES = ("nl", "en", "ar")


def test_they_are_the_same_every_time_and_end_in_example() -> None:
    assert example_readers(AUDIENCES) == example_readers(AUDIENCES)
    assert example_addressees(LOCALES, "detention") == example_addressees(LOCALES, "detention")
    readers = example_readers(AUDIENCES)
    assert len({one.address.canonical for one in readers}) == 300
    assert all(one.address.domain.endswith(".example") for one in readers)


def test_inserting_twice_adds_nobody_twice(store: Store) -> None:
    readers, people = example_readers(AUDIENCES), example_addressees(LOCALES, "detention")
    for expected in ((300, 40), (0, 0)):
        with store.transaction() as session:
            assert (
                insert_readers(session, readers),
                insert_addressees(session, people, date(2026, 11, 24)),
            ) == expected
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(ConsentEvent)) == 300


def test_they_cover_every_audience_language_and_centre(store: Store) -> None:
    with store.transaction() as session:
        insert_readers(session, example_readers(AUDIENCES))
        insert_addressees(session, example_addressees(LOCALES, "detention"), date(2026, 11, 24))
    with store.reading() as session:
        for audience, locales in AUDIENCES.items():
            assert {ref.locale for ref in readers_of(session, audience)} >= set(locales)
        posted = may_be_posted(session, [ref.uid for ref in addressees_of(session, "detention")])
    assert (len(posted), len({one.centre for one in posted.values()}), {one.locale for one in posted.values()}) == (
        40,
        3,
        set(LOCALES),
    )
    assert any(one.large_print for one in posted.values())
