"""Text of a right-to-left edition in, runs out: which of them must be written left-to-right, isolated from the rest.

The bidirectional algorithm (UAX #9) turns "0800-123 456" after an Arabic word into "456 123-0800", and moves the full
stop of "info@los.example." to its other end. E-mail puts `<span dir="ltr">` around such a run, the typesetter a text
direction; both ask here, so that a phone number looks the same on a screen and on paper.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LRM, RLM = "\u200e", "\u200f"
FSI, PDI = "\u2068", "\u2069"
CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Every mark that can turn text around (UAX #9 §2): none is taken over from a name or an address."""

_LETTER = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff"
_WORD = rf"[{_LETTER}0-9²³°%€$£‰]+"
_GAP = "[ \u00a0\u202f]"
_LAST = rf"(?:(?<=[^{_LETTER}][A-Z])\.|\+)?"  # an initial keeps its full stop (Mr B.)
_RUNS = re.compile(
    "|".join(
        (
            r"(?:https?://|www\.)[^\s<>،؛؟]*[^\s<>،؛؟.,:;!?'\"()«»“”’]",  # a URL, without the punctuation after it
            rf"[{_LETTER}0-9._%+-]+@[{_LETTER}0-9-]+(?:\.[{_LETTER}0-9-]+)+",  # an e-mail address
            r"(?:\+|\(0|0)[\d()](?:[\d ()/\u00a0\u202f.–-]|\u2011)*\d",  # a phone number
            rf"[€$£]{_GAP}?\d[\d.,]*\d|[€$£]{_GAP}?\d",  # an amount, currency first
            # names, codes (ECLI:NL:…), a number with its unit: words of Latin letters and digits, however joined
            rf"#?{_WORD}(?:(?:{_GAP}{{1,2}}|, | [&/–-] |[-–\u2011/.,:;&@'’+#?=_~]){_WORD})*{_LAST}",
        )
    )
)
_STRONG_LEFT = re.compile(rf"[{_LETTER}%€$£‰@]")
_JOINED_DIGITS = re.compile(r"\d[^\d.,\s]+\d|^[+(]|\d[ \u00a0\u202f]\d|\d\.\d+\.\d")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; `ltr` when it is to be isolated and written left-to-right."""

    text: str
    ltr: bool


def isolate(text: str) -> list[Run]:
    """`text` of a right-to-left edition, cut into runs that together are `text` again.

    Left-to-right are phone numbers, e-mail addresses, URLs, codes such as an ECLI, a number with its unit, a range, and
    names in Latin letters. A number by itself ("31", "1.250") is not: the algorithm writes it right.
    """
    return list(_runs(text))


def starts_right_to_left(text: str) -> str:
    """`text`, with U+200F before it unless its first strong letter is a right-to-left one (for a subject line)."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL"}:
            return text
        if kind == "L":
            break
    return RLM + text


def _runs(text: str) -> Iterator[Run]:
    at = 0
    for match in _RUNS.finditer(text):
        if not _must_be_isolated(match[0]):
            continue
        if match.start() > at:
            yield Run(text[at : match.start()], ltr=False)
        yield Run(match[0], ltr=True)
        at = match.end()
    if at < len(text):
        yield Run(text[at:], ltr=False)


def _must_be_isolated(run: str) -> bool:
    return bool(_STRONG_LEFT.search(run) or _JOINED_DIGITS.search(run))
