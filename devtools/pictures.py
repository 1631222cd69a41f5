"""`make pictures`: the pictures of the README, made from the example issues: e-mails, pages, booklets, the terminal."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.text import Text as TerminalText

from devtools import email_pictures, staff_pictures
from mailer.bootstrap import press_from
from mailer.services.writing import previews
from mailer.services.writing.sheets import small
from mailer.typesetting.browser import picture_of
from mailer.typesetting.typesetter import Typesetter

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
COLUMNS = 84


def main() -> None:
    email_pictures.main()
    for locale in ("nl", "en", "ar"):
        sheet = previews.png(press_from(ROOT), "meldpunt-2026-3", "detention", locale, Typesetter().pictures)
        (PICTURES / f"booklet-{locale}.png").write_bytes(_narrowed(sheet, 1000))
    (PICTURES / "demo.png").write_bytes(_terminal(_demo()))
    staff_pictures.main()


def _demo() -> str:
    """What `postduif demo` prints, without the time it took."""
    command = [sys.executable, "-m", "commands", "demo"]
    environment = {"PATH": "/usr/bin:/bin", "LANGUAGE": "en", "COLUMNS": str(COLUMNS), "HOME": str(Path.home())}
    told = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    return re.sub(r"\n[^\n]*\d\.\d seconds\.(?=\n)", "", told)


def _terminal(told: str) -> bytes:
    console = Console(record=True, width=COLUMNS, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(TerminalText(f"$ make demo\n{told}"))
    page = console.export_html(inline_styles=True)
    lines = told.count("\n") + 3
    return small(picture_of(page.replace("<body>", '<body style="margin:16px">'), 880, lines * 19 + 40))


def _narrowed(picture: bytes, width: int) -> bytes:
    image = Image.open(BytesIO(picture)).convert("L")
    image.thumbnail((width, width * 4))
    buffer = BytesIO()
    image.quantize(16).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
