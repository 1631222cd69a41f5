"""Wires settings to parts; the only module that knows them all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from database.fit import require_fit
from database.keys import KeyRing
from database.migrations import upgrade
from database.session import Store
from mailer.content import Content
from mailer.organisation import House
from mailer.settings import Settings, settings_from
from mailer.typesetter import Typesetter


@dataclass(frozen=True)
class Parts:
    """Everything an entry point works with."""

    settings: Settings
    house: House
    content: Content
    store: Store
    keys: KeyRing
    typesetter: Typesetter


def wire(folder: Path, database: str = "") -> Parts:
    """The parts of one content folder, with its tables up to date. `database` wins over the settings.

    Raises SettingsError, and KeysError when the keys are missing or are not those of the database.
    """
    return wired(settings_from(folder), folder, database)


def wired(settings: Settings, folder: Path, database: str = "") -> Parts:
    """As `wire`, for settings that were read before."""
    house = settings.house()
    keys = KeyRing.from_folder(folder / settings.storage.keys)
    store = Store(database or database_url(settings, folder), keys)
    upgrade(store)
    with store.transaction() as session:
        require_fit(session)
    return Parts(settings, house, Content(folder, house), store, keys, Typesetter())


def database_url(settings: Settings, folder: Path) -> str:
    """The database of the settings; SQLite in the data folder when they name none."""
    return settings.storage.database or f"sqlite:///{(folder / settings.storage.data).resolve()}/postduif.sqlite"
