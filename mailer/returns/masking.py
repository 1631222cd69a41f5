"""A server's words without what may point at a person: to be kept, and to be given on when they were read wrongly."""

from __future__ import annotations

import re

_MOST = 300
_QUOTED = re.compile(r"[\"“”'‘’«»<\[(]\s*[^\"“”'‘’«»<>\[\]()]{1,80}[\"“”'‘’«»>\])]")
_CODES = re.compile(r"#?[245]\.\d{1,3}\.\d{1,3}|[45]\d\d")
_EDGES = " .,;:!?-–/\\()[]<>#*"
MASK = "…"


def masked(words: str, *addresses: str) -> str:
    """Keeps codes and plain words; masks what is quoted, hosts, numbers, names, and every part of the addresses."""
    parts = {part for one in addresses for part in re.split(r"[^\w]+", one.lower()) if len(part) > 2}
    said = _QUOTED.sub(f" {MASK} ", words)
    kept = [_word(one, first=not number, parts=parts) for number, one in enumerate(said.split())]
    return re.sub(rf"{MASK}(?: {MASK})+", MASK, " ".join(kept))[:_MOST]


def _word(word: str, *, first: bool, parts: set[str]) -> str:
    bare = word.strip(_EDGES)
    if _CODES.fullmatch(bare):
        return word
    if any(sign.isdigit() for sign in bare) or "." in bare or "@" in bare or "_" in bare:
        return MASK
    if any(part in bare.lower() for part in parts):
        return MASK
    named = bare[:1].isupper() and not bare.isupper()
    return MASK if named and not first and bare.lower() not in _COMMON else word


_WITH_CAPITALS = (
    "user unknown mailbox recipient address account message mail host domain server relay access denied rejected "
    "blocked spam policy error sender quota full sorry service unavailable the this your no not system requested "
    "action delivery failed invalid disabled client name found exist exists too many please remote "
    "gebruiker ontvanger adres postbus bericht onbekend vol geweigerd benutzer empfänger postfach adresse "
    "utilisateur destinataire boîte"
)
_COMMON = frozenset(_WITH_CAPITALS.split())
"""That servers write with a capital in the middle of a sentence."""
