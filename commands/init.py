"""`postduif init`: a content folder to begin with, and its keys."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from commands.telling import tell
from commands.words import say
from wording import _
from wording.errors import SettingsError

START = Path(__file__).resolve().parent.parent / "templates" / "init"


def init(folder: Annotated[Path, typer.Argument(help=say(_("De map die gemaakt wordt.")))]) -> None:
    from database.keys import KeyRing

    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(_("{folder} is niet leeg; kies een nieuwe map.", folder=folder))
    shutil.copytree(START, folder, dirs_exist_ok=True)
    (folder / "translations").mkdir()
    (folder / ".gitignore").write_text("var/\n", "utf-8")
    KeyRing.create(folder / "var" / "keys")
    tell(_("{folder} staat klaar. Pas postduif.toml aan en schrijf je nummer in issues/nieuws-2026-1/.", folder=folder))
    tell(_("De sleutels staan in {keys}. Bewaar er een kopie van buiten deze computer.", keys=folder / "var" / "keys"))
