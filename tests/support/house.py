"""The example organisation of this repository, and a copy of its content for a test to change."""

from __future__ import annotations

import shutil
from pathlib import Path

from devtools.house import ROOT, house
from mailer.content import Content

__all__ = ["ROOT", "content_in", "house"]


def content_in(folder: Path) -> Content:
    """The issues, catalogs and settings of the example, copied into `folder`."""
    for name in ("issues", "translations"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "postduif.toml", folder)
    return Content(folder, house())
