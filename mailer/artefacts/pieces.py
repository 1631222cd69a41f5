"""Running text in, its pieces out: which must stay on one line, and which are addresses.

One rule for e-mail, plain text, archive and paper: a telephone number that is broken over two lines is dialled wrongly,
an amount that loses its sign is another amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from babel import Locale

LONGEST = 28
"""Characters that fit on one line of the narrowest telephone (320 pixels); what is longer may break."""
SHORTEST_PHONE = 6
"""Digits; below it ("01-12", "0-4") it is a date or a score."""

_GAP = "[ \u00a0\u202f]"
_SIGN = r"[^\W\u0600-\u06ff]"
"""A letter or digit, not of Arabic: there a conjunction is written onto what follows (و010-000 0199)."""
_START = rf"(?<!{_SIGN})(?<![.,/:-])"
_DASH = "[-\u2010\u2011\u2212–]"
PHONE = re.compile(
    rf"{_START}(?:\(0\d{{1,4}}\){_GAP}?|\+|0|14 0)[\d()](?:[\d ()/\u00a0\u202f.]|{_DASH}){{0,24}}\d(?![\w/:-])"
)
"""A telephone number in running text: it starts with + or 0. A decimal ("0,5") has a comma and is none."""
ADDRESS = re.compile(r"(?:https?://|www\.)\S*[^\s.,:;!?'\"()«»“”’،؛؟]|(?<![\w.%+-])[\w.%+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
"""Of a page or a mailbox, without the punctuation after it: a hyphen at the end of a line would seem part of it."""
_ACCOUNT = rf"\b[A-Z]{{2}}\d{{2}}(?:{_GAP}?[A-Z0-9]{{4}}){{2,7}}(?:{_GAP}?[A-Z0-9]{{1,3}})?\b"
_CURRENCY = "[€$£₺₽¥]|EUR|USD|GBP|MAD|DZD|TRY"
_UNIT = (
    rf"%|‰|°[CF]?|{_CURRENCY}|euro|dollar|dirham|uur|mm|cm|km|m[²³]?|kg|g|mg|ml|MB|GB|kB|درهم|دينار|يورو|أورو|دولار|٪"
)
_NUMBER = r"\d(?:[\d.,]{0,18}\d)?(?:,-)?"
_SPACED = rf"\d{{1,3}}(?:{_GAP}\d{{3}})+(?:,\d+)?"
_AMOUNT = (
    rf"(?:{_CURRENCY}){_GAP}?{_DASH}?{_GAP}?(?:{_SPACED}|{_NUMBER})"
    rf"|(?<!{_SIGN})(?<!-)(?:(?:[+±]|{_DASH}){_GAP}?)?(?:{_SPACED}|{_NUMBER}){_GAP}?(?:{_UNIT})(?![\w])"
    rf"|(?<!{_SIGN})(?<!-)(?:[+±]|{_DASH}){_NUMBER}(?!\w)|(?<![\d.,]){_SPACED}"
)
_POSTCODE = rf"(?<!\d)[1-9]\d{{3}}{_GAP}{{1,2}}[A-Z]{{2}}\b"
_CASE = rf"\b[A-Z]{{2,5}}{_GAP}\d+[/.-]\d+\b"
_CODE = (
    rf"(?<!{_SIGN})(?<!#)(?={_SIGN})(?=[^\s]{{0,60}}\d){_SIGN}+(?:[-\u2010\u2011–./:_]{_SIGN}+)+"
    rf"|(?<!\w)#\d+"
)
"""A word with a digit in it and a sign a line may break at: 2026-1, 10:00-12:00, NL26.12345, ECLI:NL:…, 31/12/2026."""

_ARABIC_MONTHS = (
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "ماي",
    "يونيو",
    "يوليوز",
    "غشت",
    "شتنبر",
    "أكتوبر",
    "نونبر",
    "دجنبر",
    "جانفي",
    "فيفري",
    "أفريل",
    "جوان",
    "جويلية",
    "أوت",
    "سبتمبر",
    "نوفمبر",
    "ديسمبر",
    "مايو",
    "يوليو",
    "أغسطس",
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
)
"""Of Morocco, Algeria, Egypt and Lebanon (CLDR). Not asked of Babel: to ask for "ar" changes the months of ar_MA."""


class Kind(StrEnum):
    TEXT = "text"
    WHOLE = "whole"
    """Never broken over two lines."""
    PHONE = "phone"
    """Whole, and dialled."""
    ADDRESS = "address"
    """May break at its signs, never with a hyphen."""


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    kind: Kind

    @property
    def is_whole(self) -> bool:
        return self.kind in (Kind.WHOLE, Kind.PHONE)


def pieces(text: str) -> list[Piece]:
    """`text` cut into pieces that together are `text` again."""
    if not any(map(str.isdigit, text)) and not ADDRESS.search(text):
        return [Piece(text, Kind.TEXT)] if text else []
    return list(_pieces(text))


def kept(text: str) -> str:
    """`text` with a no-break space for each space within a piece that stays on one line."""
    return "".join(re.sub(" ", "\u00a0", one.text) if one.is_whole else one.text for one in pieces(text))


def is_phone(text: str) -> bool:
    return PHONE.fullmatch(text) is not None and sum(map(str.isdigit, text)) >= SHORTEST_PHONE


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    for found in _pattern().finditer(text):
        kind = _kind(found)
        if kind is Kind.TEXT:
            continue
        if found.start() > at:
            yield Piece(text[at : found.start()], Kind.TEXT)
        yield Piece(found[0], kind)
        at = found.end()
    if at < len(text):
        yield Piece(text[at:], Kind.TEXT)


def _kind(found: re.Match[str]) -> Kind:
    if found.lastgroup == "address":
        return Kind.ADDRESS
    if is_phone(found[0]):
        return Kind.PHONE
    return Kind.WHOLE if len(found[0]) <= LONGEST and not found[0].isalnum() else Kind.TEXT


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<address>{ADDRESS.pattern})|{_ACCOUNT}|(?:{PHONE.pattern})|{_dates()}|{_POSTCODE}|{_AMOUNT}|{_CASE}|{_CODE}"
    )


def _dates() -> str:
    """A day with its month in words, after CLDR, in the languages of readers here; its number in brackets, if an
    audience chose so; and its year.
    """
    names = set(_ARABIC_MONTHS)
    for code in ("nl", "en", "tr", "fr"):
        months = Locale.parse(code).months["format"]
        names |= {name for width in ("wide", "abbreviated") for name in months[width].values()}
    month = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    day, year = r"(?<![\d.,])\d{1,2}(?:\.|st|nd|rd|th|er)?", rf"(?:{_GAP}\(\d{{1,2}}\))?(?:{_GAP}\d{{4}})?"
    return (
        rf"{day}{_GAP}(?:(?:de|of){_GAP})?(?i:{month})(?!\w)(?:\.(?={_GAP}\d{{4}}))?{year}"
        rf"|(?i:\b(?:{month})){_GAP}\d{{1,2}}(?:,{_GAP}\d{{4}})?(?!\w)"
    )
