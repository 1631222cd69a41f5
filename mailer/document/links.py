"""Where a link in a newsletter may go."""

from __future__ import annotations

import re

_ALLOWED = re.compile(r"(?:https://[^/\s?#]+[^\s]*|mailto:[^\s@]+@[^\s@]+|tel:\+?[0-9()./-]+)", re.IGNORECASE)


def is_allowed(href: str) -> bool:
    """https with a host, mailto with an address, tel with a number; nothing else."""
    return _ALLOWED.fullmatch(href) is not None
