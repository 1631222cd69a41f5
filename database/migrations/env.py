"""Alembic's environment: the one place below the rooms that knows every table."""

from __future__ import annotations

from importlib import import_module

from alembic import context
from sqlalchemy import Connection

from database.base import Base

TABLES = (
    "database.audit",
    "database.fit",
    "database.onetime",
    "staff.people",
    "staff.sessions",
    "staff.attempts",
    "staff.signing_in",
    "staff.second_factor",
    "subscribers.tables",
    "subscribers.tidying",
    "mailer.ledger.tables",
    "mailer.ledger.installation",
    "mailer.ledger.heartbeats",
    "mailer.ledger.print_runs",
    "mailer.ledger.notices",
    "mailer.ledger.staff_mail",
    "mailer.ledger.archive",
    "mailer.ledger.returned",
    "mailer.ledger.translations",
    "mailer.ledger.standing",
    "mailer.ledger.writing",
)

for module in TABLES:
    import_module(module)


def run(connection: Connection) -> None:
    """Bring the schema to where it is wanted, in one transaction.

    SQLite changes a table by copying it (https://sqlite.org/lang_altertable.html, step 1): rows that refer to it must
    not go with the old one, so their keys are off meanwhile, which they can only be outside a transaction.
    """
    raw = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
    if raw is not None:
        raw.execute("PRAGMA foreign_keys=OFF")
    try:
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
        if raw is not None and (broken := raw.execute("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"rows without the row they refer to: {broken[:5]}")
        connection.commit()
    finally:
        if raw is not None:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


with context.config.attributes["engine"].connect() as opened:
    run(opened)
