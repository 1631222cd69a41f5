"""What a keyboard of another language leaves in Arabic text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.translation.checks.dates import unfamiliar_months
from mailer.translation.checks.pair import Finding, Pair
from wording import Text, _

_LETTER = r"[\u0621-\u064a\u0671-\u06d3]"
_EASTERN = re.compile(r"[٠-٩۰-۹]")
_MARKED = r"[\u0621-\u0652\u0670-\u06d3]"
"""A letter or the vowel sign on it."""
_LATIN_SIGN = re.compile(rf"(?<={_MARKED})\s?[?,;]|[?,;](?=\s?{_LETTER})")
_PREFIXED = re.compile(r"(?<!\w)[وف]?(?:[بلكهجس]|ال|لل|بال|كال)\u0640+(?![\u0621-\u064a])")
"""A prefix before a foreign word or a number is written so, and so is a letter that stands alone: بـ IND, هـ."""
_PERSIAN = re.compile(r"[کیھەۀۃ]")


def _warning(check: str, text: Text) -> Finding:
    return Finding(check, text, is_blocking=False)


def months_as_chosen(pair: Pair) -> Iterator[Finding]:
    """A reader who does not know the name of the month misses the day."""
    if pair.language == "ar":
        for written, chosen in unfamiliar_months(pair.target_words, pair.months):
            yield _warning(
                "months", _("Deze lezers kennen de maand {written} als {chosen}.", written=written, chosen=chosen)
            )


def no_eastern_digits(pair: Pair) -> Iterator[Finding]:
    if pair.language == "ar" and _EASTERN.search(pair.target):
        yield _warning(
            "digits", _("Schrijf cijfers als 0123456789: zo lezen onze lezers ze, en zo blijven nummers te bellen.")
        )


def no_latin_punctuation(pair: Pair) -> Iterator[Finding]:
    if pair.language == "ar" and (found := _LATIN_SIGN.search(pair.target_words)):
        yield _warning("punctuation", _("Hier staat {sign}; in het Arabisch is dat ، ؛ of ؟.", sign=found[0].strip()))


def no_kashida(pair: Pair) -> Iterator[Finding]:
    if pair.language == "ar" and "\u0640" in _PREFIXED.sub("", pair.target):
        yield _warning("kashida", _("Hier is een woord uitgerekt met een kashida (ـ); haal die weg."))


def no_persian_letters(pair: Pair) -> Iterator[Finding]:
    if pair.language == "ar" and (found := _PERSIAN.search(pair.target)):
        yield _warning(
            "persian", _("De letter {letter} is Perzisch; in het Arabisch is dat ك, ي of ه.", letter=found[0])
        )
