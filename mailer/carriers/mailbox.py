"""Whether an address may stand in an SMTP envelope (RFC 5321 §4.1.2, §4.5.3.1). Pure."""

from __future__ import annotations

import re

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*\.(?!\d+\Z){_LABEL}"
_MAILBOX = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>{_DOMAIN})", re.ASCII)


def deliverable(address: str) -> bool:
    """True for an unquoted ASCII mailbox at a domain name with a dot.

    Quoted local parts, IP addresses and SMTPUTF8 are refused on purpose: no reader of ours needs one, and each is a
    known way to smuggle a second recipient. International domains come in as A-labels (`xn--…`).
    """
    found = _MAILBOX.fullmatch(address) if len(address) <= 254 else None
    return found is not None and len(found["local"]) <= 64 and len(found["domain"]) <= 253


def domain_of(address: str) -> str:
    """The domain of a deliverable address, in lower case."""
    return address.rpartition("@")[2].lower()
