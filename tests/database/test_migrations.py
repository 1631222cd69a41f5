"""The migrations make exactly the tables that the code describes."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from database.base import Base
from database.migrations import upgrade
from database.session import Store


def test_nothing_is_left_to_migrate(database_url: str) -> None:
    store = Store(database_url)
    upgrade(store)
    upgrade(store)  # a second time changes nothing
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    store.close()
