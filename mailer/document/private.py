"""What should not stand in a newsletter: numbers and names that lead to one person."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_ALIEN_NUMBER = re.compile(
    r"\bV[-‑ ]?(?:nummer|nr)?\.?:?\s{0,2}\d{3}[. ]?\d{3}[. ]?\d{4}\b|\b2\d{2}\.\d{3}\.\d{4}\b", re.IGNORECASE
)
"""The IND writes a V-number as ten digits, often 271.234.5678."""

_NINE_DIGITS = re.compile(r"(?<![\d.+/-])(?:\d{9}|\d{4}[. ]\d{2}[. ]\d{3}|\d{3}[. ]\d{3}[. ]\d{3})(?![\d/-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_MOBILE = re.compile(r"(?<![\d-])(?:\+31|0031|0)[\s-]?(?:\(0\))?6(?:[\s-]?\d){8}(?!\d)")

_CAPITALISED = r"[A-ZÀ-Ý][a-zà-ÿ'’]{2,}(?:-[A-ZÀ-Ý][a-zà-ÿ]+)?"
_BETWEEN = r"(?:(?:van|de|den|der|ten|ter|te|el|al|ben|bin|ibn|von|da|dos) |[Aa]l-|[Ee]l-|[A-Z]\. ?)*"
_FULL_NAME = re.compile(rf"\b{_CAPITALISED} {_BETWEEN}{_CAPITALISED}\b")
_TITLED = re.compile(rf"\b(?:[Mm]eneer|[Mm]evrouw|[Dd]hr\.?|[Mm](?:evr|w)\.?) {_BETWEEN}{_CAPITALISED}")

_NO_FIRST_NAMES = (
    " aan alle als bel bij buurthuis centrum comité commissie daar dan dat de detentiecentrum deze die dienst "
    " dit door een eerlijke eerst eerste elk elke en er europees europese geen gemeente heeft het hij hoe hof "
    " hoge huis ieder in is justitieel kamer kan kerk kunt lees maar mag meer meldpunt meneer mensen met "
    " mevrouw mijn ministerie na naar nationaal nationale nederlands nederlandse netwerk niet nog nu of om "
    " onder ons onze ook op over paleis plein postbus raad rechtbank rode schrijf sinds soms steeds stichting "
    " toen tot tussen tweede uit van vanaf veel verenigde vereniging vertel volgens voor vraag waar wanneer wat "
    " wie wij zaal zij zijn zo zonder zowel "
)
"""Words that begin a sentence or the name of an institution, so that two capitals after each other are no person."""


def alien_numbers(text: str) -> Iterator[str]:
    """V-numbers (vreemdelingennummers)."""
    yield from (found[0] for found in _ALIEN_NUMBER.finditer(text))


def citizen_numbers(text: str) -> Iterator[str]:
    """Nine digits that pass the eleven-test of the BSN (Besluit BSN, art. 1): 9·a + 8·b + … + 2·h − i ≡ 0 (mod 11)."""
    for found in _NINE_DIGITS.finditer(text):
        digits = [int(digit) for digit in found[0] if digit.isdigit()]
        weighted = sum(weight * digit for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits, strict=True))
        if any(digits) and weighted % 11 == 0:
            yield found[0]


def bank_accounts(text: str) -> Iterator[str]:
    """IBANs whose check digits are right (ISO 13616, modulus 97)."""
    for found in _IBAN.finditer(text):
        compact = found[0].replace(" ", "")
        turned = compact[4:] + compact[:4]
        if int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1:
            yield found[0]


def mobile_numbers(text: str) -> Iterator[str]:
    """Dutch mobile numbers: an office rarely has one, a person does."""
    yield from (found[0] for found in _MOBILE.finditer(text))


def full_names(text: str, known: Collection[str] = ()) -> Iterator[str]:
    """What looks like the name of a person. `known` are names of organisations and places that may stand there."""
    for found in (*_FULL_NAME.finditer(text), *_TITLED.finditer(text)):
        is_titled = found.re is _TITLED
        first = found[0].split(" ")[0].lower()
        if (is_titled or f" {first} " not in _NO_FIRST_NAMES) and not any(found[0] in name for name in known):
            yield found[0]
