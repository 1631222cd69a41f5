"""Who our own server says that a mail is really from (Authentication-Results, RFC 8601)."""

from __future__ import annotations

import re

from mailer.returns.mime import Fields

_PASSED = re.compile(
    r"\b(?:dkim\s*=\s*pass\b[^;]{0,300}?\bheader\.[di]\s*=\s*@?|spf\s*=\s*pass\b[^;]{0,300}?\bsmtp\.(?:mailfrom|mail)\s*=\s*)"
    r"(?:[^\s;@]{1,64}@)?([a-z0-9.-]{1,253})",
    re.IGNORECASE,
)


def vouched_for(fields: Fields, authserv: str) -> tuple[str, ...]:
    """The domains with DKIM or SPF that passed, by the first field of the server called `authserv`; none without one.

    Only the first counts: our server puts its own on top, and takes away others that bear its name (§5).
    """
    first = next(iter(fields.get("authentication-results", [])), "")
    name, _, results = first.partition(";")
    if not authserv or (name.split() or [""])[0].lower() != authserv.lower():
        return ()
    said = re.sub(r"\([^()]{0,500}\)", " ", results)  # comments hold what a stranger wrote
    return tuple(dict.fromkeys(found.lower().rstrip(".") for found in _PASSED.findall(said)))
