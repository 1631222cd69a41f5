"""A mail as bounded parts, in one pass over its lines: no recursion, and nothing kept of a quoted mail but its header.

The parser of the standard library asks every open boundary about every line; here it is one look in a dictionary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailer.returns import limits
from mailer.returns.text import decoded, plain_of, unpacked

Fields = dict[str, list[str]]
QUOTED = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_PARAMETER = re.compile(r';\s*([a-z-]{1,20})\s*=\s*("(?:[^"\\]|\\.){0,200}"|[^\s;"]{1,200})', re.IGNORECASE)


@dataclass
class Part:
    """One leaf of a mail. Of a quoted mail there is only `quoted`, its header."""

    fields: Fields
    lines: list[bytes] = field(default_factory=list)
    quoted: Fields = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kind, self.parameters = _kind(self.get("content-type"))

    def get(self, name: str) -> str:
        """The first field of this name; empty without one."""
        return (self.fields.get(name) or [""])[0]

    def text(self) -> str:
        """The body as a person would read it."""
        raw = b"\n".join(self.lines)[: limits.PART_OCTETS]
        data = unpacked(raw, self.get("content-transfer-encoding"))
        said = decoded(data, self.parameters.get("charset", "utf-8"))
        return plain_of(said) if self.kind == "text/html" else said


@dataclass(frozen=True)
class Mail:
    """`trace` holds the fields above the first Received: those that our own server put there."""

    fields: Fields
    parts: list[Part]
    trace: Fields
    cut: bool = False
    """There was more than the limits allow to look at."""

    def get(self, name: str) -> str:
        return (self.fields.get(name) or [""])[0]

    @property
    def quoted(self) -> Fields:
        """The header of the mail that came back; empty when none is quoted as a part."""
        return next((part.quoted for part in self.parts if part.quoted), {})

    def first(self, kinds: frozenset[str]) -> Part | None:
        """The first part of one of these kinds."""
        return next((part for part in self.parts if part.kind in kinds), None)


def mail_from(raw: bytes) -> Mail:
    """The parts of a mail, in order. What is deeper or later than the limits is left out; never raises."""
    cut = len(raw) > limits.OCTETS
    raw = raw[: limits.OCTETS]
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    lines = raw.split(b"\n", limits.LINES)
    cut = cut or len(lines) > limits.LINES
    lines = [line[: limits.LINE].rstrip(b"\r") for line in lines[: limits.LINES]]
    if lines and lines[0].startswith((b"From ", b">From ")):
        del lines[0]
    return _Reader(lines).mail(cut)


class _Reader:
    """Goes over the lines once. `_open` maps each open boundary to its depth, `_order` lists them outside in."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines, self._at = lines, 0
        self._open: dict[bytes, int] = {}
        self._order: list[bytes] = []
        self._parts: list[Part] = []

    def mail(self, cut: bool) -> Mail:
        self._skip_blank()
        fields = self._fields()
        self._take(Part(fields))
        while self._at < len(self._lines) and len(self._parts) < limits.PARTS:
            self._take(Part(self._fields()))
        told = [part for part in self._parts if part.lines or part.fields]
        return Mail(fields, told, _trace(fields), cut or self._at < len(self._lines))

    def _take(self, part: Part) -> None:
        """The body of a part: up to a boundary that is open."""
        mark = part.parameters.get("boundary", "").rstrip().encode("latin-1", "replace")
        if part.kind.startswith("multipart/") and mark and len(self._order) < limits.DEPTH and mark not in self._open:
            self._order.append(mark)
            self._open[mark] = len(self._order)
        quotes = part.kind in QUOTED
        if quotes:
            self._skip_blank()
            part.quoted = self._fields(strict=False)
        self._parts.append(part)
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if line[:2] == b"--" and self._ends(line[2:].rstrip()):
                return
            if not quotes:
                part.lines.append(line)

    def _ends(self, mark: bytes) -> bool:
        """Whether this is an open boundary; what is inside it ends with it."""
        closing = mark not in self._open and mark[-2:] == b"--"
        depth = self._open.get(mark[:-2] if closing else mark)
        if depth is None:
            return False
        kept = depth - 1 if closing else depth
        for inner in self._order[kept:]:
            del self._open[inner]
        del self._order[kept:]
        return True

    def _skip_blank(self) -> None:
        while self._at < len(self._lines) and not self._lines[self._at].strip():
            self._at += 1

    def _fields(self, *, strict: bool = True) -> Fields:
        """The header here. `strict`: a first line that is no field means that there is no header at all."""
        found = _Header()
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line[:2] == b"--" and line[2:].rstrip().removesuffix(b"--") in self._open:
                break
            if line.strip() and not found.take(line) and strict and not found.fields:
                break
            self._at += 1
            if not line.strip():
                break
        return found.fields


class _Header:
    """Fields as they come in, unfolded."""

    def __init__(self) -> None:
        self.fields: Fields = {}
        self._last: list[str] | None = None
        self._count = 0

    def take(self, line: bytes) -> bool:
        """False for a line that is neither a field nor the rest of one."""
        name, colon, value = line.partition(b":")
        last = self._last[-1] if self._last else ""
        if self._last is not None and (line[:1] in b" \t" or (last[-1:] == ";" and b"=" in name)):
            if len(last) < limits.FIELD:
                self._last[-1] = f"{last} {_said(line)}"
            return True
        if not colon or b" " in name.strip():
            return False
        self._count += 1
        self._last = None
        if self._count <= limits.FIELDS:
            self._last = self.fields.setdefault(name.strip().decode("latin-1").lower(), [])
            self._last.append(_said(value))
        return True


def _said(value: bytes) -> str:
    return value.strip()[: limits.FIELD].decode("utf-8", "replace")


def _kind(value: str) -> tuple[str, dict[str, str]]:
    kind = (value.partition(";")[0].split() or ["text/plain"])[0].lower()
    return kind, {name.lower(): said.strip('"') for name, said in _PARAMETER.findall(value[:1000])}


def _trace(fields: Fields) -> Fields:
    names = list(fields)
    above = names[: names.index("received")] if "received" in names else names
    return {name: fields[name][:1] for name in above}
