"""How bad a refusal is, from its status code (RFC 3463) and its words. Pure.

"Every 5.x.x is hard" is wrong half of the time: many are about us or the day, and none of those may cost a reader.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """What a returned message means for the reader."""

    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"
    """About us, not about the reader: never counts against anybody, and a spike pauses the mailing."""
    COMPLAINT = "complaint"
    IGNORED = "ignored"
    """Delayed, delivered after all, or an answer by a machine."""
    UNKNOWN = "unknown"

    @property
    def weight(self) -> int:
        """Which of several kinds in one report counts."""
        return (Kind.UNKNOWN, Kind.IGNORED, Kind.POLICY, Kind.SOFT, Kind.HARD, Kind.COMPLAINT).index(self)


HARD_CODES = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""The mailbox or its domain is no more (RFC 3463, RFC 7505)."""
_VAGUE = frozenset({"", "5.0.0", "5.1.0", "5.3.0", "5.5.0", "4.0.0"})
"""Codes that say nothing, so the words decide."""
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<!\d)(?:SMTP;?\s*|said:\s*|#)?([45]\d\d)[ -]")

_POLICY = re.compile(
    r"spam|block(ed|list)|black.?list|reputation|policy|dmarc|\bspf\b|dkim|listed (at|by|in)|unsolicited|abuse|"
    r"spamverdacht|geblokkeerd|abgelehnt wegen|politique|refusé pour|rate limit|too many",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"user unknown|unknown user|no such (user|recipient|mailbox|address)|does(n't| not) exist|"
    r"unknown (address|recipient)|"
    r"mailbox (not found|unavailable|disabled|is disabled)|account (has been )?(disabled|deleted|closed)|invalid "
    r"(recipient|mailbox|address)|recipient (address )?(not found|rejected)|not (our|a valid) (customer|mailbox|user)|"
    r"no longer (available|in use|valid)|host (or domain name )?not found|"
    r"bestaat niet|onbekende? (gebruiker|ontvanger|adres|postbus)|is niet (meer )?in gebruik|opgeheven|"
    r"unbekannt|existiert nicht|nicht (mehr )?(vorhanden|bekannt|gefunden)|"
    r"inconnue?|n.existe (pas|plus)|introuvable|d[ée]sactiv[ée]e?",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"(mailbox|inbox|quota|storage|over ?quota|postvak|mailbox|postfach|bo[iî]te).{0,40}(full|exceeded|vol\b|voll\b|"
    r"pleine|überschritten|overschreden|dépassé)|over ?quota|out of storage|insufficient (system )?storage",
    re.IGNORECASE | re.DOTALL,
)


def verdict(code: str, words: str) -> tuple[Kind, str]:
    """The kind of a failed delivery, and the code that decided. Text without a known code or word is soft."""
    if code in _VAGUE and (better := _better_code(code, words)):
        code = better
    if code in HARD_CODES:
        return Kind.HARD, code
    if code[1:3] == ".7" or (code in _VAGUE and _POLICY.search(words)):
        return Kind.POLICY, code
    if code[2:] == "2.2" or _FULL.search(words):
        return Kind.SOFT, code
    if code in _VAGUE and not _temporary(code, words) and _GONE.search(words):
        return Kind.HARD, code
    return Kind.SOFT, code


def kind_of_words(words: str, *, permanent: bool) -> tuple[Kind, str]:
    """The kind of a report that has no status part; `permanent` is what flufl.bounce thinks of it."""
    code = _better_code("", words)
    if not code and not permanent and not _GONE.search(words):
        return (Kind.POLICY if _POLICY.search(words) else Kind.SOFT), ""
    return verdict(code, words)


def _better_code(code: str, words: str) -> str:
    """An enhanced code in the words, where the field had none worth reading."""
    return next((found for found in _CODE.findall(words) if found[0] in "45" and found not in _VAGUE), code)


def _temporary(code: str, words: str) -> bool:
    reply = _REPLY.search(words)
    return code.startswith("4") or (reply is not None and reply[1].startswith("4"))
