"""`postduif init`: a content folder to begin with, and its keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.telling import tell
from commands.words import say
from wording import _
from wording.errors import SettingsError


def init(folder: Annotated[Path, typer.Argument(help=say(_("De map die gemaakt wordt.")))]) -> None:
    from mailer.bootstrap import press_from
    from mailer.places import default_keys
    from mailer.services.administration.starting import FIRST_ISSUE, Start, begin
    from mailer.services.translating.following import extract_issue

    if folder.exists() and not folder.is_dir():
        raise SettingsError(_("{folder} is een bestand; kies een nieuwe map.", folder=folder))
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(_("{folder} is niet leeg; kies een nieuwe map.", folder=folder))
    begin(folder, Start())
    extract_issue(press_from(folder), FIRST_ISSUE)
    keys = default_keys(folder)
    tell(_("{folder} staat klaar. Pas postduif.toml aan en schrijf je nummer in issues/nieuws-2026-1/.", folder=folder))
    tell(
        _(
            "De sleutels staan buiten die map, in {keys}. Bewaar er een kopie van buiten deze computer: "
            "zonder sleutels is de lijst van lezers onleesbaar.",
            keys=keys,
        )
    )
