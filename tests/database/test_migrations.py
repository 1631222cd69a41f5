"""The migrations make exactly the tables that the code describes."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from database.base import Base, now
from database.migrations import config, upgrade
from database.session import Store
from mailer.ledger.tables import LeaseRow


def test_nothing_is_left_to_migrate(database_url: str) -> None:
    store = Store(database_url)
    upgrade(store)
    upgrade(store)  # a second time changes nothing
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    store.close()


def test_a_ledger_that_is_in_use_keeps_every_row_and_check(database_url: str) -> None:
    """0011 and 0014 copy the deliveries on SQLite; attempts refer to them and must still do so."""
    store = Store(database_url)
    command.upgrade(config(store), "0010")
    moment, digest = now(), "0" * 64
    rows = {
        "mailing": {"id": 1, "issue_slug": "los-1", "publication": "los", "content_hash": digest, "state": "done"},
        "frozen_edition": {
            "id": 1,
            "mailing_id": 1,
            "audience": "a",
            "locale": "nl",
            "channel": "email",
            "subject": "x",
        },
        "delivery": {"id": 7, "mailing_id": 1, "edition_id": 1, "issue_slug": "los-1", "reader": "0" * 32, "batch": 1},
        "attempt": {"id": 9, "delivery_id": 7, "outcome": "accept", "stage": "dot", "enhanced": "", "words": ""},
    }
    rows["mailing"] |= {"opened_at": moment, "readers": 1, "reason": ""}
    rows["frozen_edition"] |= {"content_hash": digest}
    rows["delivery"] |= {"channel": "email", "state": "accepted", "tries": 1}
    rows["attempt"] |= {"ended_at": moment}
    with store.transaction() as session:
        for table, row in rows.items():
            values = ", ".join(f":{name}" for name in row)
            session.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"), row)  # noqa: S608
        session.execute(
            text(
                "INSERT INTO delivery (id, mailing_id, edition_id, issue_slug, reader, batch, channel, state, tries, "
                "lease, lease_until) SELECT 8, 1, 1, 'los-1', :reader, 2, 'email', 'handing_over', 0, 5, :until"
            ),
            {"reader": "1" * 32, "until": moment},
        )
    upgrade(store)
    with store.transaction() as session:
        found = session.execute(text("SELECT id, copy, state, is_open FROM delivery ORDER BY id")).all()
        assert found == [(7, "", "accepted", False), (8, "", "handing_over", True)]
        assert [(row.token, row.batch, row.until) for row in session.scalars(select(LeaseRow))] == [(5, 2, moment)]
        assert session.execute(text("SELECT delivery_id FROM attempt")).all() == [(7,)]
        assert session.execute(text("SELECT one_mark FROM mailing")).scalar()  # what is out keeps its Message-ID
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text("UPDATE delivery SET lease = 1"))  # held, but in no state in which one holds it
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text("UPDATE delivery SET is_open = TRUE"))  # what was accepted is not open
        if store.is_sqlite:
            assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
    assert "ix_delivery_open" in {index["name"] for index in inspect(store.engine).get_indexes("delivery")}
    store.close()
