"""Text with slots in, the lines of a MIME part out (RFC 2045), ready for a reader's values at their places.

Each static piece is encoded once for all readers. In quoted-printable a slot is fenced by soft line breaks, so that no
fold cuts it and no line passes 76 octets whatever the value. In base64, which goes by three octets, a value shifts what
follows it; the piece behind it is therefore kept in each of its three phases. No line starts with a full stop, so the
dot-stuffing of SMTP changes nothing, and none with "From ".
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass

from mailer.artefacts.slots import SLOT

LINE = 76
"""Octets of an encoded line without its CRLF (RFC 2045 §6.7, §6.8)."""

_FOLD = LINE // 4 * 3
"""Octets that fill a line of base64."""

_SOFT = b"=\r\n"
_AS_IT_IS = re.compile(r"[A-Za-z0-9/:?&,;+_!@#%()'*<>\"-][A-Za-z0-9 ./:?&,;+_!@#%()'*<>\"-]{0,72}\Z")


def part_from(content: str) -> QuotedPart | Base64Part:
    """The shorter encoding of `content`, whose lines end in "\\n" and which ends in one."""
    quoted, based = QuotedPart(content), Base64Part(content)
    return quoted if quoted.size <= based.size else based


@dataclass(frozen=True, init=False)
class QuotedPart:
    """A part in quoted-printable. `pieces` are octets and names of slots in turn, beginning and ending with octets."""

    encoding = "quoted-printable"
    content: str
    pieces: tuple[bytes | str, ...]

    def __init__(self, content: str) -> None:
        texts = SLOT.split(content)
        pieces: list[bytes | str] = []
        for at in range(0, len(texts), 2):
            before, after = at > 0, at + 1 < len(texts)
            pieces.append(_fenced(texts[at], before=before, after=after))
            pieces += texts[at + 1 : at + 2]
        object.__setattr__(self, "content", content)
        object.__setattr__(self, "pieces", tuple(pieces))

    @property
    def size(self) -> int:
        return sum(len(piece) for piece in self.pieces if isinstance(piece, bytes))

    def filled(self, values: Mapping[str, str]) -> list[bytes]:
        """The body of the part for one reader. Raises KeyError for a slot without a value."""
        return [piece if isinstance(piece, bytes) else quoted_value(values[piece]) for piece in self.pieces]


@dataclass(frozen=True, init=False)
class Base64Part:
    """A part in base64. `pieces` are `Phases` and names of slots in turn, beginning and ending with `Phases`."""

    encoding = "base64"
    content: str
    pieces: tuple[Phases | str, ...]

    def __init__(self, content: str) -> None:
        texts = SLOT.split(content.replace("\n", "\r\n"))
        pieces = [text if at % 2 else Phases(text.encode()) for at, text in enumerate(texts)]
        object.__setattr__(self, "content", content)
        object.__setattr__(self, "pieces", tuple(pieces))

    @property
    def size(self) -> int:
        return sum(len(base64_lines(piece.octets)) for piece in self.pieces if isinstance(piece, Phases))

    def filled(self, values: Mapping[str, str]) -> list[bytes]:
        """The body of the part for one reader. Raises KeyError for a slot without a value."""
        lines: list[bytes] = []
        waiting = b""  # octets that do not make up a group of three yet
        for piece in self.pieces:
            if isinstance(piece, str):
                waiting += values[piece].encode()
            elif len(piece.octets) < 3:
                waiting += piece.octets
            else:
                missing = -len(waiting) % 3
                body, tail = piece.phases[missing]
                lines += (base64_lines(waiting + piece.octets[:missing]), body)
                waiting = tail
        return [*lines, base64_lines(waiting)]


@dataclass(frozen=True, init=False)
class Phases:
    """`phases[n]` is (lines, rest) of the octets from the n-th on: whole groups of three encoded, and what is over."""

    octets: bytes
    phases: tuple[tuple[bytes, bytes], ...]

    def __init__(self, octets: bytes) -> None:
        object.__setattr__(self, "octets", octets)
        object.__setattr__(self, "phases", tuple(_phase(octets[skipped:]) for skipped in range(3)))


def quoted_value(value: str) -> bytes:
    """A value between two fences: its last line is at most 75 octets, so that `=` can follow."""
    if _AS_IT_IS.match(value) and value[-1] != " " and not value.startswith("From "):
        return value.encode()
    return _shortened(_quoted(value))


def _phase(octets: bytes) -> tuple[bytes, bytes]:
    whole = len(octets) // 3 * 3
    return base64_lines(octets[:whole]), octets[whole:]


def base64_lines(octets: bytes) -> bytes:
    """Lines of base64, each ended by CRLF."""
    return b"".join(b64encode(octets[at : at + _FOLD]) + b"\r\n" for at in range(0, len(octets), _FOLD))


def _fenced(text: str, *, before: bool, after: bool) -> bytes:
    """A static piece with what separates it from the slot `before` and the slot `after` it."""
    encoded = _quoted(text)
    if before and not text.startswith("\n"):
        encoded = _SOFT + encoded
    if after and not encoded.endswith(b"\r\n") and encoded:
        encoded = _shortened(encoded) + _SOFT
    return encoded


def _quoted(text: str) -> bytes:
    octets = text.encode().replace(b"\n", b"\r\n")
    encoded = b2a_qp(octets, istext=True)
    if b"\n" not in octets:  # then b2a_qp folds with a bare LF
        encoded = encoded.replace(b"=\n", _SOFT)
    if encoded.endswith((b" ", b"\t")):
        encoded = encoded[:-1] + b"=%02X" % encoded[-1]
    return b"\r\n".join(map(_guarded, encoded.split(b"\r\n")))


def _guarded(line: bytes) -> bytes:
    """Without a first full stop or "From "; the line that grew by it is folded once more."""
    if line.startswith(b"."):
        line = b"=2E" + line[1:]
    elif line.startswith(b"From "):
        line = b"=46" + line[1:]
    if len(line) <= LINE:
        return line
    at = _cut(line, LINE - 6)
    return line[:at] + _SOFT + _guarded(line[at:])


def _shortened(encoded: bytes) -> bytes:
    """With a last line of at most 75 octets."""
    start = encoded.rfind(b"\r\n") + 2 if b"\r\n" in encoded else 0
    if len(encoded) - start < LINE:
        return encoded
    at = start + _cut(encoded[start:], LINE - 6)
    return encoded[:at] + _SOFT + _guarded(encoded[at:])


def _cut(line: bytes, at: int) -> int:
    """The last place up to `at` that is not within an =XX."""
    if line[at - 1 : at] == b"=":
        return at - 1
    return at - 2 if line[at - 2 : at - 1] == b"=" else at
