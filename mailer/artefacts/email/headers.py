"""Header values in, lines of a message out (RFC 5322), folded by rules that damage none.

Python's own folding turns long List-Unsubscribe addresses into encoded-words (the one-click button breaks) and loses
spaces in Dutch and Arabic subjects. Here text is folded by `email.header.Header`, lists only at their commas, and
nothing else at all. Python 3.11 would take a line break in a value (CVE-2024-6923, CVE-2026-1299): no value has one.
"""

from __future__ import annotations

import re
from email.header import Header

from mailer.artefacts.bidi import CONTROLS, RLM

MAX_LINE = 998
"""Octets without the CRLF (RFC 5322 §2.1.1); a folded line of ours is 78 at most, but for an address that is longer."""

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FORMS = {
    "to": re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}\Z"),
    "message_id": re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>\Z"),
    "date": re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}\Z"),
    "unsubscribe_url": re.compile(r"https?://[!#-;=?-~]{1,900}\Z"),
    "preferences_url": re.compile(r"https?://[!#-;=?-~]{1,900}\Z"),
    "unsubscribe_mailto": re.compile(r"mailto:[!#-;=?-~]{1,900}\Z"),
}


class HeaderError(ValueError):
    """A value that must not stand in a header; it names the header, never the value (that may be an address)."""


def is_safe(value: str) -> bool:
    """No control character, line or paragraph separator, lone surrogate, or mark that turns text around.

    U+200E and U+200F, which only hint at a direction, are not among them.
    """
    return not _UNSAFE.search(value) and not CONTROLS.search(value.replace(RLM, "").replace("\u200e", ""))


def text_line(name: str, value: str) -> bytes:
    """Free text, such as a subject. Raises HeaderError."""
    return f"{name}: {_encoded(name, value)}\r\n".encode("ascii")


def mailbox_line(name: str, display: str, address: str) -> bytes:
    """`"Display" <address>` or, without a display name, the bare address. Raises HeaderError."""
    check("to", address)
    if not display:
        return f"{name}: {address}\r\n".encode("ascii")
    return f"{name}: {_phrase(name, display)}\r\n <{address}>\r\n".encode("ascii")


def list_id_line(display: str, identifier: str) -> bytes:
    """RFC 2919: a phrase and an identifier. Raises HeaderError."""
    if not re.fullmatch(r"[A-Za-z0-9.-]+", identifier):
        raise HeaderError("List-Id")
    return f"List-Id: {_phrase('List-Id', display)}\r\n <{identifier}>\r\n".encode("ascii")


def token_line(name: str, *values: str) -> bytes:
    """Addresses or tokens, folded at their commas only. Raises HeaderError."""
    if not all(value.isascii() and value.isprintable() and len(value) < MAX_LINE - len(name) for value in values):
        raise HeaderError(name)
    return f"{name}: {f',{chr(13)}{chr(10)} '.join(values)}\r\n".encode("ascii")


def check(slot: str, value: str) -> str:
    """`value` when it has the form its header slot asks for (slots.py). Raises HeaderError."""
    form = _FORMS.get(slot)
    if form is not None and not form.match(value):
        raise HeaderError(slot)
    return value


def _encoded(name: str, value: str) -> str:
    if not is_safe(value):
        raise HeaderError(name)
    if value.isascii() and "=?" not in value:
        return Header(value, "us-ascii", maxlinelen=76, header_name=name).encode(linesep="\r\n")
    # 75: RFC 2047 §2, for each encoded-word
    return Header(value, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


def _phrase(name: str, value: str) -> str:
    if not is_safe(value):
        raise HeaderError(name)
    if not value.isascii() or "=?" in value or len(value) > 60:  # 60: fits on the line of its header
        return Header(value, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
