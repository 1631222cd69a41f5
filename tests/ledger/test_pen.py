"""The rounds written by hand say exactly what the ledger's own queries say, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from database.session import Store
from devtools.mailings import START, attempts, deliveries, open_mailing
from mailer.ledger import handover, mailings
from mailer.ledger.handover import Ending, Lease
from mailer.ledger.pen import Hand, Pen, PenError, pen_for
from mailer.ledger.states import DeliveryEvent, DeliveryState, MailingEvent


def held(store: Store, readers: int) -> tuple[int, list[int], Pen]:
    """A mailing with all its deliveries claimed, and the pen of whoever claimed them."""
    mailing_id, lease = open_mailing(store, readers), Lease.starting(START)
    with store.transaction() as session:
        ours = handover.claim(session, mailing_id=mailing_id, batch=1, most=readers, lease=lease, at=START)
    return mailing_id, [claimed.id for claimed in ours], pen_for(store.engine, Hand(mailing_id, lease, "proef"))


def accepted(delivery: int) -> Ending:
    return Ending(delivery, DeliveryEvent.ACCEPT, "dot", 250, "2.0.0", "dank u, 'ja' {}", handed_at=START)


def test_a_round_records_what_was_accepted_and_allows_what_is_still_ours(store: Store) -> None:
    mailing_id, (first, second, third), pen = held(store, 3)
    assert pen.write([], [first, second], START, meanwhile=tuple).allowed == {first, second}
    written = pen.write([accepted(first), accepted(second)], [third], START, meanwhile=tuple)
    assert (written.recorded, written.allowed) == ({first, second}, {third})
    again = pen.write([accepted(first)], [first], START, meanwhile=tuple)
    assert (again.recorded, again.allowed) == (set(), set())
    pen.close()
    found = {row.id: row for row in deliveries(store, mailing_id)}
    assert [found[key].state for key in (first, second, third)] == ["accepted", "accepted", "handing_over"]
    assert (found[third].handed_at, found[third].relay) == (START, "proef")
    assert [(one.delivery_id, one.code, one.words, one.handed_at) for one in attempts(store)] == [
        (first, 250, "dank u, 'ja' {}", START),
        (second, 250, "dank u, 'ja' {}", START),
    ]


def test_nothing_is_allowed_once_the_mailing_is_paused(store: Store) -> None:
    mailing_id, (first,), pen = held(store, 1)
    with store.transaction() as session:
        mailings.change(session, mailing_id, MailingEvent.PAUSE)
    assert pen.write([], [first], START, meanwhile=tuple).allowed == set()
    pen.close()


def test_a_round_is_written_whatever_happened_to_what_was_done_meanwhile(store: Store) -> None:
    mailing_id, (first, second), pen = held(store, 2)

    def fail() -> None:
        raise KeyError("a letter that could not be made")

    if pen.leaves_time:
        with pytest.raises(KeyError):
            pen.write([], [first], START, meanwhile=fail)
    else:
        pen.write([], [first], START, meanwhile=fail)
    assert pen.write([], [second], START, meanwhile=tuple).allowed == {second}, "the pen is still good"
    pen.close()
    assert {row.state for row in deliveries(store, mailing_id)} == {DeliveryState.HANDING_OVER}


def test_a_database_that_refuses_is_told_as_such(store: Store) -> None:
    _mailing, (first,), pen = held(store, 1)
    forbid(store.engine)
    with pytest.raises(PenError):
        pen.write([], [first], START, meanwhile=tuple)
    pen.close()


def forbid(engine: Engine) -> None:
    """Take the table of deliveries away under the pen."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE delivery RENAME TO taken_away"))


def test_a_round_whose_commit_fails_allows_nothing(store: Store) -> None:
    """PostgreSQL says what a statement changed before it commits: that alone is no answer."""
    mailing_id, (first, second), pen = held(store, 2)
    with store.engine.begin() as connection:
        for statement in FAIL_AT_COMMIT["sqlite" if store.is_sqlite else "postgresql"]:
            connection.exec_driver_sql(statement)
    with pytest.raises(PenError):
        pen.write([], [first, second], START, meanwhile=tuple)
    pen.close()
    assert {row.state for row in deliveries(store, mailing_id)} == {DeliveryState.CLAIMED}


FAIL_AT_COMMIT = {
    "sqlite": (
        "CREATE TABLE late (id INTEGER REFERENCES mailing (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER late_row AFTER UPDATE ON delivery BEGIN INSERT INTO late VALUES (-1); END",
    ),
    "postgresql": (
        "CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'",
        "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON delivery DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION hang_up()",
    ),
}
"""The change itself succeeds, and the commit does not."""
