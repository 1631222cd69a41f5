"""What may be a mark of ours in a mail: only one with the right HMAC counts, and nothing is unpacked to look for it."""

from __future__ import annotations

import re

from mailer.returns import limits

MOST = 20
_MARK = re.compile(rb"(?<![0-9a-f.])([0-9a-f]{1,12}\.[0-9a-f]{32})(?:@|=40|>|\s)", re.IGNORECASE)


def marks_in(raw: bytes) -> tuple[str, ...]:
    """The first few different ones, anywhere in a mail, in lower case."""
    found = dict.fromkeys(mark.decode().lower() for mark in _MARK.findall(raw[: limits.OCTETS]))
    return tuple(found)[:MOST]
