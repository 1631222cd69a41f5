"""Keys on paper, in two sealed envelopes: what to print, and whether what somebody typed in again is right."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator

from database.keys import ROOTS, KeyRing


def paper(keys: KeyRing) -> list[str]:
    """One line a key: its name, 52 characters of base32 (RFC 4648) in groups of four, and four to check them."""
    return [_line(root, kid, keys.roots[root][kid]) for root in ROOTS for kid in keys.ids(root)]


def wrong_on_paper(keys: KeyRing, typed: Iterable[str]) -> Iterator[str]:
    """The names of the keys that the typed lines lack or have wrong; nothing when the paper would restore the ring."""
    found = {_squeezed(line) for line in typed}
    for line in paper(keys):
        if _squeezed(line) not in found:
            yield line.partition(" ")[0]


def _squeezed(line: str) -> str:
    """Spaces and capitals do not matter to whoever types 52 characters from paper."""
    return "".join(line.split()).lower()


def _line(root: str, kid: int, secret: bytes) -> str:
    text = base64.b32encode(secret).decode().rstrip("=")
    groups = " ".join(text[start : start + 4] for start in range(0, len(text), 4))
    return f"{root}.{kid} {groups} {hashlib.sha256(f'{root}.{kid} {text}'.encode()).hexdigest()[:4]}"
