"""An addressee becomes the lines of an envelope, as PostNL asks: 3–6 lines, "1234 AB  PLAATS", no italics."""

from __future__ import annotations

import re
import unicodedata

from subscribers.addressee import Addressee
from wording import _
from wording.errors import InvalidInputError

POSTCODE = re.compile(r"([1-9][0-9]{3}) ?([A-Za-z]{2})\s+(\S.*)")
MOST_LINES = 6
LONGEST_NAME = 120
"""Characters: three lines of a label. What is longer is a mistake in a list, not a name."""


class AddressError(InvalidInputError):
    """The desk can mend it: an address that cannot stand on an envelope."""


def address_lines(addressee: Addressee) -> tuple[str, ...]:
    """Name, registration number where the centre asks for it, and the centre's own lines. Raises AddressError."""
    centre = addressee.centre
    lines = [clean_name(addressee.name)]
    if centre.asks_registration:
        if not addressee.registration:
            raise AddressError(
                _("{centre} vraagt een registratienummer; bij één geadresseerde ontbreekt het.", centre=centre.name)
            )
        lines.append(clean_name(addressee.registration))
    lines += postal_lines(centre.postal_lines)
    if not 3 <= len(lines) <= MOST_LINES:
        raise AddressError(_("Het adres van {centre} moet met de naam 3 tot 6 regels zijn.", centre=centre.name))
    return tuple(lines)


def postal_lines(lines: tuple[str, ...]) -> list[str]:
    """Street or box, then `1234 AB  PLAATS`: two spaces, capitals. Raises AddressError without such a last line."""
    cleaned = [" ".join(line.split()) for line in lines if line.strip()]
    match = POSTCODE.fullmatch(cleaned[-1]) if cleaned else None
    if match is None:
        raise AddressError(_("De laatste regel van een adres is de postcode en de plaats: 1234 AB  PLAATS."))
    return [*cleaned[:-1], f"{match[1]} {match[2].upper()}  {match[3].upper()}"]


def clean_name(name: str) -> str:
    """The name without what could turn it round or hide in it; composed letters, single spaces.

    Raises AddressError when nothing is left, or when it is too long to be a name.
    """
    cleaned = visible(name)
    if not cleaned:
        raise AddressError(_("Een geadresseerde heeft geen naam."))
    if len(cleaned) > LONGEST_NAME:
        raise AddressError(_("Een naam van {count} tekens past op geen envelop.", count=len(cleaned)))
    return cleaned


def visible(name: str) -> str:
    """What of a name can be seen, and nothing when that is nothing."""
    kept = name if name.isprintable() else "".join(letter for letter in name if not _unprintable(letter))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def _unprintable(letter: str) -> bool:
    """Bidi and other format controls (Cf), control characters except white space (Cc), private and unassigned ones.

    ZWNJ and ZWJ stay: Persian and Urdu names are spelled with them.
    """
    if letter in "\u200c\u200d" or letter.isspace():
        return False
    return unicodedata.category(letter) in ("Cf", "Cc", "Co", "Cn", "Cs")
