"""Alembic's environment: the one place below the rooms that knows every table."""

from __future__ import annotations

from importlib import import_module

from alembic import context

from database.base import Base

TABLES = (
    "database.audit",
    "database.fit",
    "database.onetime",
    "database.people",
    "subscribers.tables",
    "mailer.ledger.tables",
    "mailer.ledger.print_runs",
    "mailer.ledger.notices",
    "mailer.ledger.archive",
    "mailer.ledger.returned",
    "mailer.ledger.translations",
)

for module in TABLES:
    import_module(module)

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
