"""Nothing is kept longer than promised: the clock moves, and what should go goes, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from database import audit
from database.keys import KeyRing
from database.register import register, undeclared
from database.session import Store
from subscribers import breach, retention, rights, tidying
from subscribers.address import address_from
from subscribers.addressee import SuspendedBecause
from subscribers.admission import Newcomer, admit
from subscribers.consent import Choice, Evidence, SuppressedBecause
from subscribers.examples import EXAMPLE_CENTRES
from subscribers.postal import NewAddressee, add_addressee, save_centre, suspend_addressee
from subscribers.repository import may_be_posted
from subscribers.tables import AddresseeRow, Asked, ConsentEvent, Subscriber, Suppression, Tombstone
from tests.support.people import ANNA, BAS, ask, gets, leave, reader, suppress
from tests.support.rows import count

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def lite(migrated_file: Path, tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}", KeyRing.generated())
    with store.transaction() as session:
        for centre in EXAMPLE_CENTRES:
            save_centre(session, centre)
    yield store
    store.close()


def run(store: Store, after: timedelta, *, dry: bool = False) -> dict[str, int]:
    if dry:
        with store.reading() as session:
            return {one.name: one.count for one in tidying.look(session, NOW + after) if one.count}
    return {one.name: one.count for one in tidying.apply(store, NOW + after) if one.count}


def test_who_never_confirmed_is_deleted_after_72_hours(lite: Store) -> None:
    ask(lite, ANNA)
    uid = reader(lite, BAS)
    assert run(lite, timedelta(hours=71)) == {}
    assert run(lite, timedelta(hours=74), dry=True) == {"unconfirmed": 1, "links": 2}
    assert count(lite, Subscriber) == 2
    assert run(lite, timedelta(hours=74)) == {"unconfirmed": 1, "links": 2}
    assert gets(lite) == {uid}
    assert run(lite, 31 * DAY) == {"asked": 2}
    assert count(lite, Asked) == 0


@pytest.mark.promise("P8")
def test_a_silent_addressee_is_asked_after_then_not_printed_then_erased(lite: Store) -> None:
    with lite.transaction() as session:
        uid = add_addressee(session, NewAddressee("Noor", "heideoord", "nl", audience="detention"), NOW.date())
    with lite.reading() as session:
        assert retention.to_confirm(session, NOW + 29 * DAY) == []
        assert retention.to_confirm(session, NOW + 31 * DAY) == [uid]
    assert run(lite, 59 * DAY) == {}
    assert run(lite, 61 * DAY) == {"unheard": 1}
    with lite.reading() as session:
        assert may_be_posted(session, [uid]) == {}
    assert run(lite, 89 * DAY) == {}
    assert run(lite, 91 * DAY) == {"gone": 1}
    assert count(lite, AddresseeRow) == 0
    assert count(lite, Tombstone) == 1


@pytest.mark.promise("P8")
def test_who_left_the_centre_is_erased_after_a_fortnight(lite: Store) -> None:
    with lite.transaction() as session:
        uid = add_addressee(session, NewAddressee("Noor", "heideoord", "nl", audience="detention"), NOW.date())
        suspend_addressee(session, uid, SuspendedBecause.DEPARTED, NOW.date())
    assert run(lite, 13 * DAY) == {}
    assert run(lite, 15 * DAY) == {"gone": 1}


def test_a_bounced_address_is_barred_for_a_year_and_who_left_for_ever(lite: Store) -> None:
    suppress(lite, ANNA, SuppressedBecause.BOUNCED)
    leave(lite, reader(lite, BAS))
    run(lite, 364 * DAY)
    assert count(lite, Suppression) == 2
    assert run(lite, 366 * DAY)["bounced"] == 1
    with lite.reading() as session:
        assert session.scalars(select(Suppression.reason)).all() == ["unsubscribed"]


def test_the_audit_trail_goes_after_thirteen_months_and_still_fits(lite: Store) -> None:
    with lite.transaction() as session:
        for days in (500, 400, 5):
            audit.record(session, "print", "print", at=NOW - timedelta(days=days))
    assert run(lite, timedelta())["audit"] == 2
    with lite.reading() as session:
        assert audit.verify(session).broken_at is None


def test_evidence_outlives_the_reader_for_five_years_and_no_longer(lite: Store) -> None:
    leave(lite, reader(lite, BAS))
    before = count(lite, ConsentEvent)
    run(lite, 365 * 4 * DAY)
    assert count(lite, ConsentEvent) == before
    assert run(lite, 365 * 6 * DAY, dry=True)["evidence"] == before


def test_evidence_of_long_ago_is_kept_from_the_day_on_which_somebody_leaves(lite: Store) -> None:
    """Until that day mail was sent on the ground of it."""
    since = NOW - 3000 * DAY
    with lite.transaction() as session:
        one = Newcomer(address_from(BAS), Choice(("legal-aid",), "nl"), Evidence("test"), since)
        admit(session, [one])
    leave(lite, one.uid)
    before = count(lite, ConsentEvent)
    for days in (0, 365 * 4):
        assert not {"evidence", "left"} & set(run(lite, days * DAY))
    assert (count(lite, ConsentEvent), count(lite, Subscriber)) == (before, 1)
    assert run(lite, 365 * 6 * DAY, dry=True).keys() >= {"evidence", "left"}


def test_every_column_says_why_it_is_kept() -> None:
    assert undeclared() == []


def test_the_register_names_every_sealed_column_and_no_column_twice() -> None:
    entries = register()
    places = [(entry.table, column) for entry in entries for column in entry.columns]
    assert len(places) == len(set(places))
    assert {"address"} <= {name for entry in entries if entry.table == "subscriber" for name in entry.sealed}
    assert all(str(entry.declared.retention) for entry in entries)


@pytest.mark.promise("P8", "F27")
def test_a_restored_backup_erases_again_whom_it_brought_back(lite: Store, tmp_path: Path) -> None:
    anna, bas = reader(lite, ANNA), reader(lite, BAS)
    with lite.transaction() as session:
        noor = add_addressee(session, NewAddressee("Noor", "heideoord", "nl", audience="detention"), NOW.date())
    lite.close()  # writes all to the one file
    shutil.copy(tmp_path / "postduif.sqlite", tmp_path / "backup.sqlite")
    with lite.transaction() as session:
        assert rights.erase_address(session, address_from(ANNA), "command")
        assert rights.erase_addressee(session, noor, "command")
        stones = rights.tombstones(session)
    with lite.reading() as session:
        keys = session.info["keys"]
    restored = Store(f"sqlite:///{tmp_path / 'backup.sqlite'}", keys)
    assert gets(restored) == {anna, bas}
    with restored.transaction() as session:
        assert rights.replay(session, stones, "command") == 2
        assert rights.replay(session, stones, "command") == 0
    assert gets(restored) == {bas}
    assert count(restored, AddresseeRow) == 0
    with restored.reading() as session:
        assert session.scalars(select(Suppression.reason)).all() == ["erased"]
    restored.close()


def test_a_breach_report_counts_what_was_seen_and_what_could_be(lite: Store) -> None:
    uid = reader(lite, ANNA)
    actor = uuid4()
    with lite.transaction() as session:
        audit.record(session, audit.Event.VIEW_ONE, actor, uid, at=NOW - DAY)
        audit.record(session, audit.Event.EXPORT, actor, detail={"rows": 300}, at=NOW - DAY)
        audit.record(session, audit.Event.EXPORT, actor, detail={"rows": 5}, at=NOW - 9 * DAY)
        audit.record(session, audit.Event.APPROVE, actor, at=NOW - DAY)
    with lite.reading() as session:
        found = breach.report(session, NOW - 2 * DAY, NOW + DAY)
    assert found.seen == {"view_one": 1, "export": 1}
    assert (found.subjects, found.rows_exported, found.actors) == (1, 300, {str(actor): 2})
    assert (found.readable["subscribers"], found.chain_fits) == (1, True)


def test_dates_of_addressees_are_days(lite: Store) -> None:
    with lite.transaction() as session:
        uid = add_addressee(session, NewAddressee("Noor", "heideoord", "nl", audience="detention"), date(2026, 11, 24))
        assert rights.data_of_addressee(session, uid)["confirmed_on"] == "2026-11-24"
