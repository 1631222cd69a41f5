"""The history of the schema (Alembic)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from database.session import Store

FOLDER = Path(__file__).parent


def config(store: Store) -> Config:
    """Alembic's configuration for this database."""
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.attributes["engine"] = store.engine
    settings.attributes["keys"] = store.keys
    return settings


def upgrade(store: Store) -> None:
    """Bring the schema to the newest revision; a schema that is already there is left alone."""
    command.upgrade(config(store), "head")
