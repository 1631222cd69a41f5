"""Where a link in a newsletter may go."""

from __future__ import annotations

import re

_ALLOWED = re.compile(r"(?:https://[^/\s?#]+[^\s]*|mailto:[^\s@]+@[^\s@]+|tel:\+?[0-9()./-]+)", re.IGNORECASE)


def is_allowed(href: str) -> bool:
    """https with a host, mailto with an address, tel with a number; nothing else."""
    return _ALLOWED.fullmatch(href) is not None


def is_same_number(called: str, read: str) -> bool:
    """Whether "tel:+31100000199" is the number that a text writes as "010-000 0199"."""
    dialled, written = (re.sub(r"\D", "", number) for number in (called, read))
    # 8: a Dutch number has nine digits after its trunk zero or country code, a free one eight or more
    return dialled == written or (len(written) >= 8 and dialled.endswith(written.lstrip("0")))
