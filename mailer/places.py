"""What is kept outside the content folder: the keys, so that nothing which stands in that folder leads to them, and how
far the database is, so that a copy of the folder does not have it."""

from __future__ import annotations

import os
from pathlib import Path

from database.keys import has_keys
from wording import _
from wording.errors import SettingsError

_INSIDE = Path("var") / "keys"
"""Where installations kept them until `storage.keys` had another default."""

KEPT_PASSWORD = "smtp__password"  # noqa: S105 — the name of a file
"""In the folder of the keys: the password of the mail server that was typed in the first run."""


def keys_folder(chosen: Path | None, content: Path) -> Path:
    """The folder of the keys: the one that is set (relative to the content folder), else the default.

    Keys that an earlier version made inside the content folder are used until they are moved. Raises SettingsError.
    """
    if chosen is not None:
        return content / chosen
    return inner_keys(content) or default_keys(content)


def default_keys(content: Path) -> Path:
    """$XDG_DATA_HOME/postduif/<name of the content folder>/keys (XDG Base Directory). Raises SettingsError."""
    return _own(content) / "keys"


def demo_keys(content: Path) -> Path:
    """Beside them: the keys of `postduif demo`, which are made anew each time."""
    return _own(content) / "demo-keys"


def witness_folder(chosen: Path | None, content: Path, data: Path) -> Path:
    """Where this machine keeps how far its databases are: the folder that is set, else beside the default of the keys.

    Not in the content folder, of which a copy is put back as a whole; unless the user of this process has no folder of
    their own. `data` is used then.
    """
    if chosen is not None:
        return content / chosen
    try:
        return _own(content) / "witness"
    except SettingsError:
        return data / "witness"


def inner_keys(content: Path) -> Path | None:
    """Keys of an earlier version that still lie inside the content folder; None when there are none."""
    return content / _INSIDE if has_keys(content / _INSIDE) else None


def _own(content: Path) -> Path:
    return _data_home() / "postduif" / (content.resolve().name or "postduif")


def _data_home() -> Path:
    """A relative $XDG_DATA_HOME is to be ignored, says the specification."""
    named = Path(os.environ.get("XDG_DATA_HOME", ""))
    if named.is_absolute():
        return named
    try:
        return Path.home() / ".local" / "share"
    except RuntimeError:  # a system user without a home
        raise SettingsError(
            _("Deze gebruiker heeft geen eigen map. Zeg in postduif.toml met storage.keys waar de sleutels staan.")
        ) from None
