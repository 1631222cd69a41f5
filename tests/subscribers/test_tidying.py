"""Retention stops and asks where something is odd, and one rule that fails holds up no other."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditRow
from database.session import Store
from mailer.ledger.slots import take_slot
from mailer.services.administration import records
from mailer.services.sending.returned import ReturnDesk
from mailer.services.worker.chores import Chores
from subscribers import services, tidying
from subscribers.address import address_from
from subscribers.consent import Choice
from subscribers.examples import EXAMPLE_CENTRES
from subscribers.postal import NewAddressee, add_addressee, confirm_addressee, save_centre
from subscribers.retention import RULES
from subscribers.tables import AddresseeRow, Subscriber
from subscribers.tidying import FAILED, STOPPED, ClockError
from tests.support.desk_people import ADMIN
from tests.support.house import house
from tests.support.office import office_of
from tests.support.people import ANNA, FORM, ask
from tests.support.rows import count
from wording.errors import ConflictError

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
BY_POST = 40
[UNCONFIRMED] = [rule for rule in RULES if rule.name == "unconfirmed"]
[GONE] = [rule for rule in RULES if rule.name == "gone"]


@pytest.fixture(autouse=True)
def today_of_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the database is compared: a while after this module was read, NOW would be odd itself."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", datetime.now(UTC))


@pytest.fixture
def desk(store: Store) -> Store:
    """Forty readers by post, heard from today."""
    with store.transaction() as session:
        for centre in EXAMPLE_CENTRES:
            save_centre(session, centre)
        for number in range(BY_POST):
            add_addressee(session, NewAddressee(f"Noor {number}", "heideoord", "nl", audience="detention"), NOW.date())
    return store


def events(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(AuditRow.event).where(AuditRow.event.like("retention%"))))


def counts(done: list[tidying.Kept]) -> dict[str, int]:
    return {one.name: one.count for one in done if one.count}


@pytest.mark.parametrize("off", [91 * DAY, 2 * DAY + timedelta(minutes=1), -91 * DAY, timedelta(minutes=11)])
def test_an_odd_clock_erases_nobody_and_a_person_is_told(desk: Store, off: timedelta) -> None:
    tidying.run(desk, NOW)
    for _twice in range(2):
        with pytest.raises(ClockError, match="niets weggedaan"):
            tidying.run(desk, NOW + off)
    assert count(desk, AddresseeRow) == BY_POST
    assert events(desk) == [STOPPED]
    tidying.run(desk, NOW + timedelta(minutes=1))  # the clock was put right: it goes on by itself


def test_a_machine_that_was_off_for_a_week_asks_and_goes_on_when_a_person_says_so(desk: Store) -> None:
    with desk.transaction() as session:
        session.add(tidying.RetentionState(rule=tidying.CLOCK, ran_at=NOW - 7 * DAY, reason="", slots={}))
    office = office_of(desk)
    with pytest.raises(ConflictError, match="voor het laatst"):
        records.tidy(office, ADMIN)
    assert "voor het laatst" in str(records.go_on(office, ADMIN)[0])
    with desk.reading() as session:
        actors = session.scalars(select(AuditRow.actor).where(AuditRow.event == tidying.WENT_ON)).all()
    assert actors == [str(ADMIN.uid)]
    records.tidy(office, ADMIN)
    with pytest.raises(ConflictError, match="niets stil"):
        records.go_on(office, ADMIN)


def test_a_rule_that_would_touch_a_large_share_stops_and_asks(desk: Store) -> None:
    """A clock that is wrong for long is not odd any more; forty of forty are."""
    later = NOW + 91 * DAY
    stopped = [one for one in tidying.apply(desk, later) if one.stopped is not None]
    assert [one.name for one in stopped] == ["unheard", "gone"]
    assert str(stopped[1].stopped).startswith(f"Deze regel zou {BY_POST} van {BY_POST} rijen raken.")
    assert (count(desk, AddresseeRow), events(desk)) == (BY_POST, [STOPPED, STOPPED])
    with desk.transaction() as session:
        assert len(tidying.go_on(session, ADMIN.uid)) == 2
    assert counts(tidying.apply(desk, later)) == {"unheard": BY_POST, "gone": BY_POST}
    assert count(desk, AddresseeRow) == 0


def test_someone_who_confirms_between_the_look_and_the_deed_is_kept(desk: Store) -> None:
    later = NOW + 91 * DAY
    with desk.reading() as session:
        found = GONE.find(session, later)
    with desk.transaction() as session:
        confirm_addressee(session, found[0], later.date())
    with desk.transaction() as session:
        assert GONE.act(session, found, later) == BY_POST - 1
    assert count(desk, AddresseeRow) == 1


def test_who_asked_again_has_the_full_time_of_the_last_link(store: Store) -> None:
    ask(store, ANNA)
    with store.transaction() as session:
        for row in session.scalars(select(Subscriber)):
            row.created_at = NOW - 73 * timedelta(hours=1)
        again = services.ask(session, address_from(ANNA), Choice(("legal-aid",), "nl"), FORM)
    assert counts(tidying.apply(store, NOW, [UNCONFIRMED])) == {}
    with store.transaction() as session:
        assert services.confirm(session, again.token) is not None


def test_a_rule_that_fails_is_told_and_tried_again_and_the_others_go_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_session: Session, _at: datetime) -> Sequence[object]:
        raise ValueError("no")

    ask(store, ANNA)
    rules = [replace(UNCONFIRMED, find=broken), replace(GONE, find=broken), *RULES]
    done = tidying.apply(store, NOW + 4 * DAY, rules)
    assert [one.name for one in done if one.failed] == ["unconfirmed", "gone"]
    assert counts(done) == {"unconfirmed": 1, "links": 1}
    tidying.apply(store, NOW + 4 * DAY, rules)  # ten minutes later: no administrator is mailed again
    assert events(store) == [FAILED, FAILED]
    monkeypatch.setattr("database.audit.now", lambda: NOW + DAY + timedelta(minutes=10))
    tidying.apply(store, NOW + 4 * DAY, rules[:1])
    assert events(store) == [FAILED, FAILED, FAILED]


def test_the_slot_is_given_back_so_that_it_is_tried_again_the_same_day(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.reading() as session:
        desk_of_returns = ReturnDesk(store, session.info["keys"], house(), b"k" * 32)
    failed = [tidying.Kept("gone", GONE.what, 0, failed=True)]
    monkeypatch.setattr(tidying, "run", lambda _store, _at: failed)
    Chores(desk_of_returns, lambda: None)()  # type: ignore[arg-type]
    with store.transaction() as session:
        assert take_slot(session, "retention", DAY, datetime.now(UTC))
    assert not {"chore_failed"} & set(events(store))


def test_a_clock_that_went_back_lets_the_chores_go_on(store: Store) -> None:
    """Slots of a time that is still to come were taken by a wrong clock; those of a neighbour's seconds were not."""
    every = timedelta(seconds=30)
    with store.transaction() as session:
        assert take_slot(session, "sweep", every, NOW)
        assert take_slot(session, "sweep", every, NOW + 3 * timedelta(hours=1))
        assert take_slot(session, "sweep", every, NOW + timedelta(seconds=1))
        assert not take_slot(session, "sweep", every, NOW + timedelta(seconds=1))
