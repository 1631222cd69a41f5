"""Which letters a relay took, from its log: every letter of ours bears a mark in its bounce address and Message-ID."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from mailer.services.sending.letters import delivery_mark, public_mark
from wording import _
from wording.errors import InvalidInputError

_MARK = re.compile(rb"(?<![0-9a-f.])([0-9a-f]{1,12})\.([0-9a-f]{32})@", re.IGNORECASE)
_NOTICE = re.compile(rb"(?<![0-9a-f.])([0-9a-f]{32})@", re.IGNORECASE)
_REFUSED = re.compile(rb"reject", re.IGNORECASE)
"""In the lines of Postfix, Exim and OpenSMTPD about what they did not take."""
_LONGEST = 65_536
"""Octets of a line; what follows is read as a line of its own."""


@dataclass(frozen=True)
class Taken:
    """The numbers of deliveries that a relay took, and the ids of single mails."""

    deliveries: frozenset[int] = frozenset()
    notices: frozenset[UUID] = frozenset()


def taken_in(files: Iterable[Path], key: bytes) -> Taken:
    """What the logs in these files say; `key` made the marks, and a mark that it did not make is passed over.

    Raises InvalidInputError for a file that cannot be read.
    """
    deliveries: set[int] = set()
    notices: set[UUID] = set()
    for path in files:
        try:
            with path.open("rb") as log:
                while line := log.readline(_LONGEST):
                    if b"@" in line and not _REFUSED.search(line):
                        deliveries.update(_genuine(line, key))
                        notices.update(UUID(bytes.fromhex(one.decode()).hex()) for one in _NOTICE.findall(line))
        except OSError as error:
            why = error.strerror or str(error)
            raise InvalidInputError(_("{file} is niet te lezen: {why}.", file=path, why=why)) from None
    return Taken(frozenset(deliveries), frozenset(notices))


def _genuine(line: bytes, key: bytes) -> Iterable[int]:
    for number, mac in _MARK.findall(line):
        mark, delivery = b"%b.%b" % (number.lower(), mac.lower()), int(number, 16)
        if any(hmac.compare_digest(made(key, delivery).encode(), mark) for made in (delivery_mark, public_mark)):
            yield delivery
