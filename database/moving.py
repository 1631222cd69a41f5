"""Move the keys to another folder, so that a kill at any moment leaves a whole ring that is used."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from database.keys import KeyRing, KeysError, has_keys, key_files, on_disk, save_key
from wording import _


def move_keys(old: Path, new: Path) -> None:
    """Copy every key to `new`, whole or not at all, and only then take away those in `old`.

    To be repeated after a kill. Raises KeysError when other keys are in `new`; then nothing has changed.
    """
    if not has_keys(new):
        _copy(old, new)
    KeyRing.from_folder(new)
    kept = {path.name: path.read_bytes().strip() for path in key_files(new)}
    if any(kept.get(path.name) != path.read_bytes().strip() for path in key_files(old)):
        text = _(
            "In {folder} staan andere sleutels; er is niets verplaatst. Kies een plaats met storage.keys.", folder=new
        )
        raise KeysError(text)
    on_disk(os.open(new.parent, os.O_RDONLY))  # the name of the new folder too, before the old keys go
    for path in key_files(old):
        path.unlink()
    if not any(old.iterdir()):
        old.rmdir()


def _copy(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = Path(tempfile.mkdtemp(dir=new.parent, prefix=".keys."))  # mode 0700
    try:
        for path in key_files(old):
            save_key(unfinished / path.name, path.read_bytes())
        KeyRing.from_folder(unfinished)
        os.rename(unfinished, new)  # noqa: PTH104 — over an empty folder too, and never over one with keys
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
