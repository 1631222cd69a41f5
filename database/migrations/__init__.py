"""The history of the schema (Alembic). Only `postduif upgrade` changes a schema that is there."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from database.session import Store
from wording import _
from wording.errors import SettingsError

FOLDER = Path(__file__).parent


class SchemaError(SettingsError):
    """The schema is not that of this program."""


class Schema(StrEnum):
    """The schema of a database, as this program sees it."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


def config(store: Store) -> Config:
    """Alembic's configuration for this database."""
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.attributes["engine"] = store.engine
    settings.attributes["keys"] = store.keys
    return settings


def knows(revision: str) -> bool:
    """Whether this program has a migration of that name: if not, a newer program made the schema."""
    return any(one.revision == revision for one in _script().walk_revisions())


def schema_of(store: Store) -> Schema:
    """Which schema is there; nothing is changed."""
    with store.reading() as session:
        connection = session.connection()
        current = MigrationContext.configure(connection).get_current_revision()
        if current is None:
            return Schema.OLDER if inspect(connection).get_table_names() else Schema.EMPTY
    if current == newest():
        return Schema.CURRENT
    return Schema.OLDER if knows(current) else Schema.NEWER


def require_current(store: Store) -> None:
    """Make the tables of a database that has none. Raises SchemaError when they are those of another program."""
    found = schema_of(store)
    if found is Schema.EMPTY:
        upgrade(store)
    elif found is Schema.OLDER:
        raise SchemaError(_("De database is van een oudere versie van Postduif. Werk haar bij met: postduif upgrade"))
    elif found is Schema.NEWER:
        raise newer()


def newer() -> SchemaError:
    """A newer program made the schema."""
    return SchemaError(
        _("De database is gemaakt door een nieuwere versie van Postduif. Zet die versie neer, en start die.")
    )


def revisions(store: Store) -> tuple[str | None, str | None]:
    """The revision that the tables are at (None: no tables of ours), and the newest that this program knows."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), newest()


@cache
def newest() -> str | None:
    """The newest revision that this program knows."""
    return _script().get_current_head()


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))


def upgrade(store: Store) -> None:
    """Bring the schema to the newest revision; a schema that is already there is left alone."""
    command.upgrade(config(store), "head")
