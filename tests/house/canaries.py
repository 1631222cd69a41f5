"""Names and addresses that must never stand in the clear: put them in, and look for them afterwards.

`CANARIES` are a person's name, address and registration number; `found_in(folder)` names the files that hold one,
in UTF-8, UTF-16, base64 or hexadecimal.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

CANARIES = (
    "Kanarius Zangvogel",
    "kanarius.zangvogel@volière.example",
    "kanarius.zangvogel@xn--volire-6ua",
    "R-KANARIE-77",
)


def spellings(canary: str) -> set[bytes]:
    """How a canary may look in a file; of base64 the parts that do not depend on where it starts."""
    plain = canary.encode()
    cut = {base64.b64encode(b"x" * shift + plain)[shift and 4 : -4] for shift in range(3)}
    return {plain, plain.lower(), canary.encode("utf-16-le"), plain.hex().encode(), *cut}


def found_in(*folders: Path) -> list[str]:
    """Every file below the folders with a canary in it."""
    wanted = [spelling for canary in CANARIES for spelling in spellings(canary)]
    return sorted(str(path) for path in _files(folders) if _holds(path, wanted))


def found_in_text(text: str) -> list[str]:
    """The canaries that stand in a text, such as a log or a traceback."""
    return [canary for canary in CANARIES if any(one in text.encode() for one in spellings(canary))]


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


def _holds(path: Path, wanted: list[bytes]) -> bool:
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return any(spelling in data for spelling in wanted)
