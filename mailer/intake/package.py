"""A zip file of XML (Office Open XML, ISO/IEC 29500) with a limit on all that comes out of it."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from posixpath import join, normpath
from typing import Any

from lxml import etree

from mailer.intake.lines import Refusal, RefusedError

MOST_PART, MOST_ALL, MOST_FILES, MOST_TAGS = 10_000_000, 60_000_000, 2_000, 400_000
"""Bytes of one part, bytes in all, files, tags of one part. A book of 300 pages has 4 MB and 150,000 tags."""
_NAMESPACES = (
    (b"http://purl.oclc.org/ooxml/", b"http://schemas.openxmlformats.org/"),
    (b"openxmlformats.org/wordprocessingml/main", b"openxmlformats.org/wordprocessingml/2006/main"),
    (b"openxmlformats.org/officeDocument/relationships", b"openxmlformats.org/officeDocument/2006/relationships"),
    (b"openxmlformats.org/officeDocument/math", b"openxmlformats.org/officeDocument/2006/math"),
    (b"openxmlformats.org/drawingml/main", b"openxmlformats.org/drawingml/2006/main"),
    (b"openxmlformats.org/drawingml/chart", b"openxmlformats.org/drawingml/2006/chart"),
)
"""A strict document (ISO/IEC 29500-1) names what a common one does by other addresses."""
_DECLARED = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_UNREADABLE = (
    zipfile.BadZipFile,
    RuntimeError,
    NotImplementedError,
    OSError,
    EOFError,
    ValueError,
    zlib.error,
)
"""What zipfile raises for a package that is cut off, encrypted, or packed in a way that it cannot open."""


@dataclass(frozen=True)
class Relation:
    """What a part of the file leads to; `kind` is the last word of its address."""

    kind: str
    target: str
    outside: bool


class Package:
    """An opened file. Every reading raises RefusedError for what is too large, broken or locked."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _UNREADABLE as error:
            raise RefusedError(Refusal.BROKEN) from error
        self.names = frozenset(self._zip.namelist())
        if len(self._zip.infolist()) > MOST_FILES:
            raise RefusedError(Refusal.LARGE)
        if any(one.flag_bits & 1 for one in self._zip.infolist()):
            raise RefusedError(Refusal.PASSWORD)
        self._left = MOST_ALL

    def read(self, name: str) -> bytes:
        """The bytes of a part; b"" for one that is not there."""
        if name not in self.names:
            return b""
        try:
            with self._zip.open(name) as part:
                data = part.read(min(MOST_PART, self._left) + 1)
        except _UNREADABLE as error:
            raise RefusedError(Refusal.BROKEN) from error
        self._left -= len(data)
        if len(data) > MOST_PART or self._left < 0:
            raise RefusedError(Refusal.LARGE)
        return data

    def xml(self, name: str) -> Any:
        """The root of a part; an element without anything for one that is not there. No entity is ever resolved."""
        data = self.read(name)
        if not data:
            return etree.Element("none")
        if data.count(b"<") > MOST_TAGS:
            raise RefusedError(Refusal.LARGE)
        data = _plain(data)
        for strict, common in _NAMESPACES:
            data = data.replace(strict, common)
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise RefusedError(Refusal.BROKEN) from error
        if root.getroottree().docinfo.doctype:
            raise RefusedError(Refusal.DECLARED)
        return root

    def relations(self, of: str) -> dict[str, Relation]:
        """What a part leads to, by id."""
        folder, _slash, name = of.rpartition("/")
        return {
            one.get("Id", ""): Relation(
                one.get("Type", "").rpartition("/")[2],
                one.get("Target", "") if outside else normpath(join(folder, one.get("Target", ""))).lstrip("/"),
                outside,
            )
            for one in self.xml(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
            for outside in [one.get("TargetMode") == "External"]
        }


def _plain(data: bytes) -> bytes:
    """As UTF-8, whatever it was written in, so that no other encoding hides a declaration. Raises RefusedError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        little = data.startswith(b"\xff\xfe") or data[1:2] == b"\0"
        try:
            text = data.decode("utf-16-le" if little else "utf-16-be").removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            raise RefusedError(Refusal.BROKEN) from error
        head, end, rest = text.partition("?>")
        data = (rest if end and head.startswith("<?xml") else text).encode("utf-8", "replace")
    if _DECLARED.search(data[:100_000].decode("latin-1")):  # before the first tag, or the parser says so
        raise RefusedError(Refusal.DECLARED)
    return data
