"""Pictures of pages, made by the Chromium of this machine: a tool for editors and for the pictures in docs/.

The browser runs headless, with a new profile, without a network: a page that would fetch something shows a gap.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path

from wording import _
from wording.errors import SettingsError

NAMES = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT = 60
"""Seconds. A page of an issue takes two."""

_HEIGHT = re.compile(r'data-height="(\d+)"')
_MEASURE = """<!doctype html><meta charset=utf-8><body style="margin:0"><iframe width="{width}" height="100"
style="border:0" onload="document.documentElement.dataset.height=this.contentDocument.documentElement.scrollHeight"
srcdoc="{page}"></iframe>"""
"""In a frame, because a window on its own cannot be narrower than 500."""

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # the browser of a container runs as root; it is shown nothing but our own page
    "--disable-gpu",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def chromium() -> str:
    """The path of the browser. Raises SettingsError when there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise SettingsError(
        _("Voor een plaatje is Chromium nodig, en dat is er niet. Installeer het: apt-get install chromium")
    )


def height_of(page: str, width: int) -> int:
    """CSS pixels that the page takes at that width. Raises SettingsError."""
    dump = _run(_MEASURE.format(width=width, page=escape(page)), 800, 800, "--dump-dom")
    found = _HEIGHT.search(dump)
    if found is None:
        raise SettingsError(_("Chromium kon de pagina niet tonen."))
    return int(found[1])


def picture_of(page: str, width: int, height: int) -> bytes:
    """The page as PNG. Raises SettingsError."""
    with tempfile.TemporaryDirectory(prefix="postduif-picture-") as folder:
        target = Path(folder) / "page.png"
        _run(page, width, height, f"--screenshot={target}")
        if not target.is_file():
            raise SettingsError(_("Chromium kon de pagina niet tonen."))
        return target.read_bytes()


def _run(page: str, width: int, height: int, order: str) -> str:
    with tempfile.TemporaryDirectory(prefix="postduif-browser-") as folder:
        source = Path(folder) / "page.html"
        source.write_text(page, "utf-8")
        size = (f"--window-size={width},{height}", f"--user-data-dir={folder}/profile")
        try:
            result = subprocess.run(
                [chromium(), *_ARGUMENTS, *size, order, source.as_uri()],
                capture_output=True,
                text=True,
                timeout=TIMEOUT,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise SettingsError(_("Chromium kon de pagina niet tonen.")) from error
    return result.stdout
