"""What a file is, by its first bytes and not by its name; and its text where it has no other form."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePosixPath

from mailer.intake.lines import Line, Refusal, RefusedError, Run, picture_kind
from mailer.intake.package import Package
from mailer.intake.tidying import paragraphs

MOST_BYTES = 25_000_000
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""A compound file ([MS-CFB]): an old .doc, or a new one behind a password ([MS-OFFCRYPTO])."""
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_HTML = re.compile(
    r"\s{0,1000}<(?:!doctype html|html|head|body|meta|p|div|h[1-6]|table|ul|ol|article|section)\b", re.IGNORECASE
)
_CHARSET = re.compile(rb"charset=[\"']?([\w-]{1,30})", re.IGNORECASE)
_EMPTY_LINES = re.compile(r"\n[ \t]*\n")


class Kind(StrEnum):
    DOCX = "docx"
    HTML = "html"
    TEXT = "text"
    FILE = "file"
    """Any of the others: the bytes say which."""


def kind_of(data: bytes, name: str) -> Kind:
    """Of an uploaded file. Raises RefusedError for what is not read, by which its remedy is known."""
    if not data.strip():
        raise RefusedError(Refusal.EMPTY)
    if data.startswith(b"PK"):
        return _zipped(data)
    begins = {b"%PDF": Refusal.PDF, b"{\\rtf": Refusal.RICH_TEXT, b"bplist": Refusal.PAGES}
    for begin, refusal in begins.items():
        if data.lstrip()[:20].startswith(begin):
            raise RefusedError(refusal)
    if data.startswith(_OLD):
        raise RefusedError(Refusal.PASSWORD if _LOCKED in data else Refusal.OLD_WORD)
    if picture_kind(data):
        raise RefusedError(Refusal.PICTURE)
    if b"\0" in data[:4_000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedError(Refusal.UNKNOWN)
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if suffix in (".html", ".htm", ".xhtml") or _HTML.match(text_of(data[:4_000])):
        return Kind.HTML
    if suffix in (".txt", ".text", ""):
        return Kind.TEXT
    raise RefusedError(Refusal.UNKNOWN)


def _zipped(data: bytes) -> Kind:
    package = Package(data)
    if "word/document.xml" in package.names or any(one.startswith("word/") for one in package.names):
        return Kind.DOCX
    if any(one.startswith("Index/") or one == "index.xml" for one in package.names):
        raise RefusedError(Refusal.PAGES)
    if any(one.startswith(("xl/", "ppt/")) for one in package.names):
        raise RefusedError(Refusal.SHEET)
    if package.read("mimetype").startswith(b"application/vnd.oasis.opendocument"):
        raise RefusedError(Refusal.OPEN_DOCUMENT)
    raise RefusedError(Refusal.UNKNOWN)


def text_of(data: bytes) -> str:
    """Bytes as text: UTF-16 with its mark, UTF-8, what the page says of itself, else Windows-1252. Never raises."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = _CHARSET.search(data[:4_000])
        try:
            return data.decode(said[1].decode("ascii") if said else "cp1252", "replace")
        except LookupError:
            return data.decode("cp1252", "replace")


def plain_lines(text: str) -> list[Line]:
    """Plain text: an empty line parts paragraphs, the end of a line stays one."""
    found = (paragraphs([Run(one.replace("\n", "\v"))]) for one in _EMPTY_LINES.split(text.replace("\r\n", "\n")))
    return [Line("p", runs) for one in found for runs in one]
