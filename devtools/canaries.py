"""Names and addresses that must never stand in the clear: put them in, and look for them afterwards.

`CANARIES` are a person's name, address and registration number; `found_in(folder)` names the files that hold one,
in UTF-8, UTF-16, base64 or hexadecimal. `left_in(folder)` looks for everybody of the whole suite, fast.
"""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from subscribers.examples import NAMES

CANARIES = (
    "Kanarius Zangvogel",
    "kanarius.zangvogel@volière.example",
    "kanarius.zangvogel@xn--volire-6ua",
    "R-KANARIE-77",
)

PEOPLE = (*CANARIES, "@lezers.example", *(name for names in NAMES.values() for name in names))
"""Everybody whom the tests write down: their addresses all end alike, and addressees have the invented names."""


def spellings(canary: str) -> set[bytes]:
    """How a canary may look in a file; of base64 the parts that do not depend on where it starts."""
    plain = canary.encode()
    return {plain, plain.lower(), canary.encode("utf-16-le"), plain.hex().encode(), *_base64_of(canary)}


def found_in(*folders: Path) -> list[str]:
    """Every file below the folders with a canary in it."""
    wanted = [spelling for canary in CANARIES for spelling in spellings(canary)]
    return sorted(str(path) for path in _files(folders) if _holds(path, wanted))


def found_in_text(text: str) -> list[str]:
    """The canaries that stand in a text, such as a log or a traceback."""
    return [canary for canary in CANARIES if any(one in text.encode() for one in spellings(canary))]


def left_in(folder: Path, *kinds: str, leave_out: Iterable[str] = ()) -> list[str]:
    """Every file below the folder that holds anybody of `PEOPLE`, in UTF-8 or base64; with `kinds` only such names, and
    without those that `leave_out` names."""
    wanted = [spelling for one in PEOPLE for spelling in (one.encode(), *_base64_of(one)) if len(spelling) > 8]
    only = [*(f"--exclude={name}" for name in leave_out), *(f"--include={kind}" for kind in kinds)]
    command = ["grep", "--recursive", "--files-with-matches", "--text", "--fixed-strings", *only, "--file=-"]
    found = subprocess.run([*command, str(folder)], input=b"\n".join(wanted), capture_output=True, check=False)
    return sorted(found.stdout.decode("utf-8", "replace").splitlines())


def _base64_of(text: str) -> Iterable[bytes]:
    """Of base64 the parts that do not depend on where it starts."""
    return {base64.b64encode(b"x" * shift + text.encode())[shift and 4 : -4] for shift in range(3)}


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


def _holds(path: Path, wanted: list[bytes]) -> bool:
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return any(spelling in data for spelling in wanted)
