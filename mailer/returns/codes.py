"""Enhanced status codes (IANA registry, RFC 3463 and later) and reply codes (RFC 5321) as reasons. Data and a look-up.

A code may say nothing ("") or say too little to outweigh words (VAGUE).
"""

from __future__ import annotations

from mailer.returns.reasons import HARD

_BY_REASON: dict[str, str] = {
    "unknown-user": "1.1 1.3 1.351 1.100",
    "unknown-host": "1.2 4.4 4.310",
    "no-mail": "1.10 3.2",
    "moved": "1.6 7.17 7.18",
    "sender": "1.7 1.8 7.27",
    "filtered": "2.0",
    "suspended": "2.1 7.13",
    "full": "2.2",
    "too-big": "2.3 3.4",
    "mailer": "2.4",
    "system": "1.9 3.0 3.1 3.3 3.5 3.6 4.3 4.5",
    "network": "4.0 4.2 4.6 4.8 4.14 4.312",
    "expired": "4.1 4.7 4.300 4.316",
    "syntax": "5.2 5.4 5.5 5.6",
    "rate": "5.3 7.15 7.28 1.90 2.121 2.122 7.508 7.705",
    "content": "6.0 6.1 6.2 6.3 6.4 6.5 6.6 6.7 6.8 6.9 6.10",
    "rules": "7.0 7.1 7.9",
    "security": "7.2 7.3 7.4 7.5 7.6 7.7 7.8 7.10 7.11 7.12 7.14 7.16 7.19 7.30 7.57",
    "authentication": "7.20 7.21 7.22 7.23 7.24 7.26 7.29 7.509 7.515 7.750",
    "reverse-dns": "7.25",
    "blocked": "7.511 7.606 7.708",
    "reputation": "7.650",
}
"""Three digits after the dot: Exchange Online's own, as Microsoft documents them."""
CODES = {code: reason for reason, codes in _BY_REASON.items() for code in codes.split()}
VAGUE = frozenset({"", "0.0", "1.0", "1.4", "2.0", "3.0", "5.0", "5.1", "7.0", "7.1"})
"""Written by many servers for whatever it is: words go first."""
ADDRESS_CODES = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "1.100", "1.351", "2.1", "4.1", "4.4"})
"""A second witness that the address is no more."""
NO_MAILBOX = frozenset({"550", "551", "553"})
"""RFC 5321 §4.2.3: the mailbox is not there, not here or not so named. A second witness where a recipient is named."""
REPLIES = {
    "421": "network", "432": "security", "450": "unclear", "451": "system", "452": "full", "454": "security",
    "500": "syntax", "501": "syntax", "502": "syntax", "503": "syntax", "504": "syntax", "521": "no-mail",
    "523": "too-big", "530": "security", "534": "security", "535": "security", "538": "security", "552": "full",
    "556": "no-mail",
}  # fmt: skip
"""RFC 5321, 4954 and 7504; another reply says nothing."""


def subject_of(code: str) -> str:
    """`1.1` of `5.1.1`."""
    return code.partition(".")[2]


def reason_of(code: str) -> str:
    """What a code says; empty when nothing. A temporary one never says that an address is gone.

    4.1.1 says nothing: servers write it while they cannot ask whether an address exists.
    """
    subject = subject_of(code)
    reason = CODES.get(subject, "rules" if subject.startswith("7.") else "")
    if code[:1] == "4" and reason in HARD:
        return {"1.1": "", "3.2": "system"}.get(subject, "network")
    return reason


def telling(codes: tuple[str, ...]) -> str:
    """The first that says something; else the first."""
    clear = (one for one in codes if one[0] in "45" and subject_of(one) not in VAGUE)
    return next(clear, codes[0] if codes else "")
