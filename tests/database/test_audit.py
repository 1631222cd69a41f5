"""Who looked, exported or printed stays written down: no row can be changed, taken out or slipped in unseen."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from database import audit
from database.base import now
from database.keys import KeyRing
from database.session import Store


def write(store: Store, count: int) -> None:
    for number in range(count):
        with store.transaction() as session:
            audit.record(session, audit.Event.EXPORT, uuid4(), uuid4(), detail={"rows": number, "purpose": "print"})


def verdict(store: Store) -> audit.Verdict:
    with store.reading() as session:
        return audit.verify(session)


def without_triggers(store: Store, statement: str) -> None:
    """What somebody with all rights on the database could do."""
    with store.transaction() as session:
        if store.is_sqlite:
            session.execute(text("DROP TRIGGER audit_no_update"))
            session.execute(text("DROP TRIGGER audit_no_delete"))
        else:
            session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        session.execute(text(statement))


def test_an_untouched_chain_fits(store: Store) -> None:
    write(store, 5)
    assert (verdict(store).rows, verdict(store).broken_at) == (5, None)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_or_delete(store: Store, statement: str) -> None:
    write(store, 1)
    with pytest.raises(DBAPIError, match="append-only"), store.transaction() as session:
        session.execute(text(statement))
    assert verdict(store).rows == 1


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit SET actor = 'somebody else' WHERE seq = 3", 3),
        ("UPDATE audit SET subject = NULL WHERE seq = 2", 2),
        ('UPDATE audit SET detail = \'{"rows": 1, "purpose": "print"}\' WHERE seq = 4', 4),
        ("UPDATE audit SET event = 'view_one' WHERE seq = 5", 5),
        ("UPDATE audit SET at = '2026-01-01 00:00:00' WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 3", 4),
        ("DELETE FROM audit WHERE seq = 1", 2),
    ],
)
def test_a_change_behind_the_triggers_shows(store: Store, statement: str, broken_at: int) -> None:
    write(store, 5)
    without_triggers(store, statement)
    assert verdict(store).broken_at == broken_at


def test_a_chain_made_with_another_key_does_not_fit(store: Store) -> None:
    write(store, 2)
    other = Store(store.url, KeyRing.generated())
    assert verdict(other).broken_at == 1
    other.close()


def test_ten_writers_at_once_make_one_chain(store: Store) -> None:
    threads = [Thread(target=write, args=(store, 3)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (verdict(store).rows, verdict(store).broken_at) == (30, None)


def test_after_thirteen_months_rows_go_and_the_chain_still_fits(store: Store) -> None:
    with store.transaction() as session:
        for days in (500, 450, 400, 10):
            audit.record(session, "print", "print", at=now() - timedelta(days=days))
    with store.transaction() as session:
        assert audit.prune(session, now() - audit.RETENTION) == 3
    assert (verdict(store).rows, verdict(store).broken_at) == (2, None)


def test_what_was_rolled_back_leaves_no_gap(store: Store) -> None:
    write(store, 1)
    with store.transaction() as session:
        audit.record(session, "print", "print")
        session.rollback()
    write(store, 1)
    assert (verdict(store).rows, verdict(store).broken_at) == (2, None)


def test_a_row_names_a_person_or_a_part_of_the_system(store: Store) -> None:
    for actor in ("", "iemand", "root", str(uuid4())):
        with pytest.raises(ValueError, match="neither a person nor a part"), store.transaction() as session:
            audit.record(session, audit.Event.EXPORT, actor)
    with store.transaction() as session:
        for part in audit.PARTS:
            audit.record(session, audit.Event.EDIT, part)
    assert verdict(store).rows == len(audit.PARTS)


def test_a_tail_that_was_cut_off_shows_by_what_was_seen_before(store: Store) -> None:
    """Also when as many rows were written since, which the chain itself finds in order."""
    write(store, 5)
    with store.reading() as session:
        seen = audit.end(session)
        assert (seen.row, audit.still_holds(session, seen)) == (5, True)
    without_triggers(store, "DELETE FROM audit WHERE seq > 3")
    write(store, 4)
    with store.reading() as session:
        assert audit.verify(session).broken_at is None
        assert not audit.still_holds(session, seen)
        assert audit.still_holds(session, audit.End(0, ""))


def test_a_tail_that_was_cut_off_shows_also_when_nothing_was_written_since(store: Store) -> None:
    write(store, 5)
    with store.reading() as session:
        seen = audit.end(session)
    without_triggers(store, "DELETE FROM audit WHERE seq > 4")
    with store.reading() as session:
        assert audit.verify(session).broken_at is None
        assert not audit.still_holds(session, seen)


def test_what_was_pruned_in_time_counts_as_there(store: Store) -> None:
    with store.transaction() as session:
        audit.record(session, audit.Event.EDIT, "print", at=now() - timedelta(days=500))
        seen = audit.end(session)
        audit.record(session, audit.Event.EDIT, "print")
    with store.transaction() as session:
        audit.prune(session, now() - timedelta(days=400))
        assert audit.still_holds(session, seen)
