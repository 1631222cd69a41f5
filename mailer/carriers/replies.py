"""SMTP replies out of a stream of bytes, within limits (RFC 5321 §4.2). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_BYTES = 65_536
"""Of one reply, all lines together; a real one is under 2 KB, and an endless one must not fill memory."""

_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
_WORDS_KEPT = 500


class NonsenseError(Exception):
    """The other side does not speak SMTP: no code, mixed codes, or no end."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply; `lines` are without code and separator."""

    code: int
    lines: tuple[str, ...]

    @property
    def enhanced(self) -> str:
        """The enhanced status code of the first line (RFC 3463), or nothing."""
        found = _ENHANCED.match(self.lines[0])
        return found[1] if found else ""

    @property
    def words(self) -> str:
        """What it says, on one line and without control characters, cut to what a person would read."""
        return legible(" ".join(_ENHANCED.sub("", line, count=1) for line in self.lines))


def legible(said: str) -> str:
    """One line without control characters and marks that turn or hide text, cut to what a person would read."""
    if not said.isprintable():
        said = "".join(sign if sign.isprintable() else " " for sign in said)
    if len(said) > _WORDS_KEPT:
        # Between two words: half an address at the end would no longer be known as the reader's.
        said = said[: _WORDS_KEPT + 1].rpartition(" ")[0]
    return said.strip()


class Replies:
    """Bytes go in as they arrive; whole replies come out."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._scanned = 0

    @property
    def pending(self) -> bool:
        """True if bytes wait that no reply has used."""
        return bool(self._bytes)

    def feed(self, data: bytes) -> None:
        self._bytes += data

    def take(self) -> Reply | None:
        """The next whole reply, or None when more bytes are needed. Raises NonsenseError."""
        while (end := self._bytes.find(b"\n", self._scanned)) >= 0:
            start, self._scanned = self._scanned, end + 1
            if self._bytes[start + 3 : start + 4] != b"-":
                whole = bytes(self._bytes[: end + 1])
                del self._bytes[: end + 1]
                self._scanned = 0
                return _reply(whole)
            if self._scanned > MOST_BYTES:
                break
        if len(self._bytes) > MOST_BYTES:
            raise NonsenseError(f"a reply of more than {MOST_BYTES} bytes")
        return None


def _reply(whole: bytes) -> Reply:
    if whole[3:4] == b" " and whole[:1] in b"2345" and whole[:3].isdigit():
        return Reply(int(whole[:3]), (whole[4:].rstrip(b"\r\n").decode("utf-8", "replace"),))
    lines = [line.rstrip(b"\r") for line in whole.removesuffix(b"\n").split(b"\n")]
    codes = {line[:3] for line in lines}
    code = lines[0][:3]
    if len(codes) != 1 or not code.isdigit() or code[:1] not in b"2345" or lines[-1][3:4] not in (b"", b" "):
        raise NonsenseError(legible(whole.decode("utf-8", "replace")) or "nothing")
    return Reply(int(code), tuple(line[4:].decode("utf-8", "replace") for line in lines))
